import type { Instant } from "../instant.ts";

/** Something that happened to a component or a candidate, in words. `by`: a person, else Headgate itself. */
export type HistoryLine = {
  readonly at: Instant;
  readonly what: string;
  readonly detail?: string;
  readonly by?: string;
  readonly candidate?: string;
};
