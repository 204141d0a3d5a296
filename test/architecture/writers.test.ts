import { describe, expect, it } from "vitest";
import { OUR_IMPORTS, SOURCE_FILES } from "../support/source-graph.ts";

/** What only one place may do, so that the rule it keeps has one home: function of the store → who may call it. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  "db/deliveries/alerts.ts#raiseAlert": ["flow/alerts/raise-alert.ts"],
  "db/deliveries/alerts.ts#settleAlert": ["flow/alerts/raise-alert.ts", "flow/alerts/settle-by-hand.ts"],
  "db/decisions/human-decisions.ts#recordHumanDecision": ["flow/decide/record-word.ts"],
  "db/decisions/candidates.ts#putCandidates": ["flow/plan/record-decided.ts"],
  "db/decisions/candidates.ts#supersedeCandidates": ["flow/plan/record-decided.ts"],
  "db/decisions/candidates.ts#setCandidateState": ["flow/decide/move-candidate.ts"],
  "db/decisions/decisions.ts#appendDecisions": ["flow/plan/record-decided.ts"],
  "db/deliveries/deliveries.ts#claimDelivery": ["flow/letters/post-letters.ts"],
};

describe("what has one home", () => {
  it.each(Object.entries(ONLY))("%s is called from there alone", (written, homes) => {
    const [module = "", name = ""] = written.split("#");
    const callers = OUR_IMPORTS.filter(({ to, names }) => to === module && names.includes(name));
    expect([...new Set(callers.map(({ from }) => from))].sort()).toEqual(homes);
  });

  it("is no module of ours that takes all of another under one name: what it calls could not be seen", () => {
    const all = OUR_IMPORTS.filter(
      ({ names, typeOnly, later, to }) => names.length === 0 && !typeOnly && !later && to.startsWith("db/"),
    );
    expect(all).toEqual([]);
    expect(SOURCE_FILES.length).toBeGreaterThan(500);
  });
});
