import { DAY, type Instant, plus } from "./instant.ts";
import type { Release, ReleaseOutline } from "./release.ts";
import type { ReleaseFacts } from "./release-facts.ts";

/**
 * A release teaches what is usual only when it stood for this long before the next one. Those who take over a project
 * often publish several versions in a row: the first must not vouch for the second.
 */
const SETTLING = 3 * DAY;

/**
 * How many earlier releases say what is usual, and how many of those that are known are needed to say so. For `memory`
 * releases something that happened once may happen again.
 */
export const WINDOW = { usual: 5, long: 10, memory: 20, least: 3 } as const;

/** What the dates of a release are told by. */
type Dated = Pick<Release, "publishedAt" | "publishedBy" | "firstSeenAt" | "baseline">;
type Placed = Dated & Pick<Release, "tag" | "state">;

/**
 * When a release came into the world, by a clock that its publisher does not hold where there is one: the registry's,
 * else our first sight. Of what was there at the first look only the publisher's own date is known.
 */
export function bornAt({ publishedAt, publishedBy, firstSeenAt, baseline }: Dated): Instant {
  const dated = publishedAt !== undefined && (publishedBy === "registry" || baseline);
  return dated ? publishedAt : firstSeenAt;
}

/**
 * The releases that say what is usual for this one, newest first: of the same family of tags, older, settled, and not
 * taken back. Prereleases count only for prereleases.
 */
export function earlierThan<One extends Placed>(release: Placed, history: readonly One[]): One[] {
  const settled = plus(bornAt(release), -SETTLING);
  const family = familyOf(release.tag);
  const older = history.filter((one) => one.tag !== release.tag && counts(one, release) && bornAt(one) <= settled);
  const related = older.filter((one) => familyOf(one.tag) === family);
  return (related.length > 0 ? related : older).sort(youngestFirst);
}

function counts(one: Placed, release: Placed): boolean {
  return one.state === "released" || one.state === "deprecated" || one.state === release.state;
}

function youngestFirst(a: Dated, b: Dated): number {
  const one = bornAt(a);
  const other = bornAt(b);
  return one < other ? 1 : one > other ? -1 : 0;
}

/** What a tag is without its version: `v1.2.3` and `1.2.4` are of one family, `cli-v1.0.0` is of another. */
export function familyOf(tag: string): string {
  if (/^[vV]?\d/.test(tag)) return ""; // nearly all tags, and every one of them is asked about in every plan
  const digit = tag.search(/\d/);
  const word = digit < 0 ? tag.toLowerCase() : tag.slice(0, digit).toLowerCase();
  return word === "" || word === "v" ? "" : word.replace(/(?<=[^a-z])v$/, "");
}

/** Of most earlier releases nobody asked more than their date. */
const NOTHING: ReleaseFacts = {};

/** One known value of an earlier release. */
export type Known<Value> = { readonly version: string; readonly value: Value };

/** What is known of the last releases, newest first: at most `limit` values out of twice as many releases. */
export function lastKnown<Value>(
  earlier: readonly ReleaseOutline[],
  pick: (facts: ReleaseFacts, release: ReleaseOutline) => Value | undefined,
  limit: number = WINDOW.usual,
): Known<Value>[] {
  return firstKnown(earlier, pick, { limit, among: limit * 2 });
}

/** Every known value there ever was, or the newest `limit` of them: sets of keys and publishers are learned from all of history. */
export function everKnown<Value>(
  earlier: readonly ReleaseOutline[],
  pick: (facts: ReleaseFacts, release: ReleaseOutline) => Value | undefined,
  limit: number = earlier.length,
): Known<Value>[] {
  return firstKnown(earlier, pick, { limit, among: earlier.length });
}

function firstKnown<Value>(
  earlier: readonly ReleaseOutline[],
  pick: (facts: ReleaseFacts, release: ReleaseOutline) => Value | undefined,
  { limit, among }: { readonly limit: number; readonly among: number },
): Known<Value>[] {
  const known: Known<Value>[] = [];
  const most = Math.min(earlier.length, among);
  for (let at = 0; at < most && known.length < limit; at++) {
    const release = earlier[at];
    if (release === undefined) break;
    const value = pick(release.evidence ?? NOTHING, release);
    if (value !== undefined) known.push({ version: release.version, value });
  }
  return known;
}

/**
 * How often a name was new when it came, after the first three releases, which only begin the set: ever, and among the
 * last twenty. `known` is newest first, each with the names of one release.
 */
export function newcomers(known: readonly Known<readonly string[]>[]): {
  readonly ever: number;
  readonly lately: number;
} {
  const seen = new Set<string>();
  const news = known.toReversed().map(({ value }, index) => {
    const isNew = index >= WINDOW.least && value.some((name) => !seen.has(name));
    for (const name of value) seen.add(name);
    return isNew;
  });
  return { ever: news.filter(Boolean).length, lately: news.slice(-WINDOW.memory).filter(Boolean).length };
}
