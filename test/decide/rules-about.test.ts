import { describe, expect, it } from "vitest";
import { limitsFor, rulesAbout, wishFor } from "../../src/decide/policy.ts";
import { aCandidate, aPolicy } from "../support/build.ts";

const candidate = aCandidate();
const policy = aPolicy({
  rules: [
    { match: { kind: "github" }, wait: 5, deliver: { labels: ["a"], group: "tools" } },
    { match: { kind: "docker" }, wait: 6 },
    { match: { upstream: "pkg:github/example/*" }, wait: 7, deliver: { draft: true, labels: ["b"] } },
    { match: { vouched: true }, deliver: { autoMerge: "squash" } },
  ],
});

describe("the rules about a candidate", () => {
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
