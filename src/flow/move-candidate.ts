import { setCandidateState } from "../db/candidates.ts";
import { appendEvent } from "../db/events.ts";
import { type CandidateState, moveOf } from "../domain/candidate-state.ts";
import type { FlowContext } from "./context.ts";

/** A candidate as far as moving it needs. */
export type MovableCandidate = {
  readonly id: string;
  readonly project: string;
  readonly upstream: string;
  readonly state: CandidateState;
};

/** Who moves it (absent: Headgate itself) and what for. */
export type MoveReason = { readonly by?: string | undefined; readonly reason?: string; readonly url?: string };

/**
 * Moves a candidate to another state and records who did it, when and why. A move that the state machine does not know
 * is a defect of ours: it is logged, and nothing changes.
 */
export async function moveCandidate(
  flow: FlowContext,
  { id, project, upstream, state: before }: MovableCandidate,
  after: CandidateState,
  why: MoveReason,
): Promise<void> {
  if (before === after) return;
  const move = moveOf(before, after);
  if (move === undefined) return flow.log.error(`A candidate cannot go from ${before} to ${after}.`, { candidate: id });
  const now = flow.clock();
  await setCandidateState(flow.db, id, after, now);
  const data = { before, after, when: move.when, ...why };
  await appendEvent(flow.db, { kind: "candidate-moved", project, upstream, candidate: id, data }, now);
}
