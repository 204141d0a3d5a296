import { DAY, HOUR } from "../../domain/instant.ts";

/**
 * How long nobody is asked after a question was asked in vain so many times in a row, in milliseconds: an hour, then twice
 * as long each time, a day at most. What was not known for a day will not be known in an hour.
 */
export function restAfter(times: number): number {
  return Math.min(HOUR * 2 ** Math.max(0, times - 1), DAY);
}
