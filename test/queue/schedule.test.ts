import { describe, expect, it, vi } from "vitest";
import { isFailure } from "../../src/lib/failure.ts";
import type { Log } from "../../src/lib/log.ts";
import { nextRuns, recur } from "../../src/queue/schedule.ts";

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
    expect(nextRuns(expression, zone, 1)).toMatchObject({
      code: "misconfigured",
      message: expect.stringContaining(hint),
    });
  });

  it("leaves no hour out and has none twice when clocks are put forward or back", () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const at = (now: string, expression: string) => {
        vi.setSystemTime(now);
        return nextRuns(expression, "Europe/Berlin", 3);
      };
      // 2027-03-28: 02:00 becomes 03:00; 2027-10-31: 03:00 becomes 02:00.
      expect(at("2027-03-27T12:00:00Z", "30 7 * * *")).toEqual([
        "2027-03-28T05:30:00.000Z",
        "2027-03-29T05:30:00.000Z",
        "2027-03-30T05:30:00.000Z",
      ]);
      expect(at("2027-10-30T12:00:00Z", "30 7 * * *")).toEqual([
        "2027-10-31T06:30:00.000Z",
        "2027-11-01T06:30:00.000Z",
        "2027-11-02T06:30:00.000Z",
      ]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("something that recurs", () => {
  it("goes on after a turn that threw, and stops", async () => {
    const errors: string[] = [];
    const log = { ...SILENT, error: (message: string) => void errors.push(message) };
    let turns = 0;
    const thrice = Promise.withResolvers<void>();
    const turn = async () => {
      turns++;
      if (turns === 3) thrice.resolve();
      throw new Error("fails on purpose");
    };
    const running = recur(5, turn, { name: "The look", log });
    await thrice.promise;
    await running.stop(1_000);
    const stoppedAt = turns;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(turns).toBe(stoppedAt);
    expect(errors).toEqual(["The look failed; it is tried again."]); // once a minute, however often it fails
  });

  it("says that a turn does not end", async () => {
    const said: string[] = [];
    const log = { ...SILENT, warn: (message: string) => void said.push(message) };
    const blocked = Promise.withResolvers<void>();
    const running = recur(5, () => blocked.promise, { name: "The look", log, longMs: 20 });
    await expect.poll(() => said.length).toBeGreaterThan(0);
    expect(said[0]).toMatch(/^The look has not ended for \d+ s: the store or the queue does not answer/);
    blocked.resolve();
    await running.stop(1_000);
    const before = said.length;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(said).toHaveLength(before);
  });

  it("waits for the turn that runs, but not longer than it is told to", async () => {
    const blocked = Promise.withResolvers<void>();
    const running = recur(5, () => blocked.promise, { name: "The look", log: SILENT });
    await running.stop(20);
    let ended = false;
    const stopping = running.stop(5_000).then(() => {
      ended = true;
    });
    expect(ended).toBe(false);
    blocked.resolve();
    await stopping;
  });
});
