import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sharesOf } from "../../../src/flow/trust/share-bound.ts";

describe("a bound that parts share", () => {
  it("gives each its own part, and what earlier ones left over", () => {
    const next = sharesOf(40, 4);
    const [first, second, third] = [next(), next(), next()];
    expect(first.take(3)).toBe(3);
    expect(second.take(30)).toBe(10);
    first.end();
    expect(second.take(20)).toBe(7);
    expect(third.take(4)).toBe(4);
    expect(third.take(40)).toBe(6);
  });

  it("is never exceeded by more than rounding, and no part goes without its own", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 20 }),
        (bound, wants) => {
          const next = sharesOf(bound, wants.length);
          const taken = wants.map((wanted) => {
            const share = next();
            const got = share.take(wanted);
            share.end();
            expect(got).toBeGreaterThanOrEqual(Math.min(wanted, Math.floor(bound / wants.length)));
            expect(got).toBeLessThanOrEqual(wanted);
            return got;
          });
          expect(taken.reduce((sum, one) => sum + one, 0)).toBeLessThan(bound + wants.length);
        },
      ),
    );
  });
});
