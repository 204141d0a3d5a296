import { expect, it } from "vitest";
import { contributors } from "../../../src/score/signals/contributors.ts";
import { aRepository } from "../../support/score.ts";
import { finding, points } from "../../support/signals.ts";

const authors = (...commits: number[]) =>
  commits.flatMap((number, index) =>
    Array.from({ length: number }, () => ({ person: `p${index}`, robot: false, company: `c${index % 2}` })),
  );
const of = (...commits: number[]) => ({ facts: aRepository({ authors: authors(...commits) }) });

it.each([
  [[10, 10, 10], 10],
  [[20, 10], 6],
  [[30], 3],
  [[4, 4, 4, 4], 0],
])("of %j commits by each person: %i", async (commits, expected) => {
  expect(await points(contributors, "pkg:github/example/tool", of(...commits))).toBe(expected);
});

it("robots are nobody, and companies are told", async () => {
  const robots = Array.from({ length: 20 }, () => ({ person: "renovate[bot]", robot: true }));
  const facts = aRepository({ authors: [...authors(5, 5), ...robots] });
  const found = await finding(contributors, "pkg:github/example/tool", { facts });
  expect(found).toMatchObject({ points: 0.6 });
  expect(found.reason).toBe("2 people from 2 companies wrote at least 5 of the last 30 commits.");
});

it("without any commit nothing is known", async () => {
  expect(await points(contributors, "pkg:github/example/tool", of())).toBe("unknown");
});
