import type { Instant } from "../../domain/instant.ts";
import type { Failure, FailureCode } from "../../lib/failure.ts";

/** A failure as it is kept with what it happened to: the last one, since when it is so, and how often in a row. */
export type StoredFailure = {
  readonly code: FailureCode;
  readonly message: string;
  readonly at: Instant;
  readonly retryAt?: Instant;
  readonly since: Instant;
  readonly count: number;
};

/** A failure as it is kept: with the moment the row of failures began, and how many they are. */
export function nextFailure(before: StoredFailure | null | undefined, failure: Failure, now: Instant): StoredFailure {
  return {
    code: failure.code,
    message: failure.message,
    at: now,
    since: before?.since ?? now,
    count: (before?.count ?? 0) + 1,
    ...(failure.retryAt !== undefined && { retryAt: failure.retryAt }),
  };
}
