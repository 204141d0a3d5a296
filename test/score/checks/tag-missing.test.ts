import { describe, expect, it } from "vitest";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { outlineOf } from "../../../src/domain/integrity/content-history.ts";
import type { ReleaseFacts } from "../../../src/domain/release-facts.ts";
import { Failure } from "../../../src/lib/failure.ts";
import { tagMissing } from "../../../src/score/checks/tag-missing.ts";
import { aRelease, NOW } from "../../support/build.ts";
import { aCheckContext } from "../../support/check-context.ts";
import { aHistory, judgedAfter, times } from "../../support/checks.ts";

const repository = "pkg:github/example/tool";
const tagged = { origin: { repository, tag: true } };
const untagged = { origin: { repository, tag: false } };
const checked = (facts: Parameters<typeof judgedAfter>[1], history: Parameters<typeof aHistory>[0]) =>
  judgedAfter(tagMissing, facts, aHistory(history, "pkg:pypi/tool"));

describe("a registry release without a tag", () => {
  it.each([
    ["where all had one", untagged, times(5, tagged), "hold"],
    ["where four of five had one", untagged, [untagged, ...times(4, tagged)], "hold"],
    ["where three of five had one", untagged, [untagged, untagged, ...times(3, tagged)], "pass"],
    [
      "where a tag is often forgotten",
      untagged,
      [...times(5, tagged), untagged, untagged, ...times(3, tagged)],
      "warn",
    ],
    [
      "where a second one was forgotten within twenty",
      untagged,
      [...times(12, tagged), untagged, ...times(4, tagged), untagged],
      "warn",
    ],
    ["where one was forgotten long ago", untagged, [...times(30, tagged), untagged, untagged], "hold"],
    ["where none had one", untagged, times(5, untagged), "pass"],
    ["where all four had one", untagged, times(4, tagged), "hold"],
    ["where all three had one", untagged, times(3, tagged), "warn"],
    ["where only two are known", untagged, times(2, tagged), "not-checked"],
    ["but with a release", { origin: { tag: false, release: true } }, times(5, tagged), "pass"],
    ["that nobody looked for", {}, times(5, tagged), "not-checked"],
    ["that has one", tagged, times(5, tagged), "pass"],
  ])("%s", (_, facts, history, outcome) => {
    expect(checked(facts, history).outcome).toBe(outcome);
  });

  it("is held for a month, in which others would have reported it, and is a warning then", () => {
    const history = aHistory(times(5, tagged), "pkg:pypi/tool").map(outlineOf);
    const release = aRelease({ upstream: "pkg:pypi/tool", version: "1.0.0", publishedAt: NOW, evidence: untagged });
    const input = { release: { ...release, firstSeenAt: NOW }, history, earlier: history, advisories: [] };
    const daysLater = (days: number) => tagMissing.judge(input, plus(NOW, days * DAY));
    expect(daysLater(0)).toMatchObject({ outcome: "hold", until: plus(NOW, 31 * DAY) });
    expect(daysLater(30).outcome).toBe("hold");
    expect(daysLater(31).outcome).toBe("warn");
    expect(daysLater(31).until).toBeUndefined();
  });

  it("is told with what was usual, and what it was compared with", () => {
    expect(checked(untagged, times(5, tagged))).toMatchObject({
      summary: "1.0.0 is on its registry, but example/tool has no tag for it; 5 of the last 5 releases had one.",
      comparedVersions: ["0.5.0", "0.4.0", "0.3.0", "0.2.0", "0.1.0"],
      evidence: [{ observed: "no tag, release or run", expected: "5 of the last 5 releases had one" }],
    });
  });

  it("says why nobody could look", () => {
    expect(checked({ unknown: { origin: "the repository is not on GitHub." } }, []).summary).toBe(
      "the repository is not on GitHub.",
    );
  });
});

describe("the tags of a repository", () => {
  const release = aRelease({ upstream: "pkg:pypi/tool", version: "1.2.0rc1" });
  const ask = (refs: readonly string[] | Failure) => {
    const named = refs instanceof Error ? refs : Object.fromEntries(refs.map((name) => [`refs/tags/${name}`, "c"]));
    const context = aCheckContext({ refs: named, repository });
    return tagMissing.collect?.ask({ release, earlier: [], open: [release] }, context);
  };

  it.each([
    ["v1.2.0rc1", true],
    ["1.2.0-rc.1", true],
    ["tool-1.2.0rc1", true],
    ["tool/v1.2.0rc1", true],
    ["release1.2.0rc1", true],
    ["11.2.0rc1", false],
    ["v0.1.2.0rc1", false],
    ["v1.2.0", false],
  ])("%s is one of 1.2.0rc1: %s", async (tag, found) => {
    const facts = (await ask([tag])) as ReadonlyMap<string, ReleaseFacts>;
    expect(facts.get(release.tag)?.origin).toEqual({ repository, tag: found });
    expect(facts.get(release.tag)?.sources?.origin?.locator).toBe("https://github.com/example/tool");
  });

  it("are not known without a repository, nor when it does not answer", async () => {
    expect(await tagMissing.collect?.ask({ release, earlier: [], open: [release] }, aCheckContext())).toMatchObject({
      code: "not-checked",
    });
    expect(await ask(new Failure("timeout", "no answer"))).toMatchObject({ code: "timeout" });
  });
});
