import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../src/decide/decide.ts";
import type { DecisionInput } from "../../src/decide/decision-input.ts";
import type { HumanDecision, Verdict } from "../../src/domain/bump.ts";
import { DAY, plus } from "../../src/domain/instant.ts";
import type { Rule } from "../../src/domain/policy.ts";
import type { CheckResult, TrustScore } from "../../src/domain/trust.ts";
import {
  aCandidate,
  aCheck,
  aComponent,
  aHumanDecision,
  anAdvisory,
  anAge,
  aPin,
  aPolicy,
  aRelease,
  aScore,
  LONG_AGO,
  NOW,
} from "../support/build.ts";

const YESTERDAY = plus(NOW, -DAY);

/** A candidate that is old, clean and of a strong project; what is given makes it less so. */
function decided(given: Partial<DecisionInput> = {}, policy = aPolicy()) {
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

const rulesOf = (decision: ReturnType<typeof decide>, level: string) =>
  decision.reasons.filter((reason) => reason.level === level).map((reason) => reason.rule);

const check = (outcome: CheckResult["outcome"], name = "content-changed", basis: CheckResult["basis"] = "evidence") =>
  aCheck({ check: name, basis, outcome, summary: `What ${name} saw.` });
const young = anAge(YESTERDAY);
const malware = anAdvisory({ id: "MAL-2026-1" });
const skipExamples: Rule = { match: { path: "examples/**" }, skip: { reason: "they follow the documentation" } };

describe("a vouch", () => {
  const scored = (...given: readonly (readonly [TrustScore["dimensions"][number]["dimension"], number, number])[]) =>
    aScore({
      value: 9,
      coverage: 0.8,
      dimensions: given.map(([dimension, weight, value]) => ({ dimension, weight, value })),
    });
  const until = (score: TrustScore) => decided({ score, checks: [anAge(NOW)] }).until;

  it("never shortens a wait, not even one that little trust made longer", () => {
    const weak = until(scored(["activity", 60, 4], ["hygiene", 35, 4]));
    expect(until(scored(["activity", 60, 4], ["hygiene", 35, 4], ["relationships", 400, 10]))).toBe(weak);
    const little = scored(["activity", 40, 9], ["relationships", 60, 10]);
    expect(until(little)).toBe(weak);
  });
});

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

describe("what was there at the first look", () => {
  const found = (given: object) =>
    aCandidate({ to: aRelease({ baseline: true, firstSeenAt: YESTERDAY, contentFirstSeenAt: YESTERDAY, ...given }) });
  const held = [check("hold", "tag-missing"), check("warn", "dormant"), young];

  it("is held by no check: it waits, and is told with warnings", () => {
    const { verdict, reasons } = decided({ candidate: found({}), checks: held });
    expect([verdict, reasons.filter(({ level }) => level === "warn").map(({ rule }) => rule)]).toEqual([
      "wait",
      ["tag-missing", "dormant"],
    ]);
    expect(reasons.find(({ rule }) => rule === "tag-missing")?.summary).toContain("at the first look");
  });

  it("is blocked as everything else, and held once its content changed", () => {
    expect(decided({ candidate: found({}), checks: [check("block")] }).verdict).toBe("block");
    expect(decided({ candidate: found({ contentFirstSeenAt: NOW }), checks: held }).verdict).toBe("hold");
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

describe("a wait", () => {
  it.each([
    ["strong", aScore({ value: 8 }), 7],
    ["fair", aScore({ value: 6 }), 10.5],
    ["weak", aScore({ value: 2 }), 14],
    ["insufficient", aScore({ value: 9, coverage: 0.3 }), 14],
    ["unknown", undefined, 14],
  ])("of 7 days becomes longer, never shorter, for a project of %s trust: %f", (_, score, days) => {
    const decision = decided({ score, checks: [young] });
    expect(decision).toMatchObject({ verdict: "wait", until: plus(YESTERDAY, days * DAY) });
  });

  it.each([
    ["pkg:pypi/requests", 3],
    ["pkg:docker/library/python", 7],
    ["pkg:gem/bundler", 3],
  ])("for %s is %d days", (upstream, days) => {
    const component = aComponent({ pins: [aPin({ upstream })] });
    expect(decided({ candidate: aCandidate({ component }), checks: [young] }).until).toBe(plus(YESTERDAY, days * DAY));
  });

  it.each([
    [aScore({ value: 8 }), "it waits 7 days, until"],
    [aScore({ value: 6 }), "it waits 10.5 days (7 days, longer because trust in the project is only fair), until"],
    [undefined, "it waits 14 days (7 days, longer because too little is known of the project), until"],
  ])("says how long it is, and why it is longer than the policy's", (score, words) => {
    const [reason] = decided({ score, checks: [young] }).reasons;
    expect(reason?.summary).toContain(words);
  });

  it("is over at the very moment its end is reached", () => {
    expect(decided({ checks: [anAge(plus(NOW, -7 * DAY))] }).verdict).toBe("propose");
    expect(decided({ checks: [anAge(plus(NOW, -7 * DAY + 1))] }).verdict).toBe("wait");
  });

  it("runs from first sight of the content when no check gives a clock", () => {
    const to = aRelease({ version: "1.1.0", contentFirstSeenAt: YESTERDAY });
    expect(decided({ candidate: aCandidate({ to }), checks: [] })).toMatchObject({
      verdict: "wait",
      until: plus(YESTERDAY, 7 * DAY),
    });
  });

  it("follows the later of two clocks", () => {
    expect(decided({ checks: [anAge(LONG_AGO), { ...young, check: "another-clock" }] }).verdict).toBe("wait");
  });

  it("is skipped by a fix of a known advisory, which is told with its due date", () => {
    const fix = anAdvisory({ severity: "critical", publishedAt: YESTERDAY });
    const decision = decided({ candidate: aCandidate({ fixes: [fix] }), checks: [young] });
    expect(decision.verdict).toBe("propose");
    expect(decision.reasons.find((reason) => reason.rule === "security-fix")?.summary).toBe(
      "1.1.0 fixes GHSA-aaaa-bbbb-cccc (critical), due by 2026-11-20 12:00 UTC: Reads past the end of a buffer.",
    );
  });

  it.each([
    ["block", check("block")],
    ["hold", check("hold")],
  ])("a fix never skips a %s", (verdict, result) => {
    const candidate = aCandidate({ fixes: [anAdvisory()] });
    expect(decided({ candidate, checks: [result, young] }).verdict).toBe(verdict);
  });

  it("everything unknown only waits, and is proposed later with a warning", () => {
    const unknown = { score: undefined, checks: [check("not-checked"), check("not-checked", "withdrawn")] };
    const fresh = aCandidate({ to: aRelease({ version: "1.1.0", contentFirstSeenAt: YESTERDAY }) });
    expect(decided({ ...unknown, candidate: fresh }).verdict).toBe("wait");
    const later = decided(unknown);
    expect(later.verdict).toBe("propose");
    expect(rulesOf(later, "warn")).toEqual(["insufficient-data"]);
    expect(rulesOf(later, "note")).toEqual(["content-age", "not-checked"]);
    expect(later.reasons.at(-1)?.summary).toMatch(/content changed \(.*; withdrawn \(/);
  });
});

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

describe("words beside a pin", () => {
  it.each([
    [{ kind: "hold", reason: "plugin breaks" }, "hold", "Held by a comment in Dockerfile:1: plugin breaks"],
    [{ kind: "hold", range: "<1.1" }, "hold", "Held to <1.1 by a comment in Dockerfile:1"],
    [
      { kind: "hold", range: "nonsense" },
      "hold",
      'Held: the range "nonsense" in Dockerfile:1 is not understood; correct the comment.',
    ],
    [{ kind: "hold", range: "<2" }, "propose", undefined],
  ] as const)("%o: %s", (word, verdict, summary) => {
    const candidate = aCandidate({ component: aComponent({ pins: [aPin({ word })] }) });
    const decision = decided({ candidate });
    expect(decision.verdict).toBe(verdict);
    expect(decision.reasons.find((reason) => reason.rule === "inline-hold")?.summary).toBe(summary);
  });
});

describe("a person", () => {
  const said = (...given: Parameters<typeof aHumanDecision>) => ({ humanDecisions: [aHumanDecision(...given)] });

  it.each<[string, Partial<DecisionInput>, Verdict]>([
    ["holds", said({ action: "hold", range: "=1.1.0" }), "hold"],
    ["skips", said({ action: "skip" }), "skip"],
    ["held another version", { ...said({ action: "hold", range: "=1.2.0" }) }, "propose"],
    ["held in another project", said({ action: "hold", project: "elsewhere" }), "propose"],
    ["held until yesterday", said({ action: "hold", until: YESTERDAY }), "propose"],
    ["will hold tomorrow", said({ action: "hold", at: plus(NOW, DAY) }), "propose"],
    ["approves what is held", { ...said({ range: "=1.1.0" }), checks: [check("hold"), anAge(LONG_AGO)] }, "propose"],
    ["approves what is blocked", { ...said(), checks: [check("block")] }, "block"],
    ["approves what waits", { ...said(), checks: [young] }, "wait"],
    ["approves two warnings", { ...said(), checks: [check("warn"), check("warn", "b")] }, "propose"],
    ["approves by a range nobody understands", { ...said({ range: "??" }), checks: [check("hold")] }, "hold"],
    ["holds by a range nobody understands", said({ action: "hold", range: "??" }), "hold"],
  ])("who %s", (_, given, verdict) => {
    expect(decided(given).verdict).toBe(verdict);
  });

  it.each<[HumanDecision["action"], string, Verdict]>([
    ["approve", "=latest", "propose"],
    ["approve", "=stable", "hold"],
    ["skip", "=latest", "skip"],
    ["skip", "=stable", "hold"],
  ])("%ss the name %s, which has no order, and nothing else", (action, range, verdict) => {
    const to = aRelease({ version: "latest", upstream: "pkg:docker/example/tool" });
    const component = aComponent({ pins: [aPin({ upstream: to.upstream, scheme: "docker-tag", text: "latest" })] });
    const word = said({ action, range, upstream: to.upstream });
    const candidate = aCandidate({ component, to, step: "digest" });
    expect(decided({ ...word, candidate, checks: [check("hold"), anAge(LONG_AGO)] }).verdict).toBe(verdict);
  });

  it("is named where the verdict is theirs, and only there", () => {
    const person = { person: "Release manager" };
    expect(decided(said({ action: "skip" })).by).toEqual(person);
    expect(decided({ ...said(), checks: [check("hold"), anAge(LONG_AGO)] }).by).toEqual(person);
    expect(decided({ ...said(), checks: [check("block")] }).by).toBe("policy");
    expect(decided(said()).by).toBe("policy");
  });

  it("has the last word, and can take it back", () => {
    const hold = aHumanDecision({ action: "hold", at: plus(NOW, -3 * DAY) });
    const approve = aHumanDecision({ at: plus(NOW, -2 * DAY) });
    const reopen = aHumanDecision({ action: "reopen", at: plus(NOW, -DAY) });
    expect(decided({ humanDecisions: [approve, hold] }).verdict).toBe("propose");
    expect(decided({ humanDecisions: [hold] }).verdict).toBe("hold");
    expect(decided({ humanDecisions: [hold, reopen] }).verdict).toBe("propose");
    expect(decided({ humanDecisions: [approve, reopen], checks: [check("hold")] }).verdict).toBe("hold");
  });

  it("is heard in the order of recording, where two words fell at the same moment", () => {
    const [hold, skip] = [aHumanDecision({ action: "hold" }), aHumanDecision({ action: "skip" })];
    expect(decided({ humanDecisions: [hold, skip] }).verdict).toBe("skip");
    expect(decided({ humanDecisions: [skip, hold] }).verdict).toBe("hold");
  });

  it("approves content, not a name: content that changed since is not approved", () => {
    const to = aRelease({ version: "1.1.0", contentFirstSeenAt: plus(NOW, -3_600_000) });
    const decision = decided({ ...said(), candidate: aCandidate({ to }), checks: [check("hold"), anAge(LONG_AGO)] });
    expect(decision).toMatchObject({ verdict: "hold", by: "policy" });
    expect(decision.reasons.map((reason) => reason.summary).join(" ")).toContain("the approval no longer counts");
  });

  it("sees a lifted hold again, as a warning", () => {
    expect(rulesOf(decided({ ...said(), checks: [check("hold"), anAge(LONG_AGO)] }), "warn")).toEqual([
      "content-changed",
    ]);
  });

  it("holds until a day, and the decision says which", () => {
    const until = plus(NOW, 30 * DAY);
    expect(decided(said({ action: "hold", until })).until).toBe(until);
    expect(decided({ ...said({ action: "hold", until }), checks: [check("hold")] }).until).toBeUndefined();
  });
});

describe("notes", () => {
  it("tell drift, what remains vulnerable, and what was withdrawn under us", () => {
    const component = aComponent({ pins: [aPin(), aPin({ text: "0.9.0" })] });
    const decision = decided({
      candidate: aCandidate({ component }),
      history: [aRelease({ version: "0.9.0", state: "yanked" }), aRelease({ version: "0.8.0", state: "yanked" })],
      advisories: [anAdvisory({ id: "GHSA-still" })],
    });
    expect(rulesOf(decision, "note")).toEqual(["content-age", "current-withdrawn", "known-advisories", "drift"]);
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

describe("what could not be checked", () => {
  it("is one note that names every check, and why", () => {
    const { reasons, verdict } = decided({
      checks: [check("not-checked"), check("not-checked", "off-branch"), anAge(LONG_AGO)],
    });
    expect(verdict).toBe("propose");
    expect(reasons.find(({ rule }) => rule === "not-checked")?.summary).toBe(
      "Not checked: content changed (What content-changed saw); off branch (What off-branch saw).",
    );
  });

  it.each([
    [2, []],
    [3, ["lookup-failed", "lookup-failed"]],
  ])("%d times in a row: warnings %j, and never a hold", (failedLookups, warnings) => {
    const failing = ["off-branch", "tag-missing"].map((name) => ({ ...check("not-checked", name), failedLookups }));
    const decision = decided({ checks: [...failing, anAge(LONG_AGO)] });
    expect(decision.verdict).toBe("propose");
    expect(rulesOf(decision, "warn")).toEqual(warnings);
  });
});
