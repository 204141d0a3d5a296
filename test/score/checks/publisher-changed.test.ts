import { describe, expect, it } from "vitest";
import { publisherChanged } from "../../../src/score/checks/publisher-changed.ts";
import { aHistory, judgedAfter, proven, times } from "../../support/checks.ts";

const usual = { publisher: { repository: "example/tool", workflow: "release.yml", ref: "refs/tags/v0.1" } };
const from = (publisher: object) => ({ publisher: { ...usual.publisher, ...publisher } });
const by = (account: string) => ({ account });

const maintained = (...maintainers: string[]) => ({ maintainers });
const domain = (day: string) => ({ mailDomains: { "tool.example": `${day}T00:00:00.000Z` } });

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
    ["account on a forge, where one published the last five", by("stranger"), times(5, by("owner")), "warn"],
    ["account on a forge, where one published the last ten", by("stranger"), times(10, by("owner")), "hold"],
    [
      "account on a forge, where another one came of late",
      by("stranger"),
      [...times(9, by("owner")), by("deputy"), ...times(3, by("owner"))],
      "warn",
    ],
    ["account on a forge, where it is often somebody else", by("stranger"), [..."abcdefghij"].map(by), "pass"],
    ["maintainer", maintained("ann", "eve"), times(3, maintained("ann")), "warn"],
    ["maintainer, and none of the old ones", maintained("eve"), times(3, maintained("ann", "ben")), "hold"],
    ["maintainer who left", maintained("ann"), times(3, maintained("ann", "ben")), "pass"],
    ["owner of a mail domain", domain("2026-11-01"), times(3, {}), "hold"],
    ["owner of a mail domain, long before the project", domain("2016-01-01"), times(3, {}), "pass"],
    ["account, where many publish", by("stranger"), ["a", "b", "c", "d", "e"].map(by), "warn"],
    ["account that published before", by("a"), ["a", "b", "c", "d", "e"].map(by), "pass"],
    ["nobody knows of", {}, times(5, usual), "not-checked"],
  ])("%s", (_, facts, history, outcome) => {
    expect(judgedAfter(publisherChanged, facts, aHistory(history)).outcome).toBe(outcome);
  });

  it.each([
    ["where one published the last five: a hold", times(5, by("owner")), "hold"],
    ["where one published all four there are: a hold", times(4, by("owner")), "hold"],
    ["where two published the last four: a warning", [...times(2, by("owner")), ...times(2, by("helper"))], "warn"],
    ["where one published the only two: too few", times(2, by("owner")), "not-checked"],
  ])("account of a registry, %s", (_, history, outcome) => {
    expect(judgedAfter(publisherChanged, by("stranger"), aHistory(history, "pkg:npm/tool")).outcome).toBe(outcome);
  });

  it("that uploaded files of earlier releases is no stranger", () => {
    const history = aHistory(times(10, by("owner"))).map((one) => ({
      ...one,
      assets: [{ name: "a", uploader: "ann" }],
    }));
    expect(judgedAfter(publisherChanged, by("ann"), history).outcome).toBe("pass");
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
    ["a person where only automation uploaded", 10, "github-actions[bot]", "someone", "hold"],
    ["a person where only automation uploaded lately", 5, "github-actions[bot]", "someone", "warn"],
    ["another person, after many uploads", 10, "someone", "stranger", "warn"],
    ["the same person", 5, "someone", "someone", "pass"],
  ])("uploads: %s", (_, count, before, now, outcome) => {
    const history = aHistory(times(count, {})).map((one) => ({ ...one, assets: [{ name: "a", uploader: before }] }));
    expect(judgedAfter(publisherChanged, {}, history, { assets: [{ name: "a", uploader: now }] }).outcome).toBe(
      outcome,
    );
  });
});
