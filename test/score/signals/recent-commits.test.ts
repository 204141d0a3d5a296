import { describe, expect, it } from "vitest";
import { DAY, plus } from "../../../src/domain/instant.ts";
import type { RepositoryFacts } from "../../../src/lib/facts/repository-facts.ts";
import { recentCommits } from "../../../src/score/signals/recent-commits.ts";
import { NOW } from "../../support/build.ts";
import { aRepository, aScoreContext } from "../../support/score.ts";

async function judged(given: Partial<RepositoryFacts>) {
  const collected = await recentCommits.collect(
    "pkg:github/example/tool",
    aScoreContext({ facts: aRepository({ issues: [], ...given }) }),
  );
  return recentCommits.judge(collected, NOW);
}

const moved = [{ byMember: true }, { byMember: false, answeredAt: NOW }, { byMember: false }].map((issue) => ({
  createdAt: NOW,
  updatedAt: NOW,
  ...issue,
}));
const halfRobots = [true, false].map((robot) => ({ person: "a", robot }));

describe("recent commits", () => {
  it.each([
    [{ recentCommits: 13 }, 1, "13 commits in the last 90 days."],
    [{ recentCommits: 12 }, 0.9, "12 commits in the last 90 days."],
    [{ recentCommits: 1 }, 0, "1 commit in the last 90 days."],
    [{ recentCommits: 6, issues: moved }, 0.6, "6 commits and 2 issues that members moved in the last 90 days."],
    [{ recentCommits: 20, authors: halfRobots }, 0.7, "10 commits (and 10 by robots) in the last 90 days."],
    [{ recentCommits: 50, archived: true }, 0, "The repository is archived: nothing moves any more."],
    [{ createdAt: plus(NOW, -89 * DAY) }, 0, "The repository exists only since 2026-08-23: less than 90 days."],
  ])("of %o are worth %f", async (given, points, reason) => {
    expect(await judged(given)).toMatchObject({ points, reason });
  });

  it("that were not counted are unknown", async () => {
    const { recentCommits: _, ...uncounted } = aRepository();
    const collected = await recentCommits.collect("pkg:github/example/tool", aScoreContext({ facts: uncounted }));
    expect(recentCommits.judge(collected, NOW).outcome).toBe("unknown");
  });
});
