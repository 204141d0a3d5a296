import { describe, expect, it } from "vitest";
import { z } from "zod";
import { looseArray } from "../../src/lib/loose-array.ts";

const names = looseArray(z.object({ name: z.string() }));

describe("a list from outside", () => {
  it.each([
    [[{ name: "a" }, { name: 1 }, null, { name: "b", more: true }], [{ name: "a" }, { name: "b" }], 2],
    [[], [], 0],
    [null, [], 0],
    ["not a list", [], 0],
  ])("%j keeps the rows that are understood and counts the others", (given, rows, dropped) => {
    expect(names.parse(given)).toEqual({ rows, dropped });
  });
});
