import type { Instant } from "./instant.ts";

/** Whether everything that the pins need of a release is there. What is not known is told, and holds nothing up. */
export type Readiness = {
  /** What is not there yet, in words: `the file tool_1.3.0_linux_arm64.tar.gz`. */
  readonly missing: readonly string[];
  /** When it was looked for last. */
  readonly askedAt: Instant;
  /** What could not be looked at, in words that follow "not checked:". */
  readonly notChecked: readonly string[];
};

/** How a sentence ends that says when it was asked for: ` (asked on 2026-11-20 12:00 UTC)`. */
export function askedOn(instant: Instant): string {
  return ` (asked on ${instant.slice(0, 16).replace("T", " ")} UTC)`;
}

/** A sentence with the day alone on which it was asked for: to ask again in vain is no news for the rest of it. */
export function withDayAsked(sentence: string): string {
  return sentence.replace(/(?<= \(asked on \d{4}-\d\d-\d\d) \d\d:\d\d UTC(?=\))/, "");
}
