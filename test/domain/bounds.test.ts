import { expect, it } from "vitest";
import { movedBounds } from "../../src/domain/bounds.ts";

it.each([
  [">=2.18.0,<2.19.0", "2.20.3", ">=2.20.0,<2.21.0", 1],
  [">=4.2.15,<5", "5.1.2", ">=5.1.2,<6", 0],
  [">=2.1,<3", "3.4.0", ">=3.4,<4", 0],
  [">= 1.2.0 < 2.0.0", "2.3.0", ">= 2.3.0 < 3.0.0", 0],
  ["<6", "6.1.0", "<7", undefined],
  ["<7.2", "8.3.1", "<8.4", undefined],
  [">=46.0.4,<51.0.0", "51.2.0", ">=46.0.4,<52.0.0", undefined],
  [">=1.4,!=1.6,<2", "2.0.1", ">=1.4,!=1.6,<3", undefined],
  [">1,<=2.4.1", "2.5.0", ">1,<=2.5.0", undefined],
])("%s admits %s as %s", (range, version, text, series) => {
  expect(movedBounds(range, version)).toEqual({ text, series });
});

it.each([">=1.4", "^1.2", "1.x", "<2 || >=3,<4", "<2,<3", "<2.0.0a1", "*", ""])(
  "has nothing to move in %s",
  (range) => {
    expect(movedBounds(range, "3.0.0")).toBeUndefined();
  },
);
