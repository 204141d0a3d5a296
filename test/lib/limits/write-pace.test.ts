import { describe, expect, it } from "vitest";
import { HOUR, type Instant, MINUTE, plus } from "../../../src/domain/instant.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { createMemoryHostStore, type HostStore } from "../../../src/lib/limits/host-store.ts";
import { createWritePace, type WriteLimits } from "../../../src/lib/limits/write-pace.ts";

/** One process on a clock that passes when somebody sleeps, and the moments of its changes in milliseconds. */
function aProcess(limits: WriteLimits, store: HostStore, reports: unknown[] = []) {
  let passed = 0;
  const start: Instant = "2026-11-01T00:00:00.000Z";
  const pace = createWritePace({
    ...limits,
    host: "api.github.com",
    store,
    clock: () => plus(start, passed),
    report: (error) => void reports.push(error),
    uptime: () => passed,
    sleep: async (milliseconds) => {
      passed += milliseconds;
    },
  });
  return {
    pace,
    make: async (count: number) => {
      const moments: number[] = [];
      for (let change = 0; change < count; change++) {
        await pace.turn("token");
        moments.push(passed);
      }
      return moments;
    },
    wait: (milliseconds: number) => {
      passed += milliseconds;
    },
  };
}

/** The most changes in any minute. */
function mostInAMinute(moments: readonly number[]): number {
  return Math.max(...moments.map((start) => moments.filter((at) => at >= start && at < start + MINUTE).length));
}

const GITHUB = { minute: 80, hour: 500 };

describe("changes on a forge", () => {
  it("go at once while they are few, and a second apart in a long row", async () => {
    const { make } = aProcess(GITHUB, createMemoryHostStore());
    const moments = await make(60);
    expect(moments.slice(0, 40)).toEqual(Array.from({ length: 40 }, () => 0));
    expect(moments[45]).toBeGreaterThan(moments[44] ?? 0);
    expect((moments[55] ?? 0) - (moments[45] ?? 0)).toBeGreaterThanOrEqual(14_900);
  });

  it("are never more in any minute than the forge takes, and after a rest go at once again", async () => {
    const { make, wait } = aProcess(GITHUB, createMemoryHostStore());
    const moments = await make(150);
    wait(MINUTE);
    const later = await make(20);
    expect(mostInAMinute([...moments, ...later])).toBeLessThanOrEqual(80);
    expect(later[19]).toBe(later[0]);
  });

  it("of several processes share what an account may do in a minute", async () => {
    const store = createMemoryHostStore();
    for (let process = 0; process < 4; process++) expect((await aProcess(GITHUB, store).make(20)).at(-1)).toBe(0);
    expect(await aProcess(GITHUB, store).make(1)).toEqual([MINUTE]);
  });

  it("are not begun where the hour has no room for a whole pull request, and the failure says when it has", async () => {
    const { make, pace, wait } = aProcess({ minute: 0, hour: 20 }, createMemoryHostStore());
    await make(10);
    expect(await pace.room("token")).toBeUndefined();
    await make(5);
    const full = await pace.room("token");
    expect(isFailure(full) && full.code).toBe("rate-limited");
    expect(isFailure(full) && full.retryAt).toBe(plus("2026-11-01T00:00:00.000Z", HOUR));
    expect(await pace.room("another installation")).toBeUndefined();
    wait(HOUR + 1);
    expect(await pace.room("token")).toBeUndefined();
  });

  it("that were begun are ended, even over the limit of an hour", async () => {
    const { make } = aProcess({ minute: 0, hour: 3 }, createMemoryHostStore());
    expect(await make(5)).toHaveLength(5);
  });

  it("are not counted where there is no limit, and go on while the store is away", async () => {
    const unlimited = aProcess({ minute: 0, hour: 0 }, createMemoryHostStore());
    expect((await unlimited.make(1_000)).at(-1)).toBe(0);
    const reports: unknown[] = [];
    const away = { ...createMemoryHostStore(), lease: () => Promise.reject(new Error("away")) };
    const alone = aProcess(GITHUB, away, reports);
    expect(await alone.make(30)).toHaveLength(30);
    expect(await alone.pace.room("token")).toBeUndefined();
    expect(reports.length).toBeGreaterThan(0);
  });
});
