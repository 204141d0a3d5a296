import { describe, expect, it } from "vitest";
import type { Verdict } from "../../src/domain/bump.ts";
import { DAY, plus } from "../../src/domain/instant.ts";
import type { Rule } from "../../src/domain/policy.ts";
import { aCandidate, aComponent, aPin, aPolicy } from "../support/build.ts";
import { decided, YESTERDAY, young } from "../support/decided.ts";

const skipExamples: Rule = { match: { path: "examples/**" }, skip: { reason: "they follow the documentation" } };

describe("rules", () => {
  const within = (...rules: Rule[]) => aPolicy({ rules });

  it.each<[string, Rule, Verdict]>([
    ["holds by kind", { match: { kind: "github" }, hold: { reason: "by hand first" } }, "hold"],
    ["is about another kind", { match: { kind: "docker" }, hold: { reason: "by hand first" } }, "propose"],
    ["holds by step", { match: { step: "minor" }, hold: { reason: "by hand first" } }, "hold"],
    ["is about another step", { match: { step: "major" }, hold: { reason: "by hand first" } }, "propose"],
    ["skips by upstream", { match: { upstream: "pkg:github/example/*" }, skip: { reason: "not ours" } }, "skip"],
    ["skips by project", { match: { project: "exam*" }, skip: { reason: "frozen" } }, "skip"],
    ["allows a range that it is in", { match: {}, range: { text: "<2", reason: "long-term support" } }, "propose"],
    ["allows a range that it is not in", { match: {}, range: { text: "<1.1", reason: "long-term support" } }, "hold"],
    ["has a range nobody understands", { match: {}, range: { text: "soon", reason: "?" } }, "hold"],
  ])("one that %s", (_, rule, verdict) => {
    expect(decided({}, within(rule)).verdict).toBe(verdict);
  });

  it("a later one wins over an earlier one, field by field", () => {
    const policy = within(
      { match: {}, wait: 30 * DAY, hold: { reason: "first" } },
      { match: { kind: "github" }, wait: 2 * DAY },
      { match: { kind: "github" }, hold: { reason: "second" } },
    );
    const decision = decided({ checks: [young] }, policy);
    expect(decision.reasons[0]?.summary).toBe("Held by policy: second");
    expect(decision.reasons.find((reason) => reason.level === "wait")?.until).toBe(plus(YESTERDAY, 2 * DAY));
  });

  it("a wait of nothing is nothing, whatever the trust", () => {
    expect(decided({ checks: [young], score: undefined }, within({ match: {}, wait: 0 })).verdict).toBe("propose");
  });

  it("a skip by path needs all places, a hold any", () => {
    const pins = [aPin({ path: "examples/Dockerfile" }), aPin({ path: "Dockerfile" })];
    const mixed = aCandidate({ component: aComponent({ pins }) });
    const examples = aCandidate({ component: aComponent({ pins: pins.slice(0, 1) }) });
    expect(decided({ candidate: examples }, within(skipExamples)).verdict).toBe("skip");
    expect(decided({ candidate: mixed }, within(skipExamples)).verdict).toBe("propose");
    const hold = { match: { path: "examples/**" }, hold: { reason: "by hand" } };
    expect(decided({ candidate: mixed }, within(hold)).verdict).toBe("hold");
  });

  it("ranges are read in the component's scheme where the policy can", () => {
    const asked: string[] = [];
    const satisfies = (scheme: string, version: string, range: string) => {
      asked.push(`${scheme} ${version} ${range}`);
      return true;
    };
    const policy = aPolicy({ rules: [{ match: {}, range: { text: "<1", reason: "old" } }], satisfies });
    expect(decided({}, policy).verdict).toBe("propose");
    expect(asked).toEqual(["loose 1.1.0 <1"]);
  });
});
