import { describe, expect, it } from "vitest";
import { DAY, plus } from "../../../src/domain/instant.ts";
import type { Release } from "../../../src/domain/release.ts";
import { contentChanged } from "../../../src/score/checks/content-changed.ts";
import { aRelease, NOW } from "../../support/build.ts";

function checked(given: Partial<Release>) {
  return contentChanged.judge({ release: aRelease(given), history: [], earlier: [], advisories: [] }, NOW);
}

const day1 = plus(NOW, -30 * DAY);
const day3 = plus(NOW, -2 * DAY);

describe("changed content", () => {
  const seenBefore = (digests: Record<string, string>, commit?: string) => ({
    earlierContent: [{ seenAt: day1, digests, ...(commit !== undefined && { commit }) }],
    contentFirstSeenAt: day3,
  });
  const image = { upstream: "pkg:docker/library/python" };

  it.each<[string, Partial<Release>, string, string]>([
    ["a git tag", { commit: "new", ...seenBefore({}, "old") }, "block", "The commit of 1.0.0 changed under its name"],
    [
      "a release file",
      { assets: [{ name: "tool.tgz", digest: "sha256:new" }], ...seenBefore({ "asset:tool.tgz": "sha256:old" }) },
      "block",
      "The file tool.tgz of 1.0.0 changed under its name",
    ],
    [
      "a package file",
      { upstream: "pkg:pypi/tool", digests: { "tool.whl": "sha256:new" }, ...seenBefore({ "tool.whl": "sha256:old" }) },
      "block",
      "The file tool.whl of 1.0.0 changed",
    ],
    [
      "an image of a full version",
      { ...image, tag: "3.13.1-slim", digests: { index: "sha256:new" }, ...seenBefore({ index: "sha256:old" }) },
      "hold",
      "look for its upstream's reason",
    ],
    [
      "an image that is rebuilt",
      { ...image, tag: "3.13-slim", digests: { index: "sha256:new" }, ...seenBefore({ index: "sha256:old" }) },
      "pass",
      "as is usual",
    ],
    [
      "a download under a word, of which no commit says what it follows",
      { upstream: "pkg:generic/installer", tag: "latest", digests: { file: "new" }, ...seenBefore({ file: "old" }) },
      "hold",
      "nothing says who replaced it",
    ],
    ["nothing", { commit: "old", ...seenBefore({}, "old") }, "pass", "Unchanged"],
    [
      "a file that was added",
      { commit: "old", digests: { "b.whl": "sha256:1" }, ...seenBefore({}, "old") },
      "pass",
      "Unchanged",
    ],
    ["content seen for the first time", { commit: "new" }, "pass", "Unchanged"],
    ["content that nobody names", {}, "not-checked", "names no commit"],
  ])("of %s", (_, given, outcome, words) => {
    const result = checked(given);
    expect(result.outcome).toBe(outcome);
    expect(result.summary).toContain(words);
  });

  it("has evidence of what was seen, and what was expected from when", () => {
    expect(checked({ commit: "new", ...seenBefore({}, "old") }).evidence).toEqual([
      {
        kind: "git-tag",
        source: "pkg:github/example/tool",
        observedAt: NOW,
        observed: "commit: new",
        expected: "commit: old, seen on 2026-10-21",
      },
    ]);
  });

  it("is one change per part, however often it was seen", () => {
    const earlierContent = ["old", "older"].map((commit) => ({ seenAt: day1, commit, digests: {} }));
    expect(checked({ commit: "new", earlierContent }).evidence).toHaveLength(1);
  });
});
