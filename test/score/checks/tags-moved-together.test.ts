import { describe, expect, it } from "vitest";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { tagsMovedTogether } from "../../../src/score/checks/tags-moved-together.ts";
import { aRelease, LONG_AGO, NOW } from "../../support/build.ts";
import { judgedAfter } from "../../support/checks.ts";

const moved = (tag: string, at = NOW) =>
  aRelease({
    version: tag,
    commit: `new ${tag}`,
    contentFirstSeenAt: at,
    earlierContent: [{ seenAt: LONG_AGO, commit: `old ${tag}`, digests: {} }],
  });

describe("versions that changed together", () => {
  it.each([
    ["three at once", [moved("v1.0.0"), moved("v1.0.1"), moved("v1.1.0")], "block"],
    ["two at once", [moved("v1.0.0"), moved("v1.0.1")], "pass"],
    [
      "three, one after the other",
      ["v1.0.0", "v1.0.1", "v1.1.0"].map((tag, day) => moved(tag, plus(NOW, -3 * day * DAY))),
      "pass",
    ],
    ["three, long ago", ["v1.0.0", "v1.0.1", "v1.1.0"].map((tag) => moved(tag, plus(NOW, -40 * DAY))), "pass"],
    ["two and a tag that follows them", [moved("v1.0.0"), moved("v1.0.1"), moved("v1")], "pass"],
  ])("%s", (_, history, outcome) => {
    expect(judgedAfter(tagsMovedTogether, {}, history).outcome).toBe(outcome);
  });

  it("are named", () => {
    const { summary } = judgedAfter(tagsMovedTogether, {}, [moved("v1.0.0"), moved("v1.0.1"), moved("v1.1.0")]);
    expect(summary).toContain("3 known versions changed together, seen on 2026-11-20: v1.0.0, v1.0.1, v1.1.0");
  });
});
