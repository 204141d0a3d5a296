import { describe, expect, it } from "vitest";
import { isFailure } from "../../src/lib/failure.ts";
import type { Log } from "../../src/lib/log.ts";
import { nextRuns, schedule } from "../../src/queue/schedule.ts";

const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe("a schedule", () => {
  it("says its next moments in order, on the full minute of its time zone", () => {
    const runs = nextRuns("30 7 * * *", "Asia/Kolkata", 5);
    if (isFailure(runs)) throw runs;
    expect(runs).toHaveLength(5);
    expect(runs.map((run) => run.slice(11))).toEqual(runs.map(() => "02:00:00.000Z"));
    expect(runs).toEqual([...runs].sort());
  });

  it.each([
    ["every day", "UTC", "every day"],
    ["61 * * * *", "UTC", "61"],
    ["0 7 * * *", "Mars/Olympus", "Mars/Olympus"],
  ])('"%s" in %s is a failure that names what is wrong', (expression, zone, hint) => {
    const failures = [nextRuns(expression, zone, 1), schedule(expression, zone, () => Promise.resolve(), SILENT)];
    for (const failure of failures) {
      expect(failure).toMatchObject({ code: "misconfigured", message: expect.stringContaining(hint) });
    }
  });

  it("ticks with the moment that it stands for, goes on after a tick that threw, and stops", async () => {
    const slots: string[] = [];
    const errors: string[] = [];
    const log = { ...SILENT, error: (message: string) => void errors.push(message) };
    const twice = Promise.withResolvers<void>();
    const running = schedule(
      "* * * * * *",
      "UTC",
      async (slot) => {
        slots.push(slot);
        if (slots.length === 2) twice.resolve();
        throw new Error("fails on purpose");
      },
      log,
    );
    if (isFailure(running)) throw running;
    expect(running.nextRuns(2)).toHaveLength(2);
    await twice.promise;
    await running.stop();
    expect(slots.map((slot) => Date.parse(slot) % 1000)).toEqual([0, 0]);
    expect(new Set(slots).size).toBe(2);
    expect(errors).toHaveLength(2);
  });
});
