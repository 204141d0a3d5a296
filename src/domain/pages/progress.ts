import type { Instant } from "../instant.ts";

/** How much of something is still to be done now: due rows of all that there are, and how many are being worked on. */
export type Work = { readonly total: number; readonly due: number; readonly running: number };

/** How far the cycle is that runs now. The store says it: nothing is counted twice or forgotten with a process. */
export type Progress = {
  readonly at: Instant;
  readonly projects: Work;
  readonly upstreams: Work;
  readonly letters: Work;
};

/** Whether anything is to be done now. */
export function isBusy({ projects, upstreams, letters }: Progress): boolean {
  return [projects, upstreams, letters].some(({ due, running }) => due + running > 0);
}
