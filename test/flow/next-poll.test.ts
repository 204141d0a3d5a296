import { describe, expect, it } from "vitest";
import { between, DAY, HOUR, MINUTE, plus } from "../../src/domain/instant.ts";
import { jitterOf, nextPoll, nextTry } from "../../src/flow/next-poll.ts";

const now = "2026-11-20T12:00:00.000Z";
const every = (gap: number, newest: number) =>
  Array.from({ length: 6 }, (_, index) => ({ publishedAt: plus(now, -newest - index * gap) }));

describe("the next poll", () => {
  it.each([
    ["releases monthly", every(30 * DAY, 20 * DAY), DAY],
    ["releases weekly", every(7 * DAY, 5 * DAY), 8.4 * HOUR],
    ["releases daily and did so an hour ago", every(DAY, HOUR), HOUR],
    ["releases every hour", every(HOUR, 3 * DAY), 15 * MINUTE],
    ["has one dated release", every(DAY, 9 * DAY).slice(0, 1), 6 * HOUR],
    ["dates nothing", [], 6 * HOUR],
    ["released one yesterday, and is otherwise slow", every(90 * DAY, DAY), HOUR],
  ])("of an upstream that %s", (_, releases, pause) => {
    expect(between(now, nextPoll(releases, now, 0))).toBe(pause);
  });

  it("is spread by at most a tenth", () => {
    expect(between(now, nextPoll([], now, 1))).toBe(5.4 * HOUR);
  });
});

describe("the next try", () => {
  it("doubles up to six hours", () => {
    expect([1, 2, 3, 20].map((failures) => between(now, nextTry(failures, undefined, now, 0)))).toEqual([
      5 * MINUTE,
      10 * MINUTE,
      20 * MINUTE,
      6 * HOUR,
    ]);
  });

  it("is never before the moment the other side asked for", () => {
    expect(nextTry(1, plus(now, DAY), now, 0)).toBe(plus(now, DAY));
  });
});

describe("jitter", () => {
  it("is the same for the same words, and differs between them", () => {
    expect(jitterOf("a", "b")).toBe(jitterOf("a", "b"));
    const values = Array.from({ length: 100 }, (_, index) => jitterOf("installation", String(index)));
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(new Set(values).size).toBe(100);
  });
});
