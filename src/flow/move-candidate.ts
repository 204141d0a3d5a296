import { holdCandidateState, setCandidateState } from "../db/candidates.ts";
import { appendEvent } from "../db/events.ts";
import { type CandidateState, moveOf } from "../domain/candidate-state.ts";
import type { FlowContext } from "./context.ts";

/** A candidate as far as moving it needs. */
export type MovableCandidate = {
  readonly id: string;
  readonly project: string;
  readonly upstream: string;
};

/** Who moves it (absent: Headgate itself) and what for. */
export type MoveReason = { readonly by?: string | undefined; readonly reason?: string; readonly url?: string };

/**
 * Moves a candidate to another state from wherever it stands by then, and records who did it, when and why: both or
 * neither. A move that the state machine does not know is a defect of ours: it is logged, and nothing changes.
 */
export async function moveCandidate(
  flow: FlowContext,
  { id, project, upstream }: MovableCandidate,
  after: CandidateState,
  why: MoveReason,
): Promise<void> {
  const now = flow.clock();
  const refusedFrom = await flow.db.transaction(async (tx) => {
    const before = await holdCandidateState(tx, id);
    if (before === undefined || before === after) return undefined;
    const move = moveOf(before, after);
    if (move === undefined) return before;
    await setCandidateState(tx, id, after, now);
    const data = { before, after, when: move.when, ...why };
    await appendEvent(tx, { kind: "candidate-moved", project, upstream, candidate: id, data }, now);
    return undefined;
  });
  if (refusedFrom !== undefined)
    flow.log.error(`A candidate cannot go from ${refusedFrom} to ${after}.`, { candidate: id });
}
