import type { Reason } from "../domain/bump.ts";

/** What people are told, and what weighs nothing. */
export function note(rule: string, summary: string): Reason {
  return { rule, level: "note", summary };
}

/** What people should look at before they merge; by itself it stops nothing. */
export function warn(rule: string, summary: string): Reason {
  return { rule, level: "warn", summary };
}
