import { describe, expect, it } from "vitest";
import { dueAt, limitsFor, rangeFor, rulesAbout, waitFor, wishFor } from "../../src/decide/policy.ts";
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

describe("the rules about a candidate", () => {
  const candidate = aCandidate();
  const policy = aPolicy({
    rules: [
      { match: { kind: "github" }, wait: 5, deliver: { labels: ["a"], group: "tools" } },
      { match: { kind: "docker" }, wait: 6 },
      { match: { upstream: "pkg:github/example/*" }, wait: 7, deliver: { draft: true, labels: ["b"] } },
      { match: { vouched: true }, deliver: { autoMerge: "squash" } },
    ],
  });

  it("are those that match, with what a later one says otherwise", () => {
    expect(rulesAbout(policy, candidate).map(({ number, overruled }) => [number, overruled])).toEqual([
      [1, ["wait", "labels"]],
      [3, []],
    ]);
  });

  it("wish for what the last of them says, field by field", () => {
    expect(wishFor(policy, candidate)).toEqual({ group: "tools", labels: ["b"], draft: true });
  });

  it("limit open pull requests by the last limit, and count for every one", () => {
    const limited = aPolicy({
      rules: [
        { match: { kind: "github" }, deliver: { openLimit: 5 } },
        { match: { kind: "docker" }, deliver: { openLimit: 1 } },
        { match: {}, deliver: { openLimit: 2 } },
      ],
    });
    expect(limitsFor(limited, candidate)).toEqual([
      { rule: 1, most: 5, counts: false },
      { rule: 3, most: 2, counts: true },
    ]);
  });

  it("know whom somebody vouches for", () => {
    const vouched = { ...policy, vouched: (upstream: string) => upstream === "pkg:github/example/tool" };
    expect(wishFor(vouched, candidate).autoMerge).toBe("squash");
    const nobody = { ...policy, rules: [{ match: { vouched: false }, deliver: { draft: true } }] };
    expect(wishFor(nobody, candidate).draft).toBe(true);
  });
});
