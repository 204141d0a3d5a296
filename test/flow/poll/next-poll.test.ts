import { describe, expect, it } from "vitest";
import { between, DAY, HOUR, MINUTE, plus } from "../../../src/domain/instant.ts";
import { isPatience, jitterOf, nextPoll, nextTry, rhythmOf } from "../../../src/flow/poll/next-poll.ts";
import { Failure, type FailureCode } from "../../../src/lib/failure.ts";

const now = "2026-11-20T12:00:00.000Z";
const every = (gap: number, newest: number) =>
  Array.from({ length: 6 }, (_, index) => ({ publishedAt: plus(now, -newest - index * gap) }));
const pace = { jitter: 0, target: 30 * HOUR };

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
    expect(between(now, nextPoll(rhythmOf(releases), now, pace))).toBe(pause);
  });

  it("is spread by at most a tenth", () => {
    expect(between(now, nextPoll({}, now, { ...pace, jitter: 1 }))).toBe(5.4 * HOUR);
  });

  it.each([
    ["a day", DAY, 20 * HOUR],
    ["an hour", HOUR, 50 * MINUTE],
    ["ten minutes", 10 * MINUTE, 500_000],
  ])("leaves room for failures within a freshness target of %s", (_, target, pause) => {
    expect(between(now, nextPoll({ rhythm: 90 * 86_400 }, now, { jitter: 0, target }))).toBe(pause);
  });
});

describe("the rhythm of an upstream", () => {
  it("is the median of the gaps between its last ten releases, in seconds, with the newest one's date", () => {
    const newest = plus(now, -DAY);
    expect(rhythmOf([...every(7 * DAY, DAY), { publishedAt: plus(now, -300 * DAY) }, {}])).toEqual({
      rhythm: 7 * 86_400,
      newestAt: newest,
    });
  });

  it("is not known of fewer than three dated releases", () => {
    expect(rhythmOf(every(DAY, DAY).slice(0, 2))).toEqual({ newestAt: plus(now, -DAY) });
    expect(rhythmOf([])).toEqual({});
  });

  it("counts what appears within an hour once, as the tags of an image do", () => {
    const pushes = every(7 * DAY, DAY).flatMap(({ publishedAt }) => [
      { publishedAt },
      { publishedAt },
      { publishedAt: plus(publishedAt, -20 * MINUTE) },
    ]);
    expect(rhythmOf(pushes)).toEqual({ rhythm: 7 * 86_400, newestAt: plus(now, -DAY) });
  });

  it("fits its column however old a project is", () => {
    const ancient = ["0001-01-01", "0900-01-01", "1970-01-01"].map((date) => ({
      publishedAt: `${date}T00:00:00.000Z`,
    }));
    expect(rhythmOf(ancient).rhythm).toBe(2 ** 31 - 1);
  });
});

describe("a host's wish for patience", () => {
  const limited = new Failure("rate-limited", "later");
  it.each([
    ["is no failure while the last answer is fresh", limited, plus(now, -HOUR), true],
    ["is one when the freshness target has passed", limited, plus(now, -2 * DAY), false],
    ["is one while nothing is known at all", limited, undefined, false],
    ["is not what another failure is", new Failure("timeout", "silence"), plus(now, -HOUR), false],
  ])("%s", (_, failure, answeredAt, expected) => {
    expect(isPatience(failure, answeredAt, now, DAY)).toBe(expected);
  });
});

describe("the next try", () => {
  const pauseAfter = (failures: number, code: FailureCode, jitter = 0) =>
    between(now, nextTry(failures, { code, retryAt: undefined }, now, jitter));

  it.each([
    ["silence", "timeout", [15_000, 30_000, MINUTE, 2 * MINUTE]],
    ["an error of the server", "unavailable", [15_000, 30_000, MINUTE, 2 * MINUTE]],
    ["a refusal", "forbidden", [5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE]],
    ["what cannot be read", "unreadable", [5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE]],
  ] as const)("after %s comes later and later, up to six hours", (_, code, pauses) => {
    expect([1, 2, 3, 4].map((failures) => pauseAfter(failures, code))).toEqual(pauses);
    expect(pauseAfter(20, code, 0.9)).toBe(6 * HOUR);
  });

  it("is spread by up to a half", () => {
    expect(pauseAfter(1, "timeout", 1)).toBe(22_500);
  });

  it("is never before the moment the other side asked for", () => {
    expect(nextTry(1, { code: "timeout", retryAt: plus(now, DAY) }, now, 0)).toBe(plus(now, DAY));
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
