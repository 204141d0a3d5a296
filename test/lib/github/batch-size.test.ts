import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBatchSize } from "../../../src/lib/github/batch-size.ts";

const QUICK = 100;

describe("the size of a batch", () => {
  it("begins at the first size and doubles up to the largest", () => {
    const size = createBatchSize(25, 50);
    expect(size.next()).toBe(25);
    size.succeeded(25, QUICK);
    expect(size.next()).toBe(50);
    size.succeeded(50, QUICK);
    expect(size.next()).toBe(50);
  });

  it.each([
    ["a batch that was not full", 10, QUICK],
    ["a slow answer", 25, 5_000],
  ])("does not grow after %s", (_what, count, milliseconds) => {
    const size = createBatchSize(25, 50);
    size.succeeded(count, milliseconds);
    expect(size.next()).toBe(25);
  });

  it("halves after a failure and comes back to the size that failed one by one", () => {
    const size = createBatchSize(40, 50);
    size.failed(40);
    const sizes = Array.from({ length: 5 }, () => {
      const next = size.next();
      size.succeeded(next, QUICK);
      return next;
    });
    expect(sizes).toEqual([20, 30, 31, 32, 33]);
  });

  it("is always between one and the largest", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (outcomes) => {
        const size = createBatchSize(25, 50);
        for (const isFine of outcomes) {
          const next = size.next();
          expect(next >= 1 && next <= 50).toBe(true);
          if (isFine) size.succeeded(next, QUICK);
          else size.failed(next);
        }
      }),
    );
  });
});
