import { describe, expect, it } from "vitest";
import { add, correct, inHandAt, letThrough, newAdvance, spend } from "../../../src/lib/limits/advance.ts";

const NOW = "2026-11-20T12:00:00.000Z";
const END = "2026-11-20T13:00:00.000Z";
const LATER = "2026-11-20T13:00:00.001Z";

/** An advance with so much in hand until the end of the window. */
function withInHand(count: number) {
  const advance = newAdvance();
  add(advance, count, END, NOW);
  return advance;
}

describe("what was taken of a budget in advance", () => {
  it("is spent until it is gone", () => {
    const advance = withInHand(2);
    expect([1, 1, 1].map((cost) => spend(advance, cost, NOW))).toEqual([true, true, false]);
  });

  it("is not spent in part: a request that costs more than is in hand takes nothing", () => {
    const advance = withInHand(2);
    expect(spend(advance, 3, NOW)).toBe(false);
    expect(inHandAt(advance, NOW)).toBe(2);
  });

  it("is void when its window has ended, and does not add to the next", () => {
    const advance = withInHand(2);
    expect(spend(advance, 1, LATER)).toBe(false);
    add(advance, 5, "2026-11-20T14:00:00.000Z", LATER);
    expect(inHandAt(advance, LATER)).toBe(5);
  });

  it("is void when it was taken blind and the service now says what there is", () => {
    const advance = { ...withInHand(20), blind: true };
    correct(advance, { limit: 100, remaining: 50, resetAt: END }, 0);
    expect(inHandAt(advance, NOW)).toBe(0);
  });

  it("never exceeds what the service's answers leave beside the reserve, whatever their order", () => {
    const advance = withInHand(20);
    correct(advance, { limit: 100, remaining: 30, resetAt: END }, 0.2);
    correct(advance, { limit: 100, remaining: 35, resetAt: END }, 0.2); // an older answer that arrives late
    expect(inHandAt(advance, NOW)).toBe(10);
    expect(advance.seen?.remaining).toBe(30);
  });

  it("is unbounded for a while where the service names no budget", () => {
    const advance = newAdvance();
    letThrough(advance, 3_600_000, NOW);
    expect(spend(advance, 1_000_000, NOW)).toBe(true);
    expect(spend(advance, 1, LATER)).toBe(false);
  });
});
