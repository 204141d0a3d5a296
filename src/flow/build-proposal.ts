import { discoverer } from "../discover/discover.ts";
import type { Proposal } from "../domain/bump.ts";
import { blobId } from "../lib/blob-id.ts";
import { Failure, isFailure } from "../lib/failure.ts";
import { rewrite } from "../lib/rewrite.ts";
import type { FlowContext } from "./context.ts";
import type { Planned } from "./planned.ts";
import type { SourceFile } from "./read-pins.ts";
import { resolveTarget } from "./resolve-target.ts";

/**
 * Turns a decided candidate into the change that carries it out: every file as it will be, or why that is not possible.
 * `discover` may remember files: proposals of one project change few of many.
 */
export async function buildProposal(
  flow: FlowContext,
  planned: Planned,
  files: readonly SourceFile[],
  discover = discoverer(),
): Promise<Proposal | Failure> {
  const { candidate, decision, project } = planned;
  const target = await resolveTarget(flow, candidate);
  if (isFailure(target)) return target;
  const rewritten = rewrite({ files, pins: candidate.component.pins, target, discover });
  if (isFailure(rewritten)) return rewritten;
  if (rewritten.changes.length === 0)
    return new Failure(
      "refused",
      rewritten.skipped.length === 0
        ? `Every place is at ${candidate.to.version} already.`
        : "Every place is governed by a lock file, which has to be updated with its own tool.",
    );
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
  };
}
