import type { Instant } from "../../domain/instant.ts";
import { type Failure, isFailure } from "../failure.ts";

/** Remembers that GitHub asked us to wait: going on while limited may get the integration banned. */
export type Limit = {
  /** The failure to answer with instead of asking; undefined when asking is fine. */
  readonly current: () => Failure | undefined;
  /** Limits in a row. */
  readonly strikes: () => number;
  /** Takes note of an answer and returns it. */
  readonly record: <T>(answer: T | Failure) => T | Failure;
};

/** A limit that has not been met yet. */
export function createLimit(clock: () => Instant): Limit {
  let last: Failure | undefined;
  let strikes = 0;
  return {
    current: () => (last?.retryAt !== undefined && clock() < last.retryAt ? last : undefined),
    strikes: () => strikes,
    record: (answer) => {
      if (isFailure(answer) && answer.code === "rate-limited") {
        last = answer;
        strikes++;
      } else if (!isFailure(answer)) {
        last = undefined;
        strikes = 0;
      }
      return answer;
    },
  };
}
