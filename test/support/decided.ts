import { decide } from "../../src/decide/decide.ts";
import type { DecisionInput } from "../../src/decide/decision-input.ts";
import type { Decision } from "../../src/domain/bump.ts";
import { DAY, plus } from "../../src/domain/instant.ts";
import type { CheckResult } from "../../src/domain/trust.ts";
import { aCandidate, aCheck, anAge, aPolicy, aScore, LONG_AGO, NOW } from "./build.ts";

/** A day before tests happen: within every default wait. */
export const YESTERDAY = plus(NOW, -DAY);

/** A clock that runs since yesterday: every default wait is under way. */
export const young = anAge(YESTERDAY);

/** Decides about a candidate that is old, clean and of a strong project; what is given makes it less so. */
export function decided(given: Partial<DecisionInput> = {}, policy = aPolicy()): Decision {
  const input: DecisionInput = {
    candidate: aCandidate(),
    history: [],
    score: aScore(),
    checks: [anAge(LONG_AGO)],
    advisories: [],
    humanDecisions: [],
    ...given,
  };
  return decide(input, policy, NOW);
}

/** The rules of a decision's reasons of one level, in its order. */
export function rulesOf(decision: Decision, level: string): string[] {
  return decision.reasons.filter((reason) => reason.level === level).map((reason) => reason.rule);
}

/** A check with an outcome; its summary names it. */
export function check(
  outcome: CheckResult["outcome"],
  name = "content-changed",
  basis: CheckResult["basis"] = "evidence",
): CheckResult {
  return aCheck({ check: name, basis, outcome, summary: `What ${name} saw.` });
}
