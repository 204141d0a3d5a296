import { holdCandidateState, setCandidateState } from "../../db/decisions/candidates.ts";
import { appendEvent } from "../../db/deliveries/events.ts";
import { type CandidateState, moveOf, staysAt } from "../../domain/candidate-state.ts";
import type { FlowContext } from "../context.ts";

/** A candidate as far as moving it needs. */
export type MovableCandidate = {
  readonly id: string;
  readonly project: string;
  readonly upstream: string;
};

/** Who moves it (absent: Headgate itself) and what for. */
export type MoveReason = { readonly by?: string | undefined; readonly reason?: string; readonly url?: string };

/** Moves that people outside see; what planning makes of the others is in the events. */
const TOLD: readonly CandidateState[] = ["proposed", "merged", "closed", "withdrawn"];

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
  const outcome = await flow.db.transaction(async (tx) => {
    const before = await holdCandidateState(tx, id);
    if (before === undefined || staysAt(before, after)) return undefined;
    const move = moveOf(before, after);
    if (move === undefined) return { before, when: undefined };
    await setCandidateState(tx, id, after, now);
    const data = { before, after, when: move.when, ...why };
    await appendEvent(tx, { kind: "candidate-moved", project, upstream, candidate: id, data }, now);
    return { before, when: move.when };
  });
  if (outcome === undefined) return;
  const { before, when } = outcome;
  if (when === undefined) flow.log.error(`A candidate cannot go from ${before} to ${after}.`, { candidate: id });
  else if (TOLD.includes(after))
    flow.log.info(`${project}: ${before} → ${after}: ${when}`, { candidate: id, upstream });
}
