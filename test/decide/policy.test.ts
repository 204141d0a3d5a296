import { describe, expect, it } from "vitest";
import { dueAt, rangeFor, waitFor } from "../../src/decide/policy.ts";
import { DAY, plus } from "../../src/domain/instant.ts";
import { aCandidate, aComponent, anAdvisory, aPolicy, NOW } from "../support/build.ts";

describe("the range that rules allow a component", () => {
  const range = (text: string) => ({ text, reason: "long-term support" });

  it("is the last one that matches, whatever the step", () => {
    const rules = [
      { match: { kind: "github" }, range: range("<3") },
      { match: { upstream: "pkg:github/example/**" }, range: range("<2") },
      { match: { kind: "docker" }, range: range("<1") },
      { match: { step: "major" as const }, range: range("<0") },
    ];
    expect(rangeFor(aPolicy({ rules }), aComponent())).toBe("<2");
    expect(rangeFor(aPolicy(), aComponent())).toBeUndefined();
  });
});

describe("the answer to an advisory", () => {
  it.each([
    ["critical", plus(NOW, DAY)],
    ["high", plus(NOW, 3 * DAY)],
    ["low", undefined],
  ] as const)("of %s severity is due at %s", (severity, due) => {
    expect(dueAt(aPolicy(), anAdvisory({ severity, publishedAt: NOW }))).toBe(due);
  });

  it("has no date while nobody knows since when it is known", () => {
    expect(dueAt(aPolicy(), anAdvisory({ severity: "critical" }))).toBeUndefined();
  });
});

describe("the wait", () => {
  it("of a kind that the policy does not know is the default, or careful", () => {
    expect(waitFor(aPolicy({ waits: { default: DAY } }), aCandidate())).toBe(DAY);
    expect(waitFor(aPolicy({ waits: {} }), aCandidate())).toBe(7 * DAY);
  });
});
