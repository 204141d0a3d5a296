import type { Failure } from "../lib/failure.ts";

/** What waits in a lane of the queue; `oldest`: for how many milliseconds the first of them has. */
type LaneDepth = {
  readonly lane: string;
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
  readonly oldest: number;
};

/** How long jobs of a name took in this process, as a histogram: `count` of a bucket are those that took at most `bound` seconds. */
export type JobTimes = {
  readonly job: string;
  readonly buckets: readonly { readonly bound: number; readonly count: number }[];
  readonly sum: number;
  readonly count: number;
  readonly failed: number;
};

/** What the edge can ask of the process that it belongs to. */
export type Probes = {
  readonly depths: () => Promise<readonly LaneDepth[] | Failure>;
  readonly jobTimes: () => readonly JobTimes[];
};

/** Of an edge without a queue behind it. */
export const NO_PROBES: Probes = { depths: async () => [], jobTimes: () => [] };
