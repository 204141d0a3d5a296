import type { Instant } from "../instant.ts";

/** Where something could not be looked at. */
export type ProblemKind = "project" | "file" | "upstream" | "part" | "decision" | "host" | "trust-root" | "job";

/** The same trouble of one or many subjects: since the first, until the next try of any. `subjects`: the first of them. */
export type ProblemLine = {
  readonly kind: ProblemKind;
  readonly reason: string;
  readonly subjects: readonly string[];
  readonly count: number;
  readonly since?: Instant;
  readonly retryAt?: Instant;
};

/** What people ask of the list. */
export type ProblemQuestion = { readonly kind?: ProblemKind; readonly page: number };
