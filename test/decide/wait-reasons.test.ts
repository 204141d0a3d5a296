import { describe, expect, it } from "vitest";
import { DAY, plus } from "../../src/domain/instant.ts";
import type { TrustScore } from "../../src/domain/trust.ts";
import { aCandidate, aComponent, anAdvisory, anAge, aPin, aRelease, aScore, LONG_AGO, NOW } from "../support/build.ts";
import { check, decided, rulesOf, YESTERDAY, young } from "../support/decided.ts";

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
