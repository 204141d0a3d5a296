import { latestDecisions } from "../../db/decisions/decisions.ts";
import { deliveriesOf } from "../../db/deliveries/deliveries.ts";
import type { CandidateState } from "../../domain/candidate-state.ts";
import type { Instant } from "../../domain/instant.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";
import { toEntry } from "../letters/digest-material.ts";
import { type ReportCandidate, toReportCandidate } from "../plan/plan-report.ts";
import { storedCandidate } from "./find-candidate.ts";

/** A candidate with everything that is known of it. `decision` is absent until one is made. */
export type ShownCandidate = Omit<ReportCandidate, "decision"> &
  Partial<Pick<ReportCandidate, "decision">> & {
    readonly project: string;
    readonly state: CandidateState;
    readonly firstSeenAt: Instant;
  };

/** Reads one candidate by its id or the beginning of it. */
export async function showCandidate(flow: FlowContext, given: string): Promise<ShownCandidate | Failure> {
  const stored = await storedCandidate(flow, given);
  if (isFailure(stored)) return stored;
  const { id, project, state, firstSeenAt } = stored;
  const made = (await latestDecisions(flow.db, [id])).get(id);
  const undecided = { decision: { verdict: "wait", reasons: [], by: "policy" }, at: firstSeenAt } as const;
  const entry = toEntry(stored, made ?? undecided, await deliveriesOf(flow.db, "candidate", [id]));
  const { decision, ...rest } = toReportCandidate(entry);
  return { ...rest, project, state, firstSeenAt, ...(made !== undefined && { decision }) };
}
