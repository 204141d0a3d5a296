import type { Reason } from "../domain/bump.ts";
import type { Instant } from "../domain/instant.ts";

/** What people are told, and what weighs nothing. */
export function note(rule: string, summary: string): Reason {
  return { rule, level: "note", summary };
}

/** What people should look at before they merge; by itself it stops nothing. */
export function warn(rule: string, summary: string): Reason {
  return { rule, level: "warn", summary };
}

/** `2026-11-20 12:00 UTC`. */
export function minuteOf(instant: Instant): string {
  return `${instant.slice(0, 16).replace("T", " ")} UTC`;
}
