import { expect, it } from "vitest";
import type { RepositoryFacts } from "../../../src/lib/facts/repository-facts.ts";
import { Failure } from "../../../src/lib/failure.ts";
import { ownership } from "../../../src/score/signals/ownership.ts";
import { LONG_AGO, NOW } from "../../support/build.ts";
import { aRepository, aScoreContext } from "../../support/score.ts";

const PURL = "pkg:github/example/tool";

/** What is found now, after a first look long ago at a repository of the given id, owner and name. */
async function later(given: Partial<RepositoryFacts>) {
  const first = await ownership.collect(PURL, { ...aScoreContext(), now: LONG_AGO });
  const collected = await ownership.collect(PURL, aScoreContext({ facts: aRepository(given) }), first);
  return ownership.judge(JSON.parse(JSON.stringify(collected)), NOW);
}

it.each<[Partial<RepositoryFacts>, number, string]>([
  [{}, 10, "Name and owner are unchanged since 2026-09-01."],
  [{ nameWithOwner: "example/renamed" }, 5, "example/tool was renamed to example/renamed since 2026-09-01."],
  [
    { nameWithOwner: "other/tool", ownerId: 8 },
    3,
    "The owner is another since 2026-09-01: example/tool is other/tool now.",
  ],
  [{ databaseId: 99 }, 0, "Another repository is under the name since 2026-09-01."],
  [{ archived: true }, 2, "The repository is archived: nobody looks after it."],
])("%j is worth %i", async (given, expected, reason) => {
  const found = await later(given);
  expect(Math.round(found.points * 10)).toBe(expected);
  expect(found.reason).toBe(reason);
});

it("a first look says nothing, and is remembered", async () => {
  const found = ownership.judge(await ownership.collect(PURL, aScoreContext()), NOW);
  expect(found).toMatchObject({ outcome: "unknown", reason: expect.stringMatching(/^First look/) });
});

it.each([
  [{ lifecycle: "archived" }, 2, "The project is archived: nobody looks after it."],
  [{ lifecycle: "deprecated" }, 2, "The project is deprecated: its maintainers advise against it."],
  [{ standing: { status: "quarantined" } }, 0, "The project is quarantined: its index withholds its files."],
] as const)(
  "an index's word on a project, %j, is worth %i, with or without a repository",
  async (identity, expected, reason) => {
    for (const facts of [aRepository(), new Failure("not-found", "no such repository")]) {
      const context = aScoreContext({ facts, repositoryOf: PURL, identityOf: () => identity });
      const found = ownership.judge(await ownership.collect("pkg:pypi/tool", context), NOW);
      expect([Math.round(found.points * 10), found.reason]).toEqual([expected, reason]);
    }
  },
);
