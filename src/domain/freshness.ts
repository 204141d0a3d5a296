import { type Instant, plus } from "./instant.ts";

/** By the id of a source, or `advisories`: how old its last good answer may be, in milliseconds. `default`: of all others. */
export type FreshnessTargets = { readonly default: number } & Readonly<Record<string, number>>;

/**
 * How fresh what a source said is. `oldest`: the last good answer of the upstream that has gone longest without one, or
 * when its first was wanted. `silent`: upstreams that have never given one, and since when the first of them is known.
 */
export type SourceFreshness = {
  readonly source: string;
  readonly target: number;
  readonly upstreams: number;
  readonly stale: number;
  readonly oldest: Instant | undefined;
  readonly silent: number;
  readonly silentSince: Instant | undefined;
};

/** A source's target. */
export function targetOf(targets: FreshnessTargets, source: string | undefined): number {
  return targets[source ?? "default"] ?? targets.default;
}

/** Answers older than this miss the target of the source. */
export function deadlineOf(targets: FreshnessTargets, source: string, now: Instant): Instant {
  return plus(now, -targetOf(targets, source));
}
