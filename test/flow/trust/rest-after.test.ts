import { expect, it } from "vitest";
import { HOUR } from "../../../src/domain/instant.ts";
import { restAfter } from "../../../src/flow/trust/rest-after.ts";

it.each([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 4],
  [5, 16],
  [6, 24],
  [2_000, 24],
])("what was asked in vain %d times in a row is left alone for %d hours", (times, hours) => {
  expect(restAfter(times)).toBe(hours * HOUR);
});
