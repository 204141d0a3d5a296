import { describe, expect, it } from "vitest";
import { DAY, plus } from "../../../src/domain/instant.ts";
import type { Release } from "../../../src/domain/release.ts";
import { contentAge } from "../../../src/score/checks/content-age.ts";
import { aRelease, NOW } from "../../support/build.ts";

function checked(given: Partial<Release>) {
  return contentAge.judge({ release: aRelease(given), history: [], earlier: [], advisories: [] }, NOW);
}

const day1 = plus(NOW, -30 * DAY);
const day2 = plus(NOW, -20 * DAY);
const day3 = plus(NOW, -2 * DAY);

describe("the clock of the content", () => {
  it.each<[string, Partial<Release>, { kind: string; since: string }]>([
    ["first sight", { firstSeenAt: day2 }, { kind: "first-seen", since: day2 }],
    [
      "a registry's time",
      { firstSeenAt: day2, publishedAt: day1, publishedBy: "registry" },
      { kind: "registry", since: day1 },
    ],
    ["never a publisher's date", { firstSeenAt: day2, publishedAt: day1 }, { kind: "first-seen", since: day2 }],
    [
      "first sight, where the registry's time is later",
      { firstSeenAt: day1, publishedAt: day2, publishedBy: "registry" },
      { kind: "first-seen", since: day1 },
    ],
    [
      "the sight of changed content, even at a registry",
      {
        firstSeenAt: day1,
        contentFirstSeenAt: day3,
        publishedAt: day1,
        publishedBy: "registry",
        earlierContent: [{ seenAt: day1, digests: {} }],
      },
      { kind: "first-seen", since: day3 },
    ],
    [
      "first sight at the first import",
      { firstSeenAt: day3, publishedAt: day1, baseline: true },
      { kind: "first-seen", since: day3 },
    ],
    [
      "a registry's time at the first import",
      { firstSeenAt: day3, publishedAt: day1, publishedBy: "registry", baseline: true },
      { kind: "registry", since: day1 },
    ],
  ])("is %s", (_, given, clock) => {
    expect(checked(given)).toMatchObject({ outcome: "pass", clock });
  });

  it("is told, with the date that proves nothing", () => {
    expect(checked({ firstSeenAt: day3, publishedAt: day1, baseline: true }).summary).toBe(
      "First seen on 2026-11-18, when this upstream was first looked at; its own date 2026-10-21 proves nothing.",
    );
  });
});
