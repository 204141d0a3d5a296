import { compare } from "@renovatebot/pep440";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pep440 } from "../../../src/compare/schemes/pep440.ts";

describe("Python versions", () => {
  it("stand in the order of PEP 440", () => {
    const versions = ["1.0.dev1", "1.0a1", "1.0b2", "1.0rc1", "1.0", "1.0.post1", "1.1", "1!0.1"];
    expect([...versions].reverse().sort((a, b) => pep440.compare(a, b) ?? 0)).toEqual(versions);
  });

  it.each([
    ["2025.11.12", "2026.1.4", "other"],
    ["4.2.15", "5.0", "major"],
    ["1.0", "1!0.1", "major"],
    ["8.2.2.2", "8.2.2.3", "patch"],
    ["1.0", "1.0.post1", "patch"],
  ])("%s to %s is a %s step", (from, to, step) => {
    expect(pep440.step(from, to)).toBe(step);
  });

  it("keeps local builds apart", () => {
    expect(pep440.sameTrack("2.1.0+cu118", "2.2.0+cu118")).toBe(true);
    expect(pep440.sameTrack("2.1.0+cu118", "2.2.0+cpu")).toBe(false);
    expect(pep440.sameTrack("2.1.0", "2.2.0+cpu")).toBe(false);
  });

  it.each([
    ["4.2.16", "~=4.2.0", true],
    ["4.3.0", "~=4.2.0", false],
    ["4.3.0", "~4.2.0", false],
    ["8.0.2", "^7.4.0", false],
    ["7.9", "^7.4.0", true],
    ["0.28", "^0.27", false],
    ["2.32.3", ">=2.31", true],
    ["5.0rc1", ">=4.2", true],
    ["1.2.3", "==1.2.*", true],
    ["1.2.3", "= 1.2.3", true],
    ["3.1.3", "^nonsense", undefined],
  ])("%s within %s: %s", (version, range, expected) => {
    expect(pep440.satisfies(version, range)).toBe(expected);
  });
});

describe("plain numbers, which are read without the library,", () => {
  const plain = fc.array(fc.nat(3_000), { minLength: 1, maxLength: 5 }).map((numbers) => numbers.join("."));

  it("stand in the order that the library gives them, and are stable", () => {
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        expect(Math.sign(pep440.compare(a, b) ?? Number.NaN)).toBe(Math.sign(compare(a, b)));
        expect(pep440.isStable(a)).toBe(true);
        expect(pep440.sameTrack(a, b)).toBe(true);
      }),
    );
  });
});
