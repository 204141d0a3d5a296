import { describe, expect, it } from "vitest";
import { decide } from "../../src/decide/decide.ts";
import { isToBePinned } from "../../src/decide/policy.ts";
import { DAY, plus } from "../../src/domain/instant.ts";
import type { Policy } from "../../src/domain/policy.ts";
import type { CheckResult } from "../../src/domain/trust.ts";
import { aCandidate, aCheck, aComponent, anAge, aPin, aPolicy, aRelease, LONG_AGO, NOW } from "../support/build.ts";

const YESTERDAY = plus(NOW, -DAY);

function decided(since: string, checks: CheckResult[] = [], policy: Partial<Policy> = {}) {
  const to = aRelease({ version: "4.2.2", firstSeenAt: LONG_AGO, contentFirstSeenAt: since });
  const candidate = aCandidate({ step: "pin", from: ["v4"], to, between: [] });
  const input = { candidate, history: [], score: undefined, checks, advisories: [], humanDecisions: [] };
  return decide(input, aPolicy(policy), NOW);
}

describe("pinning what is in use", () => {
  it("waits for nothing, since nothing new comes in", () => {
    const { verdict, reasons } = decided(LONG_AGO, [anAge(YESTERDAY)]);
    expect(verdict).toBe("propose");
    expect(reasons).toEqual([expect.objectContaining({ rule: "pin", level: "note" })]);
    expect(reasons[0]?.summary).toContain("what v4 stands for now");
  });

  it("warns where the content is young, so that nobody merges it unseen", () => {
    const { verdict, reasons } = decided(YESTERDAY);
    expect(verdict).toBe("propose");
    expect(reasons.map(({ rule, level }) => [rule, level])).toEqual([
      ["pin-young", "warn"],
      ["pin", "note"],
    ]);
  });

  it.each(["hold", "block"] as const)("is a %s where the content is suspicious: a pin would keep it", (outcome) => {
    expect(decided(LONG_AGO, [aCheck({ check: "off-branch", outcome })]).verdict).toBe(outcome);
  });

  it("is not kept by a range: it moves nothing", () => {
    const rules = [{ match: {}, range: { text: "<4", reason: "not yet" } }];
    expect(decided(LONG_AGO, [], { rules }).verdict).toBe("propose");
  });

  it("is held and skipped by rules as everything is", () => {
    const rules = [{ match: { step: "pin" as const }, skip: { reason: "we build from tags" } }];
    expect(decided(LONG_AGO, [], { rules }).verdict).toBe("skip");
  });
});

describe("whether a component is to be pinned", () => {
  const component = aComponent({ pins: [aPin({ upstream: "pkg:docker/library/python" })] });
  const images = { match: { kind: "docker" } };

  it.each<[string, Partial<Policy>, boolean]>([
    ["nobody asks for it", {}, false],
    ["the policy asks for it", { pin: true }, true],
    ["a rule asks for it", { rules: [{ ...images, pin: true }] }, true],
    ["a rule does not want it", { pin: true, rules: [{ ...images, pin: false }] }, false],
    [
      "the last rule counts",
      {
        rules: [
          { ...images, pin: false },
          { match: {}, pin: true },
        ],
      },
      true,
    ],
    ["a rule is about something else", { rules: [{ match: { kind: "pypi" }, pin: true }] }, false],
  ])("%s", (_, policy, expected) => {
    expect(isToBePinned(aPolicy(policy), component)).toBe(expected);
  });
});
