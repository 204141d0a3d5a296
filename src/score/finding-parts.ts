import type { Evidence } from "../domain/trust.ts";
import type { Collected } from "./signal.ts";

/** One fact of a judgement, as evidence. */
export function evidenceOf(collected: Collected<unknown>, kind: string, observed: string, expected?: string): Evidence {
  return {
    kind,
    source: collected.source,
    observedAt: collected.at,
    observed,
    ...(expected !== undefined && { expected }),
  };
}

/** Says whose repository was looked at, where only the package itself names it. */
export function claimNote(claimed: boolean, repository: string): string {
  return claimed ? ` (of ${repository}, which the package claims as its source)` : "";
}

/** `1 commit`, `2 commits`; `many` where an s is not enough. */
export function count(number: number, noun: string, many = `${noun}s`): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? noun : many}`;
}

/** Points 0..1 on a logarithmic scale that is full at `full`: R. Pike's formula of criticality scores. */
export function scaled(value: number, full: number): number {
  return Math.log1p(Math.max(0, value)) / Math.log1p(Math.max(value, full));
}

/** `good` from half of the points on. */
export function outcomeOf(points: number): "good" | "bad" {
  return points >= 0.5 ? "good" : "bad";
}
