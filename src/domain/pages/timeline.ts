import type { Instant } from "../instant.ts";
import type { ReleaseState } from "../release.ts";
import type { Severity } from "../trust.ts";

/** A version on a component's time line. `at`: when it was published, as far as that is known, else when it was first seen. */
export type TimelineVersion = {
  readonly version: string;
  readonly at: Instant;
  readonly state: ReleaseState;
  readonly role: "installed" | "candidate" | "other";
};

/** An advisory about what is, or was, installed: since when it is known, and until when it counted. */
type TimelineAdvisory = {
  readonly id: string;
  readonly severity: Severity;
  readonly from: Instant;
  readonly until?: Instant;
};

/** Something that happened to what is pinned: a moved tag, a replaced file, a yank. */
type TimelineEvent = { readonly words: string; readonly at: Instant; readonly over: boolean };

/** What a component's time line shows. `waitingUntil`: when its candidate may be proposed at the earliest. */
export type Timeline = {
  readonly now: Instant;
  readonly versions: readonly TimelineVersion[];
  readonly waitingUntil?: Instant;
  readonly advisories: readonly TimelineAdvisory[];
  readonly events: readonly TimelineEvent[];
};
