import { discoverer } from "../discover/discover.ts";
import type { Proposal } from "../domain/bump.ts";
import { blobId } from "../lib/blob-id.ts";
import { Failure, isFailure } from "../lib/failure.ts";
import { type Move, rewrite } from "../lib/rewrite.ts";
import type { FlowContext } from "./context.ts";
import type { Planned } from "./planned.ts";
import type { SourceFile } from "./read-pins.ts";
import { resolveTarget } from "./resolve-target.ts";

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
  const rewritten = rewrite({ ...own, also: also.filter((one): one is Move => !isFailure(one)), files, discover });
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

async function moveOf(flow: FlowContext, { candidate }: Planned): Promise<Move | Failure> {
  const target = await resolveTarget(flow, candidate);
  return isFailure(target) ? target : { pins: candidate.component.pins, target };
}
