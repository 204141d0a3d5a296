import { describe, expect, it } from "vitest";
import { parseLoose } from "../../../src/lib/versions/loose-version.ts";
import { satisfiesRange } from "../../../src/lib/versions/version-range.ts";

const inside = (version: string, range: string) => satisfiesRange(version, range, parseLoose);

describe("a range of comparators", () => {
  it.each([
    ["26.01.0", ">=25 <27", true],
    ["27.0", ">= 25, < 27", false],
    ["1.5", "!=1.5", false],
    ["1.5.1", "!=1.5", true],
    ["1.5.1", "!=1.5.*", false],
    ["1.5.1", "1.5.x", true],
    ["1.6.0", "==1.5.*", false],
    ["1.4.9", "~=1.4.2", true],
    ["1.5.0", "~=1.4.2", false],
    ["1.9", "~=1.4", true],
    ["0.0.4", "^0.0.3", false],
    ["2.1", "~2", true],
    ["3.0", "~2", false],
    ["9.0-rc1", "<9.0", false],
    ["9.0-rc1", "<9.0-rc2", true],
    ["9.0-rc1", "<=9.0", true],
    ["9.0-1", ">9.0", true],
    ["4", "<2 || >3", true],
  ])("%s within %s: %s", (version, range, expected) => {
    expect(inside(version, range)).toBe(expected);
  });

  it.each(["", " ", "<", "soon", "<9 soon", "<9 ||", "*.1", "a".repeat(600)])("%o is not understood", (range) => {
    expect(inside("1.0", range)).toBeUndefined();
  });

  it("says nothing of what is no version", () => {
    expect(inside("main", "<9")).toBeUndefined();
  });
});
