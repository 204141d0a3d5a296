import type { Candidate, Reason } from "../domain/bump.ts";
import type { Policy } from "../domain/policy.ts";
import { effectOn, isInside } from "./policy.ts";

/** What the rules of the configuration keep back: skips, holds, and versions outside a range. */
export function ruleReasons(candidate: Candidate, policy: Policy): Reason[] {
  const { hold, skip, range } = effectOn(policy, candidate);
  const inside = range === undefined || isInside(policy, candidate.component, candidate.to.version, range.text);
  const outside =
    inside === undefined
      ? `The range "${range?.text}" of the policy is not understood for ${candidate.to.version}; correct the rule.`
      : `The policy allows ${range?.text}: ${range?.reason}`;
  return [
    ...(skip === undefined
      ? []
      : [{ rule: "policy-skip", level: "skip" as const, summary: `Skipped by policy: ${skip.reason}` }]),
    ...(hold === undefined
      ? []
      : [{ rule: "policy-hold", level: "hold" as const, summary: `Held by policy: ${hold.reason}` }]),
    ...(inside === true || candidate.step === "pin"
      ? []
      : [{ rule: "policy-range", level: "hold" as const, summary: outside }]),
  ];
}
