import type { CandidateState } from "../candidate-state.ts";
import type { Instant } from "../instant.ts";
import type { Place } from "../pin.ts";
import type { Advisory } from "../trust.ts";

/** Where the answer to an advisory stands: late, due on a day, or due with the next major version. */
export type Urgency = "overdue" | "due" | "undated";

/** A candidate that has to do with an advisory. */
export type Remedy = { readonly id: string; readonly to: string; readonly state: CandidateState };

/** An advisory about what is installed. `since`: first sight here; `dueAt` absent: with the next major version. */
export type AdvisoryLine = {
  readonly project: string;
  readonly upstream: string;
  readonly version: string;
  readonly advisory: Advisory;
  readonly since: Instant;
  readonly dueAt?: Instant;
  readonly places: readonly Place[];
  /** The candidate that takes it away, the one that is furthest on its way. */
  readonly fix?: Remedy;
};

/** A candidate on its way that would bring advisories in. */
export type IntroducedLine = {
  readonly project: string;
  readonly upstream: string;
  readonly candidate: Remedy;
  readonly advisories: readonly Advisory[];
};

/** What people ask of the list. */
export type AdvisoryQuestion = {
  readonly text?: string;
  readonly project?: string;
  readonly urgency?: Urgency;
  readonly page: number;
};
