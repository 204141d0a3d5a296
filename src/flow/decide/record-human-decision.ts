import { deliveriesOf } from "../../db/deliveries/deliveries.ts";
import { setProjectsDue } from "../../db/projects/projects.ts";
import type { Decision, HumanDecision } from "../../domain/bump.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";
import { planUpstream } from "../plan/plan-project.ts";
import { findCandidate } from "./find-candidate.ts";
import { readStatement, type WrittenStatement } from "./read-statement.ts";
import { recordWord } from "./record-word.ts";

/** What a person says of one candidate. `candidate`: its id, or the beginning of it. */
export type SaidOfCandidate = WrittenStatement & {
  readonly candidate: string;
  readonly action: HumanDecision["action"];
};

/** What was recorded, and what came of it. */
export type DecidedCandidate = {
  readonly id: string;
  readonly project: string;
  readonly upstream: string;
  readonly version: string;
  readonly said: HumanDecision;
  /** The decision as it is now; absent when this version is not the next step of its component any more. */
  readonly decision?: Decision;
  /** Its pull request, where there is one. */
  readonly url?: string;
};

/**
 * Records what a named person decided about exactly this version, and decides the candidates of its upstream again: a
 * verdict is never set by hand, it follows from what was said. Nothing is delivered yet: the project is due.
 */
export async function decideByHand(flow: FlowContext, given: SaidOfCandidate): Promise<DecidedCandidate | Failure> {
  const statement = readStatement(given, flow.clock());
  if (isFailure(statement)) return statement;
  const found = await findCandidate(flow, given.candidate);
  if (isFailure(found)) return found;
  const { stored, project } = found;
  const { id, upstream, to: version } = stored;
  const said = await recordWord(flow, stored, { action: given.action, ...statement });
  const plan = await planUpstream(flow, project, upstream);
  // A daemon carries it out at its next tick, not when the project's hour is over; so does one that looks at it just now, once more.
  if (flow.projects.includes(project)) await setProjectsDue(flow.db, [project.id], flow.clock());
  const decision = plan.planned.find((one) => one.candidate.id === id)?.decision;
  const url = (await deliveriesOf(flow.db, "candidate", [id])).findLast((one) => one.url !== undefined)?.url;
  return {
    id,
    project: project.id,
    upstream,
    version,
    said,
    ...(decision !== undefined && { decision }),
    ...(url !== undefined && { url }),
  };
}
