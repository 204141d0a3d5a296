import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DecisionInput } from "../../src/decide/decision-input.ts";
import type { Verdict } from "../../src/domain/bump.ts";
import { DAY, plus } from "../../src/domain/instant.ts";
import type { Rule } from "../../src/domain/policy.ts";
import type { CheckResult } from "../../src/domain/trust.ts";
import {
  aCandidate,
  aHumanDecision,
  anAdvisory,
  anAge,
  aPolicy,
  aRelease,
  aScore,
  LONG_AGO,
  NOW,
} from "../support/build.ts";
import { check, decided, rulesOf, YESTERDAY, young } from "../support/decided.ts";

const malware = anAdvisory({ id: "MAL-2026-1" });
const skipExamples: Rule = { match: { path: "examples/**" }, skip: { reason: "they follow the documentation" } };

describe("the order of verdicts", () => {
  const skipped = { action: "skip" as const, at: YESTERDAY };
  it.each<[string, Partial<DecisionInput>, Verdict]>([
    ["a block comes before a person's skip", { checks: [check("block"), young] }, "block"],
    ["a malware report comes before a person's skip", { advisories: [malware] }, "block"],
    ["a skip comes before a hold: nobody is asked about what nobody wants", { checks: [check("hold"), young] }, "skip"],
    ["a skip comes before a wait", { checks: [young] }, "skip"],
  ])("%s", (_, given, verdict) => {
    const decision = decided({ ...given, humanDecisions: [aHumanDecision(skipped)] });
    expect(decision.verdict).toBe(verdict);
    expect(rulesOf(decision, "skip")).toEqual(["person"]);
  });
});

describe("the verdict", () => {
  it.each<[string, Partial<DecisionInput>, Verdict, string[]]>([
    ["nothing against it", {}, "propose", []],
    ["young content", { checks: [young] }, "wait", ["content-age"]],
    ["a check that blocks", { checks: [check("block"), anAge(LONG_AGO)] }, "block", ["content-changed"]],
    ["a check that blocks young content", { checks: [check("block"), young] }, "block", ["content-changed"]],
    ["a check that holds", { checks: [check("hold"), young] }, "hold", ["content-changed"]],
    ["a block and a hold", { checks: [check("hold"), check("block", "withdrawn")] }, "block", ["withdrawn"]],
    ["one warning", { checks: [check("warn"), anAge(LONG_AGO)] }, "propose", []],
    ["two warnings", { checks: [check("warn"), check("warn", "dormant")] }, "hold", ["several-warnings"]],
    [
      "two warnings of dates and numbers, where nobody could see anything else",
      {
        checks: [
          check("warn", "dormant-project", "dates"),
          check("warn", "version-jump", "dates"),
          check("not-checked", "proof-weaker"),
          young,
        ],
      },
      "wait",
      ["content-age"],
    ],
    [
      "two warnings of dates and numbers, where something else was seen",
      {
        checks: [
          check("warn", "dormant-project", "dates"),
          check("warn", "version-jump", "dates"),
          check("pass", "proof-weaker"),
          young,
        ],
      },
      "hold",
      ["several-warnings"],
    ],
    ["one warning and young content", { checks: [check("warn"), young] }, "wait", ["content-age"]],
    ["a check that could not look", { checks: [check("not-checked"), anAge(LONG_AGO)] }, "propose", []],
    ["a malware report", { advisories: [malware] }, "block", ["malware-advisory"]],
    [
      "a malware report about the current version",
      { advisories: [malware], candidate: aCandidate({ fixes: [malware] }) },
      "propose",
      [],
    ],
    ["a yanked target", { candidate: aCandidate({ to: aRelease({ state: "yanked" }) }) }, "block", ["withdrawn"]],
    [
      "a new severe advisory",
      { candidate: aCandidate({ introduces: [anAdvisory()] }) },
      "hold",
      ["introduces-advisory"],
    ],
    [
      "a new mild advisory",
      { candidate: aCandidate({ introduces: [anAdvisory({ severity: "low" })] }) },
      "propose",
      [],
    ],
    ["a major step", { candidate: aCandidate({ step: "major" }) }, "propose", []],
    ["a major step and too little data", { candidate: aCandidate({ step: "major" }), score: undefined }, "propose", []],
  ])("of %s", (_, given, verdict, rules) => {
    const decision = decided(given);
    expect(decision).toMatchObject({ verdict, by: "policy" });
    expect(rulesOf(decision, verdict)).toEqual(rules);
  });

  it("is told with all reasons, the strictest first", () => {
    const decision = decided({
      candidate: aCandidate({ step: "major" }),
      checks: [check("warn"), check("hold", "tag-missing"), check("block", "withdrawn"), young],
    });
    expect(decision.reasons.map((reason) => [reason.level, reason.rule])).toEqual([
      ["block", "withdrawn"],
      ["hold", "tag-missing"],
      ["wait", "content-age"],
      ["warn", "content-changed"],
      ["warn", "major-step"],
    ]);
  });
});

