import { expect, it } from "vitest";
import { busFactor } from "../../../src/score/signals/bus-factor.ts";
import { aRepository } from "../../support/score.ts";
import { points } from "../../support/signals.ts";

it.each([
  [[5, 5], 10],
  [[8, 2], 5],
  [[9, 1], 3],
  [[30], 2],
  [[], "unknown"],
])("of %j commits by each person: %s", async (commits, expected) => {
  const authors = commits.flatMap((number, index) =>
    Array.from({ length: number }, () => ({ person: `p${index}`, robot: false })),
  );
  expect(await points(busFactor, "pkg:github/example/tool", { facts: aRepository({ authors }) })).toBe(expected);
});

it("is asked only where it is turned on", () => {
  expect(busFactor.byDefault).toBe(false);
});
