import type { Instant } from "../domain/instant.ts";
import type { Failure } from "../lib/failure.ts";
import type { StoredFailure } from "./schema.ts";

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
