import { discoverer } from "../discover/discover.ts";
import type { Proposal } from "../domain/bump.ts";
import type { NewChecksum } from "../domain/checksum.ts";
import { blobId } from "../lib/blob-id.ts";
import { Failure, isFailure, succeeded } from "../lib/failure.ts";
import { rewrite } from "../lib/rewrite.ts";
import type { FlowContext } from "./context.ts";
import type { Planned } from "./planned.ts";
import type { SourceFile } from "./read-pins.ts";
import { addressOf, fileOf, resolveTarget } from "./resolve-target.ts";

/**
 * Turns a decided candidate into the change that carries it out: every file as it will be, or why that is not possible.
 * `discover` may remember files: proposals of one project change few of many. `together`: what the same edits move.
 */
export async function buildProposal(
  flow: FlowContext,
  planned: Planned,
  files: readonly SourceFile[],
  discover = discoverer(),
  together: readonly Planned[] = [],
): Promise<Proposal | Failure> {
  const { candidate, decision, project } = planned;
  const [own, ...also] = await Promise.all([planned, ...together].map((one) => moveOf(flow, one)));
  const failed = [own, ...also].find(isFailure);
  if (own === undefined || isFailure(own) || failed !== undefined) return failed ?? new Failure("refused", "no target");
  const rewritten = rewrite({ ...own, also: succeeded(also), files, discover });
  if (isFailure(rewritten)) return rewritten;
  if (rewritten.changes.length === 0)
    return new Failure(
      "refused",
      rewritten.skipped.length === 0
        ? `Every place is at ${candidate.to.version} already.`
        : "Every place is governed by a lock file, which has to be updated with its own tool.",
    );
  const checksums = checksumsIn([own, ...succeeded(also)]);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const changes = rewritten.changes.flatMap(({ path, text }) => {
    const file = byPath.get(path);
    return file === undefined ? [] : [{ path, text, mode: file.entry.mode, before: blobId(file.text) }];
  });
  return {
    project: project.id,
    candidate,
    decision,
    changes,
    byHand: rewritten.skipped,
    ...(checksums.length > 0 && { checksums }),
  };
}

async function moveOf(flow: FlowContext, { candidate }: Planned) {
  const target = await resolveTarget(flow, candidate);
  return isFailure(target) ? target : { pins: candidate.component.pins, target };
}

/** Each file once; the hashes of a whole package are its index's, and many. */
function checksumsIn(moves: readonly Exclude<Awaited<ReturnType<typeof moveOf>>, Failure>[]): NewChecksum[] {
  const found = moves.flatMap(({ target: { checksums, version, tag } }) =>
    checksums
      .filter(({ url }) => !url.includes("#file-"))
      .map(({ url, ...rest }) => ({ file: fileOf(addressOf(url, { version, tag })), ...rest })),
  );
  return [...new Map(found.map((one) => [`${one.file} ${one.algorithm}`, one])).values()];
}
