import { between, DAY, HOUR, type Instant, MINUTE, plus } from "../../domain/instant.ts";
import type { ObservedRelease } from "../../domain/release.ts";
import type { Failure, FailureCode } from "../../lib/failure.ts";

/** What an upstream's next poll is set by: seconds between its releases (their median), and when the newest came. */
export type Rhythm = { readonly rhythm?: number | undefined; readonly newestAt?: Instant | undefined };

/** What bounds a pause. `jitter` (0..1) spreads upstreams; `target` is the freshness target of the source in milliseconds. */
export type Pace = { readonly jitter: number; readonly target: number };

const SOONEST = 15 * MINUTE;
const LATEST = DAY;
/** A hiccup is over soon; what was said in so many words (there is no such thing, not for you) hardly changes within minutes. */
const AFTER_HICCUP = 15_000;
const AFTER_REFUSAL = 5 * MINUTE;
const HICCUPS: readonly FailureCode[] = ["unavailable", "timeout"];
const LAST_RETRY = 6 * HOUR;
/** The part of a freshness target that a pause may take: the rest is for tries that fail. */
const PART_OF_TARGET = 5 / 6;
/** The largest number of seconds that its column holds: 68 years. */
const SLOWEST = 2 ** 31 - 1;

/** The tags of one push of an image, or the packages of one release, are one event: they appear within the hour. */
const ONE_EVENT = HOUR;

/** The rhythm of an upstream, from the dates of its last ten dated releases. */
export function rhythmOf(releases: readonly Pick<ObservedRelease, "publishedAt">[]): Rhythm {
  const dates: Instant[] = [];
  const different = new Set(releases.flatMap((release) => release.publishedAt ?? []));
  for (const date of [...different].sort().reverse()) {
    const later = dates.at(-1);
    if (later === undefined || between(date, later) >= ONE_EVENT) dates.push(date);
    if (dates.length === 10) break;
  }
  const gap = medianGap(dates);
  return {
    ...(gap !== undefined && { rhythm: Math.min(Math.round(gap / 1_000), SLOWEST) }),
    ...(dates[0] !== undefined && { newestAt: dates[0] }),
  };
}

/**
 * When to ask an upstream again: a twentieth of its own rhythm, between 15 minutes and 24 hours; within an hour while a
 * release is younger than two days; never so late that its freshness target could not be kept after a failure. Jitter
 * takes up to a tenth off.
 */
export function nextPoll({ rhythm, newestAt }: Rhythm, now: Instant, { jitter, target }: Pace): Instant {
  const fresh = newestAt !== undefined && between(newestAt, now) < 2 * DAY;
  const wanted = rhythm === undefined ? 6 * HOUR : (rhythm * 1_000) / 20;
  const latest = Math.min(fresh ? HOUR : LATEST, target * PART_OF_TARGET);
  const pause = Math.min(Math.max(wanted, SOONEST), latest);
  return plus(now, Math.round(pause * (1 - jitter / 10)));
}

/**
 * When to ask again after the how many-th failure in a row: not before the other side wished, else doubling up to 6 hours,
 * from 15 seconds where nobody answered and from 5 minutes where somebody refused. Jitter adds up to a half.
 */
export function nextTry(
  failures: number,
  { code, retryAt }: Pick<Failure, "code" | "retryAt">,
  now: Instant,
  jitter: number,
): Instant {
  const first = HICCUPS.includes(code) ? AFTER_HICCUP : AFTER_REFUSAL;
  const pause = Math.min(first * 2 ** Math.max(failures - 1, 0) * (1 + jitter / 2), LAST_RETRY);
  const wanted = plus(now, Math.round(pause));
  return retryAt !== undefined && retryAt > wanted ? retryAt : wanted;
}

/**
 * True for a failure that is none yet: a host that asks for patience is asked later, and nobody needs to hear of it
 * until the freshness target passes. `answeredAt`: the last good answer; of an upstream that never gave one nothing is
 * known, and that is said.
 */
export function isPatience(failure: Failure, answeredAt: Instant | undefined, now: Instant, target: number): boolean {
  return failure.code === "rate-limited" && answeredAt !== undefined && between(answeredAt, now) < target;
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
