import { between, DAY, HOUR, type Instant, MINUTE, plus } from "../domain/instant.ts";
import type { ObservedRelease } from "../domain/release.ts";

const SOONEST = 15 * MINUTE;
const LATEST = DAY;

/**
 * When to ask an upstream again: a twentieth of its own rhythm (the median gap of its last releases), between 15 minutes
 * and 24 hours; within an hour while a release is younger than two days. `jitter` (0..1) spreads upstreams by up to a tenth.
 */
export function nextPoll(
  releases: readonly Pick<ObservedRelease, "publishedAt">[],
  now: Instant,
  jitter: number,
): Instant {
  const dates = releases
    .flatMap((release) => release.publishedAt ?? [])
    .sort()
    .reverse()
    .slice(0, 10);
  const newest = dates[0];
  const rhythm = medianGap(dates);
  const fresh = newest !== undefined && between(newest, now) < 2 * DAY;
  const wanted = rhythm === undefined ? 6 * HOUR : rhythm / 20;
  const pause = Math.min(Math.max(fresh ? Math.min(wanted, HOUR) : wanted, SOONEST), LATEST);
  return plus(now, Math.round(pause * (1 - jitter / 10)));
}

/** When to ask again after a failure: what the other side asked for, else doubling from 5 minutes up to 6 hours. */
export function nextTry(failures: number, retryAt: Instant | undefined, now: Instant, jitter: number): Instant {
  const pause = Math.min(5 * MINUTE * 2 ** Math.max(failures - 1, 0), 6 * HOUR);
  const wanted = plus(now, Math.round(pause * (1 + jitter / 10)));
  return retryAt !== undefined && retryAt > wanted ? retryAt : wanted;
}

/** A number in 0..1 that is always the same for the same words. */
export function jitterOf(...words: readonly string[]): number {
  let hash = 2_166_136_261;
  for (const character of words.join("\n")) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return hash / 2 ** 32;
}

function medianGap(newestFirst: readonly Instant[]): number | undefined {
  const gaps = newestFirst.slice(1).map((earlier, index) => between(earlier, newestFirst[index] ?? earlier));
  gaps.sort((a, b) => a - b);
  return gaps.length < 2 ? undefined : gaps[Math.floor(gaps.length / 2)];
}
