/** How many repositories one query asks for: as many as GitHub answers in good time. */
export type BatchSize = {
  readonly next: () => number;
  readonly succeeded: (count: number, milliseconds: number) => void;
  readonly failed: (count: number) => void;
};

/** A query that took longer than this is close to GitHub's limit of ten seconds: its size is not exceeded. */
const SLOW = 3_000;

/**
 * Starts at `first`, doubles up to `largest` while answers are quick, halves when one was too much. The size that failed
 * is approached again one by one, since every failure costs GitHub ten seconds and us extra points.
 */
export function createBatchSize(first: number, largest: number): BatchSize {
  let size = Math.min(first, largest);
  let ceiling = largest;
  return {
    next: () => size,
    succeeded: (count, milliseconds) => {
      if (count < size || milliseconds > SLOW) return;
      if (size >= ceiling) ceiling = Math.min(largest, ceiling + 1);
      size = Math.min(ceiling, size * 2);
    },
    failed: (count) => {
      ceiling = Math.max(1, Math.floor((count * 3) / 4));
      size = Math.max(1, Math.floor(count / 2));
    },
  };
}