describe("laws", () => {
  const outcome = fc.constantFrom<CheckResult["outcome"]>("pass", "warn", "hold", "block", "not-checked");
  const results = fc.array(
    fc.tuple(outcome, fc.constantFrom("a", "b", "c")).map(([one, name]) => check(one, name)),
    { maxLength: 4 },
  );
  const age = fc.integer({ min: 0, max: 30 * 24 }).map((hours) => anAge(plus(NOW, -hours * 3_600_000)));
  const score = fc.option(
    fc
      .record({
        value: fc.float({ min: 0, max: 10, noNaN: true }),
        coverage: fc.float({ min: 0, max: 1, noNaN: true }),
      })
      .map(aScore),
    { nil: undefined },
  );
  const human = fc.array(
    fc
      .record({
        action: fc.constantFrom("approve", "hold", "skip", "reopen"),
        range: fc.constantFrom("<2", ">=2", "??"),
      })
      .map(aHumanDecision),
    { maxLength: 3 },
  );
  const candidate = fc
    .record({
      step: fc.constantFrom("major", "minor", "digest", "other"),
      fixes: fc.constantFrom([], [anAdvisory()]),
      introduces: fc.constantFrom([], [malware]),
    })
    .map((given) => aCandidate(given));
  const rule = fc.constantFrom<Rule>(
    skipExamples,
    { match: {}, wait: 0 },
    { match: {}, wait: 90 * DAY },
    { match: {}, range: { text: "<1", reason: "old" } },
  );
  const anything = fc.record({
    candidate,
    score,
    checks: results,
    age,
    humanDecisions: human,
    rules: fc.array(rule, { maxLength: 2 }),
  });
  type Anything = typeof anything extends fc.Arbitrary<infer Value> ? Value : never;
  const run = ({ rules, age: clock, checks, ...given }: Anything) =>
    decided({ ...given, checks: [...checks, clock] }, aPolicy({ rules }));

  it("always decides, the same again, and says why", () => {
    fc.assert(
      fc.property(anything, (given) => {
        const decision = run(given);
        expect(decision).toEqual(run(given));
        expect(decision.reasons.length).toBeGreaterThan(0);
        expect(decision.reasons.every((reason) => reason.summary.length > 10)).toBe(true);
        expect(decision.verdict === "wait").toBe(
          decision.verdict === "wait" && decision.until !== undefined && decision.until > NOW,
        );
      }),
    );
  });

  it("a check that blocks blocks, whoever approves", () => {
    fc.assert(
      fc.property(
        anything,
        (given) => run({ ...given, checks: [...given.checks, check("block")] }).verdict === "block",
      ),
    );
  });

  it("trust never shortens a wait below the policy's minimum, and never changes anything but the wait", () => {
    const looser: readonly Verdict[] = ["block", "skip", "hold", "wait", "propose"];
    fc.assert(
      fc.property(anything, (given) => {
        const [trusted, unknown] = [
          run({ ...given, score: aScore({ value: 10 }) }),
          run({ ...given, score: undefined }),
        ];
        expect(looser.indexOf(trusted.verdict)).toBeGreaterThanOrEqual(looser.indexOf(unknown.verdict));
        if (unknown.verdict !== "wait") expect(trusted.verdict).toBe(unknown.verdict);
        const since = given.age.clock?.since ?? NOW;
        if (
          trusted.verdict !== "propose" ||
          given.candidate.fixes.length > 0 ||
          given.rules.some((one) => one.wait === 0)
        )
          return;
        expect(plus(since, 7 * DAY) <= NOW).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
