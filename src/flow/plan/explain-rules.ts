import { latestDecisions } from "../../db/decisions/decisions.ts";
import { rulesAbout, waitFor } from "../../decide/policy.ts";
import type { Decision } from "../../domain/bump.ts";
import type { Rule } from "../../domain/policy.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";
import { findCandidate } from "../decide/find-candidate.ts";
import { policyOf } from "./policy-of.ts";

/** Why a candidate is treated as it is: every rule that matches it, and what of each counts. */
export type ExplainedRules = {
  readonly id: string;
  readonly project: string;
  readonly upstream: string;
  readonly from: readonly string[];
  readonly to: string;
  /** The wait that rules and policy ask for, in milliseconds, before trust lengthens it. */
  readonly wait: number;
  /** How many rules there are in all. */
  readonly rules: number;
  readonly matching: readonly {
    /** The rule's place in the configuration, from 1. */
    readonly number: number;
    readonly match: Rule["match"];
    readonly says: Readonly<Record<string, unknown>>;
    /** Fields that a later rule says otherwise. */
    readonly overruled: readonly string[];
  }[];
  readonly decision?: Decision;
};

/** Explains one candidate's rules, from what is stored; nothing is asked. */
export async function explainRules(
  flow: FlowContext,
  input: { readonly candidate: string },
): Promise<ExplainedRules | Failure> {
  const found = await findCandidate(flow, input.candidate);
  if (isFailure(found)) return found;
  const { id, project, upstream, from, to, snapshot } = found.stored;
  const policy = await policyOf(flow);
  const decision = (await latestDecisions(flow.db, [id])).get(id)?.decision;
  return {
    ...{ id, project, upstream, from, to },
    wait: waitFor(policy, snapshot.candidate),
    rules: policy.rules.length,
    matching: rulesAbout(policy, snapshot.candidate).map(({ number, rule, overruled }) => {
      const { match, deliver = {}, ...says } = rule;
      return { number, match, says: { ...says, ...deliver }, overruled };
    }),
    ...(decision !== undefined && { decision }),
  };
}
