import type { Failure } from "../lib/failure.ts";

/** What waits in a lane of the queue; `oldest`: for how many milliseconds the first of them has. */
type LaneDepth = {
  readonly lane: string;
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
  readonly oldest: number;
};

/** What the edge can ask of the process that it belongs to. */
export type Probes = {
  readonly depths: () => Promise<readonly LaneDepth[] | Failure>;
  /** False: what this process should do besides answering could not be started. */
  readonly isWorking: () => boolean;
};

/** Of an edge without a queue behind it. */
export const NO_PROBES: Probes = { depths: async () => [], isWorking: () => true };
