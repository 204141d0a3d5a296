import type { Candidate, Reason } from "../domain/bump.ts";
import { type Instant, plus } from "../domain/instant.ts";
import type { Policy } from "../domain/policy.ts";
import type { CheckResult } from "../domain/trust.ts";
import { waitFor } from "./policy.ts";

/**
 * What speaks about writing down the content that is in use already: no wait, since nothing new comes in. What would
 * hold or block the content does so here, too: a pin would keep it. Content that is young is told as a warning.
 */
export function pinReasons(
  { candidate, checks }: { readonly candidate: Candidate; readonly checks: readonly CheckResult[] },
  policy: Policy,
  now: Instant,
): Reason[] {
  const { from, to } = candidate;
  const against = checks.flatMap(({ check, outcome, summary, evidence }): Reason[] =>
    outcome === "block" || outcome === "hold" ? [{ rule: check, level: outcome, summary, evidence }] : [],
  );
  const since = to.contentFirstSeenAt;
  const isKnown = !to.baseline || since > to.firstSeenAt; // else it was there before anybody looked
  const isYoung = isKnown && plus(since, waitFor(policy, candidate)) > now;
  const name = from[0] ?? to.tag;
  const summary = `This writes down what ${name} stands for now. Nothing new comes in, so there is no wait; from here on new content is proposed like any other version.`;
  const young = `What ${name} stands for is only there since ${since.slice(0, 10)}: a pin would keep it.`;
  return [
    ...against,
    ...(isYoung ? [{ rule: "pin-young", level: "warn" as const, summary: young }] : []),
    { rule: "pin", level: "note", summary },
  ];
}
