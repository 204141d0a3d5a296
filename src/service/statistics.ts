import type { Database } from "../db/database.ts";
import { addJobTimes } from "../db/service/job-times.ts";
import type { JobName } from "../flow/ticks.ts";

/** Upper bounds of durations in seconds: what alerts and graphs tell apart. */
const BOUNDS = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900];

/** What this process counts of its own work. */
export type Statistics = {
  readonly jobDone: (name: JobName, milliseconds: number, succeeded: boolean) => void;
  /** Adds it to what all processes have counted in the store. What cannot be stored is added the next time. */
  readonly flush: () => Promise<void>;
};

type Counted = { counts: number[]; sum: number; count: number; failed: number };

/** Starts to count. Workers serve no page, so whoever asks for metrics asks a process that has only the store in common with them. */
export function createStatistics(db: Database): Statistics {
  let times = new Map<string, Counted>();

  function count(name: string, more: Counted): void {
    const known = times.get(name) ?? { counts: BOUNDS.map(() => 0), sum: 0, count: 0, failed: 0 };
    times.set(name, known);
    known.sum += more.sum;
    known.count += more.count;
    known.failed += more.failed;
    for (const [index, added] of more.counts.entries()) known.counts[index] = (known.counts[index] ?? 0) + added;
  }

  return {
    jobDone: (name, milliseconds, succeeded) => {
      const seconds = milliseconds / 1_000;
      const counts = BOUNDS.map((bound) => (seconds <= bound ? 1 : 0));
      count(name, { counts, sum: seconds, count: 1, failed: succeeded ? 0 : 1 });
    },
    flush: async () => {
      const counted = times;
      times = new Map();
      for (const [job, one] of counted) {
        try {
          await addJobTimes(db, { job, bounds: BOUNDS, ...one });
        } catch {
          count(job, one); // the store is away, and everything else says so
        }
      }
    },
  };
}
