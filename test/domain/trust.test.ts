import { expect, it } from "vitest";
import { shownDimensions, shownScore, trustBand } from "../../src/domain/trust.ts";
import { aScore } from "../support/build.ts";

it.each([
  [7.5, 1, "strong"],
  [7.4, 1, "fair"],
  [5, 0.5, "fair"],
  [4.9, 1, "weak"],
  [10, 0.49, "insufficient"],
] as const)("a score of %f with coverage %f is %s", (value, coverage, band) => {
  expect(trustBand(aScore({ value, coverage }))).toBe(band);
});

it("no score is insufficient, not weak and not strong", () => {
  expect(trustBand(undefined)).toBe("insufficient");
});

it("of a score that is known to less than half no dimension is shown either", () => {
  const dimensions = [{ dimension: "activity", weight: 15, value: 9 }] as const;
  expect(shownDimensions(aScore({ dimensions, coverage: 0.5 }))).toEqual(dimensions);
  expect(shownDimensions(aScore({ dimensions, coverage: 0.49 }))).toEqual([]);
  expect(shownDimensions(undefined)).toEqual([]);
});

it("of a score that is known to less than half a program gets its band, and no number", () => {
  const dimensions = [{ dimension: "activity", weight: 15, value: 9 }] as const;
  expect(shownScore(aScore({ dimensions, value: 9, coverage: 0.5 }))).toMatchObject({
    value: 9,
    band: "strong",
    dimensions,
  });
  const shown = shownScore(aScore({ dimensions, value: 9, coverage: 0.49 }));
  expect(shown).toMatchObject({
    coverage: 0.49,
    band: "insufficient",
    dimensions: [{ dimension: "activity", weight: 15 }],
  });
  expect(JSON.stringify([shown.value, shown.dimensions])).not.toContain("9");
});
