import { describe, expect, it } from "vitest";
import { publisherChanged } from "../../../src/score/checks/publisher-changed.ts";
import { aHistory, judgedAfter, proven, times } from "../../support/checks.ts";

const usual = { publisher: { repository: "example/tool", workflow: "release.yml", ref: "refs/tags/v0.1" } };
const from = (publisher: object) => ({ publisher: { ...usual.publisher, ...publisher } });
const by = (account: string) => ({ account });

describe("another publisher", () => {
  it.each([
    [
      "of the same spelling in other words",
      from({ repository: "https://github.com/Example/Tool.git" }),
      times(5, usual),
      "pass",
    ],
    ["tag by tag", from({ ref: "refs/tags/v1" }), times(5, usual), "pass"],
    ["repository", from({ repository: "stranger/tool" }), times(5, usual), "hold"],
    ["workflow", from({ workflow: "other.yml" }), times(5, usual), "warn"],
    ["workflow and branch", from({ workflow: "other.yml", ref: "refs/heads/x" }), times(5, usual), "hold"],
    [
      "workflow that was used long ago",
      from({ workflow: "old.yml" }),
      [...times(9, usual), from({ workflow: "old.yml" })],
      "pass",
    ],
    ["after two that are known", from({ repository: "stranger/tool" }), times(2, usual), "not-checked"],
    ["account, where one published always", by("stranger"), times(5, by("owner")), "hold"],
    ["account, where many publish", by("stranger"), ["a", "b", "c", "d", "e"].map(by), "warn"],
    ["account that published before", by("a"), ["a", "b", "c", "d", "e"].map(by), "pass"],
    ["nobody knows of", {}, times(5, usual), "not-checked"],
  ])("%s", (_, facts, history, outcome) => {
    expect(judgedAfter(publisherChanged, facts, aHistory(history)).outcome).toBe(outcome);
  });

  it("is named in a certificate", () => {
    const attested = (name: string) => proven("verified", { repository: `https://github.com/${name}` }, "pep740");
    const { outcome, summary } = judgedAfter(
      publisherChanged,
      attested("stranger/tool"),
      aHistory(times(5, attested("example/tool"))),
    );
    expect([outcome, summary]).toEqual([
      "hold",
      "The publisher's repository changed: 1.0.0 was published from stranger/tool; earlier ones from example/tool.",
    ]);
  });

  it.each([
    ["a person where only automation uploaded", "github-actions[bot]", "someone", "hold"],
    ["another person", "someone", "stranger", "warn"],
    ["the same person", "someone", "someone", "pass"],
  ])("uploads: %s", (_, before, now, outcome) => {
    const history = aHistory(times(5, {})).map((one) => ({ ...one, assets: [{ name: "a", uploader: before }] }));
    expect(judgedAfter(publisherChanged, {}, history, { assets: [{ name: "a", uploader: now }] }).outcome).toBe(
      outcome,
    );
  });
});
