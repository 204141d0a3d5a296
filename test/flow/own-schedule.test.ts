import { validate as isCron } from "node-cron";
import { describe, expect, it } from "vitest";
import { ownSchedule } from "../../src/flow/own-schedule.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { nextRuns } from "../../src/queue/schedule.ts";

const unwritten = { discover: null, poll: null, advisories: null };

describe("the moments at which an installation asks", () => {
  it("are its own, and the same after every start", () => {
    expect(ownSchedule(unwritten, "one")).toEqual(ownSchedule(unwritten, "one"));
    for (const tick of ["discover", "poll", "advisories"] as const) {
      const all = new Set(Array.from({ length: 300 }, (_, index) => ownSchedule(unwritten, String(index))[tick]));
      expect(all.size).toBeGreaterThan(50);
      expect([...all].every((expression) => isCron(expression))).toBe(true);
    }
  });

  it("are two minutes apart for polls and an hour for the rest", () => {
    const gaps = Object.entries(ownSchedule(unwritten, "one")).map(([tick, expression]) => {
      const runs = nextRuns(expression, "UTC", 3);
      if (isFailure(runs)) throw runs;
      const [, second = "", third = ""] = runs;
      return [tick, (Date.parse(third) - Date.parse(second)) / 60_000];
    });
    expect(Object.fromEntries(gaps)).toEqual({ discover: 60, poll: 2, advisories: 60 });
  });

  it("are those of the configuration where it says", () => {
    const written = { discover: "7 * * * *", poll: "* * * * *", advisories: "3 3 * * *" };
    expect(ownSchedule(written, "one")).toEqual(written);
  });
});
