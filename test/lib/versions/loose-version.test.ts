import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareLeading, compareNumbers, PHASES } from "../../../src/lib/versions/dotted-version.ts";
import { looseNumbers, parseLoose } from "../../../src/lib/versions/loose-version.ts";

describe("a loose version", () => {
  it.each([
    ["v1.2.3", { prefix: "v", numbers: [1, 2, 3], phase: PHASES.final, phaseNumbers: [], variant: "" }],
    ["25.09.0-rc.2", { numbers: [25, 9, 0], phase: PHASES.candidate, phaseNumbers: [2] }],
    ["1.0b3", { phase: PHASES.beta, phaseNumbers: [3] }],
    ["9.9p1", { phase: PHASES.post, phaseNumbers: [1], variant: "" }],
    ["1.31.0+k3s2", { phase: PHASES.post, phaseNumbers: [3, 2], variant: "k-s" }],
    ["24.04-arm64", { phase: PHASES.final, phaseNumbers: [], variant: "arm64" }],
    ["1.2-x86_64", { variant: "x86" }],
    ["2026-01-15", { numbers: [2026], phase: PHASES.post, phaseNumbers: [1, 15] }],
  ])("%s is read", (text, expected) => {
    expect(parseLoose(text)).toMatchObject(expected);
  });

  it("is compared by its numbers without making a list of them as it is with one", () => {
    const written = fc.string({ maxLength: 40, unit: fc.constantFrom(..."v0123456789..-+rc") });
    const numbers = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 4 });
    const version = fc.tuple(numbers, fc.constantFrom("", "-rc.1", "+2", ".x", "."));
    const texts = fc.oneof(
      written,
      version.map(([own, rest]) => `${own.join(".")}${rest}`),
    );
    fc.assert(
      fc.property(texts, numbers, (text, others) => {
        const own = looseNumbers(text);
        fc.pre(own !== undefined);
        expect(compareLeading(text, others)).toBe(compareNumbers(own, others));
        expect(compareLeading(text, own)).toBe(0);
      }),
    );
  });

  it("is read or refused, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: fc.constantFrom(..."v0123456789.-_+rcbx64") }), (text) => {
        const parsed = parseLoose(text);
        expect(parsed === undefined || parsed.numbers.every(Number.isFinite)).toBe(true);
      }),
    );
  });
});
