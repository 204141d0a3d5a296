import { homedir } from "node:os";
import { Failure, isFailure } from "../failure.ts";
import { blobId } from "./blob-id.ts";
import { startGit } from "./git-listing.ts";
import type { FileToWrite } from "./write-files.ts";

/**
 * Those files of a change that the last commit of a checkout does not have yet. Failures: `misconfigured` (no checkout, or
 * nothing committed in it), `conflict` (a file was committed with another content than the change was made from).
 */
export async function uncommitted(
  folder: string,
  files: readonly FileToWrite[],
): Promise<readonly FileToWrite[] | Failure> {
  const paths = files.map(({ path }) => path);
  const listed = await startGit(folder, ["--literal-pathspecs", "ls-tree", "-z", "HEAD", "--", ...paths], homedir());
  if (isFailure(listed))
    return new Failure("misconfigured", `${folder} is no checkout that can be committed to. ${listed.message}`);
  const ids = new Map(listed.split("\0").map(readRow));
  const other = files.find(({ path, before, text }) => ![before, blobId(text)].includes(ids.get(path) ?? ""));
  if (other !== undefined)
    return new Failure("conflict", `${other.path} is committed with another content than the change was made from.`);
  return files.filter(({ path, text }) => ids.get(path) !== blobId(text));
}

/** `<mode> blob <oid>\t<path>` */
function readRow(row: string): [path: string, oid: string] {
  const tab = row.indexOf("\t");
  return [row.slice(tab + 1), row.slice(0, tab).split(" ")[2] ?? ""];
}

/**
 * Commits these files of a checkout as they are now, and nothing else, whatever is staged beside them, in the name that git
 * knows there. No hook runs, nor a filter that the checkout itself configures, and the commit is not signed. Gives back its id.
 */
export async function commitFiles(
  folder: string,
  paths: readonly string[],
  { headline, body }: { readonly headline: string; readonly body: string },
): Promise<string | Failure> {
  const words = ["-m", headline, "-m", body];
  const options = ["--quiet", "--only", "--no-verify", "--no-gpg-sign", "--cleanup=verbatim", ...words];
  const without = await withoutOwnFilters(folder);
  if (isFailure(without)) return without;
  const made = await startGit(
    folder,
    [...without, "--literal-pathspecs", "commit", ...options, "--", ...paths],
    homedir(),
  );
  if (isFailure(made)) return made;
  const head = await startGit(folder, ["rev-parse", "HEAD"], homedir());
  return isFailure(head) ? head : head.trim();
}

/**
 * Options that turn off the filters of the checkout's own configuration, and of what that includes: git runs them on any file
 * that looks changed (gitattributes, `filter`). Those of the person's own configuration, such as Git LFS, stay.
 */
async function withoutOwnFilters(folder: string): Promise<string[] | Failure> {
  const listed = await startGit(
    folder,
    ["config", "--includes", "--show-scope", "--name-only", "-z", "--list"],
    homedir(),
  );
  if (isFailure(listed)) return listed;
  const words = listed.split("\0");
  const own = words.flatMap((scope, index) => {
    const driver = /^filter\.(.+)\.(?:clean|smudge|process|required)$/s.exec(words[index + 1] ?? "")?.[1];
    return driver !== undefined && ["local", "worktree"].includes(scope) ? [driver] : [];
  });
  if (own.some((driver) => driver.includes("=")))
    // nothing of that name can be turned off
    return new Failure("refused", `${folder} has a filter whose name git takes apart: commit there yourself.`);
  return [...new Set(own)].flatMap((driver) =>
    ["clean=", "smudge=", "process=", "required=false"].flatMap((setting) => ["-c", `filter.${driver}.${setting}`]),
  );
}
