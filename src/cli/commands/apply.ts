import { upstreamLabel } from "../../domain/upstream.ts";
import type { BuiltChange } from "../../flow/deliver/apply-candidate.ts";
import { isFailure } from "../../lib/failure.ts";
import { blobId } from "../../lib/trees/blob-id.ts";
import { commitFiles, uncommitted } from "../../lib/trees/commit-files.ts";
import { type FileToWrite, writeFiles } from "../../lib/trees/write-files.ts";
import { unifiedDiff } from "../../lib/unified-diff.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import { runCommand } from "../run-command.ts";
import { count, printable, type Terminal, wrap } from "../terminal.ts";

/** How a change is to be applied. */
export type ApplyOptions = {
  to?: string;
  commit?: boolean;
  patch?: boolean;
  force?: boolean;
  config?: string;
};

/** `headgate apply CANDIDATE`: the change of its pull request, written into a checkout, committed there, or printed as a patch. */
export async function applyCommand(candidate: string, options: ApplyOptions, terminal: Terminal): Promise<number> {
  if (options.patch === true && (options.to !== undefined || options.commit === true))
    return fail("--to and --commit write into a checkout, --patch prints: give one of them.", terminal);
  const input = { candidate, ...(options.force === true && { force: true }) };
  const change = await runCommand<BuiltChange>("build-change", input, options);
  if (isFailure(change)) return fail(change.message, terminal);
  if (options.patch === true) printPatch(change, terminal);
  else {
    const failure = await write(change, options, terminal);
    if (failure !== undefined) return fail(failure, terminal);
  }
  for (const { path, line, text, why } of change.byHand)
    terminal.error(printable(`By hand: ${path}:${line} (${text === "" ? "no version" : text}): ${why}.`));
  return change.byHand.length > 0 ? EXIT.incomplete : EXIT.done;
}

/** Byte for byte: what is printed is read by `git apply`. */
function printPatch({ files }: BuiltChange, terminal: Terminal): void {
  const patch = unifiedDiff(
    files.map(({ path, mode, before, was, text }) => ({
      path,
      mode,
      before: { text: was, id: before },
      after: { text, id: blobId(text) },
    })),
  );
  terminal.out(patch.replace(/\n$/, ""));
}

/** Why nothing was written; undefined when it was. */
async function write(
  change: BuiltChange,
  { to, commit }: ApplyOptions,
  terminal: Terminal,
): Promise<string | undefined> {
  const { id, source, upstream, version } = change;
  const folder = to ?? (source.kind === "path" ? source.path : undefined);
  if (folder === undefined)
    return `${change.project} is watched on a forge. Name a checkout of it with --to PATH, or print a patch: headgate apply ${id} --patch`;
  const toCommit = commit === true ? await uncommitted(folder, change.files) : [];
  if (isFailure(toCommit)) return `${toCommit.message} Leave out --commit, or commit what is there first.`;
  const result = await writeFiles(folder, change.files);
  if (isFailure(result))
    return `${result.message} Bring ${folder} to what Headgate read, or merge the patch by hand: headgate apply ${id} --patch`;
  const { written, already } = result;
  const what = `${upstreamLabel(upstream)} ${version}`;
  const sentence =
    written.length === 0
      ? `${folder} holds ${what} already: nothing was written.`
      : `${what} is written into ${count(written.length, "file")} of ${folder}${already.length === 0 ? "" : `; ${count(already.length, "file")} held it already`}:`;
  for (const line of wrap(printable(sentence), terminal.width, "")) terminal.out(line);
  for (const path of written) terminal.out(`  ${printable(path)}`);
  return toCommit.length === 0 ? undefined : commitThere(change, folder, toCommit, terminal);
}

async function commitThere(
  { message }: BuiltChange,
  folder: string,
  files: readonly FileToWrite[],
  terminal: Terminal,
): Promise<string | undefined> {
  const paths = files.map(({ path }) => path);
  const commit = await commitFiles(folder, paths, message);
  if (isFailure(commit)) return `The files are written but not committed. ${commit.message}`;
  terminal.out(`Committed as ${commit.slice(0, 12)}: ${printable(message.headline)}`);
  return undefined;
}
