import type { JobName } from "../flow/jobs.ts";
import type { JobTimes } from "../web/probes.ts";

/** Upper bounds of durations in seconds: what alerts and graphs tell apart. */
const BOUNDS = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900];

/** What this process counts of its own work. It ends with the process: scrapes know that counters begin again. */
export type Statistics = {
  readonly jobDone: (name: JobName, milliseconds: number, succeeded: boolean) => void;
  readonly jobTimes: () => readonly JobTimes[];
};

/** Starts to count. */
export function createStatistics(): Statistics {
  const times = new Map<string, { counts: number[]; sum: number; count: number; failed: number }>();
  return {
    jobDone: (name, milliseconds, succeeded) => {
      const seconds = milliseconds / 1_000;
      const known = times.get(name) ?? { counts: BOUNDS.map(() => 0), sum: 0, count: 0, failed: 0 };
      times.set(name, known);
      known.sum += seconds;
      known.count++;
      if (!succeeded) known.failed++;
      for (const [index, bound] of BOUNDS.entries())
        if (seconds <= bound) known.counts[index] = (known.counts[index] ?? 0) + 1;
    },
    jobTimes: () =>
      [...times].map(([job, { counts, sum, count, failed }]) => ({
        job,
        buckets: BOUNDS.map((bound, index) => ({ bound, count: counts[index] ?? 0 })),
        sum,
        count,
        failed,
      })),
  };
}
