import type { Instant } from "../../domain/instant.ts";
import {
  firstSight,
  type Merged,
  notSeen,
  type ReleaseChange,
  type StoredRelease,
  seenAgain,
} from "../../domain/integrity/merge-release.ts";
import { type Asset, type ObservedRelease, versionOfTag } from "../../domain/release.ts";
import type { ReleaseFacts } from "../../domain/release-facts.ts";
import type { Database } from "../database.ts";
import { observations, releases } from "../schema/releases.ts";
import { eachOf } from "../sql/each-of.ts";
import { sql } from "../sql/orm.ts";
import { batches } from "../sql/row.ts";
import { lockInOrder } from "../sql/row-locks.ts";
import { insertRows, rowsAsJson } from "../sql/rows-as-json.ts";
import { fromInsert } from "../sql/upsert.ts";
import { OTHER_COLUMNS, RELEASE_COLUMNS, type ReleaseRow } from "./release-columns.ts";
import { keepUnjudged } from "./unjudged.ts";

/** How an answer is to be understood. */
type RecordOptions = {
  /** The first good answer of this upstream: its own dates prove nothing about age. */
  readonly baseline: boolean;
  /** The answer names every version there is: what it does not name is missing. */
  readonly complete: boolean;
  /** Where only some tags were asked for: the templates of those tags. Others are not missing. */
  readonly tagTemplates?: readonly string[];
};

/** What an upstream said of its versions, and how to understand it. */
export type SaidOfReleases = RecordOptions & { readonly releases: readonly ObservedRelease[] };

/**
 * Stores what upstreams say of their versions. First sights are never overwritten; every change is appended to the
 * observations. Gives back what changed, by purl, in the order of the answers. Within a transaction.
 */
export function recordReleases(
  tx: Database,
  said: ReadonlyMap<string, SaidOfReleases>,
  now: Instant,
): Promise<Map<string, ReleaseChange[]>> {
  const changes = [...said].map(([purl, one]) => [purl, (stored: Stored) => mergeAll(purl, one, stored, now)] as const);
  return changeReleases(tx, new Map(changes), now);
}

function mergeAll(
  purl: string,
  { releases: observed, baseline, complete, tagTemplates }: SaidOfReleases,
  stored: Stored,
  now: Instant,
): Merged[] {
  const seen = new Map(observed.filter(isStorable).map((release) => [release.tag, plausible(release)]));
  const merged = [...seen.values()].map((release) => {
    const before = stored.get(release.tag);
    return before === undefined ? firstSight(purl, release, baseline, now) : seenAgain(before, release, now);
  });
  const missing = complete
    ? [...stored.values()].filter(({ tag }) => !seen.has(tag) && isAskedFor(tag, tagTemplates)).map(notSeen)
    : [];
  return [...merged, ...missing];
}

/** Notes of versions that are known already, as they were fetched on their own, and assets, where those came with them. */
export async function putDetails(
  db: Database,
  purl: string,
  details: readonly {
    readonly tag: string;
    readonly notes: string;
    readonly url: string;
    readonly assets?: readonly Asset[];
  }[],
  now: Instant,
): Promise<ReleaseChange[]> {
  const change = (stored: Stored) =>
    details.flatMap(({ tag, notes, url, assets }) => {
      const before = stored.get(tag);
      if (before === undefined) return [];
      return [seenAgain(before, { ...before, notes, notesUrl: url, assets: assets ?? before.assets }, now)];
    });
  const changes = await db.transaction((tx) => changeReleases(tx, new Map([[purl, change]]), now));
  return changes.get(purl) ?? [];
}

/** Parts of a version's content that were looked at on their own: files of a release, an image's index, and the platforms under one. */
export type LookedAt = {
  readonly tag: string;
  readonly assets?: readonly Asset[];
  readonly index?: string;
  readonly platforms?: { readonly index: string; readonly digests: Readonly<Record<string, string>> };
};

/** Upstreams that are stored in one transaction. */
const LOOKED_AT_TOGETHER = 50;

/**
 * Stores what was looked at of versions that are known already, by purl, and gives back what it changed. Platforms count
 * only for the index that is there now.
 */
export async function putLookedAt(
  db: Database,
  looks: ReadonlyMap<string, readonly LookedAt[]>,
  now: Instant,
): Promise<Map<string, ReleaseChange[]>> {
  const changes = new Map<string, ReleaseChange[]>();
  for (const batch of batches([...looks], LOOKED_AT_TOGETHER)) {
    const wanted = new Map(batch.map(([purl, those]) => [purl, (stored: Stored) => merging(those, stored, now)]));
    const stored = await db.transaction((tx) => changeReleases(tx, wanted, now));
    for (const [purl, those] of stored) changes.set(purl, those);
  }
  return changes;
}

function merging(looks: readonly LookedAt[], stored: Stored, now: Instant): Merged[] {
  return looks.flatMap(({ tag, assets, index, platforms }) => {
    const before = stored.get(tag);
    if (before === undefined) return [];
    const isCurrent = platforms !== undefined && platforms.index === before.digests.index;
    const digests = { ...(index !== undefined && { index }), ...(isCurrent && platforms.digests) };
    return [seenAgain(before, { ...before, digests, assets: assets ?? [] }, now)];
  });
}

/** What was learned of versions that are known already, by tag: it joins what is known. */
export async function putReleaseFacts(
  db: Database,
  purl: string,
  facts: ReadonlyMap<string, ReleaseFacts>,
  now: Instant,
): Promise<void> {
  const change = (stored: Stored) =>
    [...facts].flatMap(([tag, evidence]) => {
      const before = stored.get(tag);
      return before === undefined ? [] : [seenAgain(before, { ...before, evidence }, now)];
    });
  await db.transaction((tx) => changeReleases(tx, new Map([[purl, change]]), now));
}

type Stored = ReadonlyMap<string, StoredRelease>;

/**
 * Reads what is stored, lets each `change` say what becomes of its upstream's versions, and stores that. One upstream's
 * versions change one after the other; the locks are taken in the order of the purls, so that nobody waits in a circle.
 */
async function changeReleases(
  tx: Database,
  wanted: ReadonlyMap<string, (stored: Stored) => readonly Merged[]>,
  now: Instant,
): Promise<Map<string, ReleaseChange[]>> {
  const purls = [...wanted.keys()].sort();
  await lockInOrder(tx, purls, 0);
  const stored = Map.groupBy(await storedReleases(tx, purls), (release) => release.upstream);
  const merged = [...wanted].map(([purl, change]) => {
    const known = (stored.get(purl) ?? []).map((release) => [release.tag, release] as const);
    return { purl, all: change(new Map(known)) };
  });
  const rows = merged.flatMap(({ all }) => all.filter((one) => one.changed).map((one) => one.release));
  await insertRows(tx, releases, { columns: RELEASE_COLUMNS, rows, conflict: REPLACE });
  const changes = merged.map(({ purl, all }) => [purl, all.flatMap((one) => one.changes)] as const);
  await append(tx, changes, now);
  await keepUnjudged(tx, changes, now);
  return new Map(changes);
}

function storedReleases(db: Database, purls: readonly string[]): Promise<StoredRelease[]> {
  return rowsAsJson<ReleaseRow>(db, eachOf(releases.purl, purls), RELEASE_COLUMNS);
}

/** What a later answer may change: not what was seen first. */
const { tag: _tag, firstSeenAt: _firstSeenAt, baseline: _baseline, ...CHANGING } = OTHER_COLUMNS;
const CHANGES = Object.values(fromInsert(CHANGING)).map(
  (value, index) => sql`${sql.identifier(Object.values(CHANGING)[index]?.name ?? "")} = ${value}`,
);
const REPLACE = sql`on conflict (purl, tag) do update set ${sql.join(CHANGES, sql`, `)}`;

const OBSERVED = {
  purl: observations.purl,
  tag: observations.tag,
  seenAt: observations.seenAt,
  kind: observations.kind,
  change: observations.change,
};

async function append(
  tx: Database,
  changes: readonly (readonly [string, readonly ReleaseChange[]])[],
  now: Instant,
): Promise<void> {
  const rows = changes.flatMap(([purl, all]) => observedOf(all).map((one) => ({ purl, seenAt: now, ...one })));
  await insertRows(tx, observations, { columns: OBSERVED, rows });
}

type Observed = Pick<typeof observations.$inferSelect, "tag" | "kind" | "change">;

/** What was there at the first look at an upstream is one observation, under no tag: most of all versions ever seen. */
function observedOf(changes: readonly ReleaseChange[]): Observed[] {
  const there = changes.filter(isOfFirstLook);
  const others = there.length === 0 ? changes : changes.filter((change) => !isOfFirstLook(change));
  const rows = others.map(({ kind, tag, ...change }): Observed => ({ kind, tag, change }));
  if (there.length === 0) return rows;
  const seen = Object.fromEntries(there.map(({ tag, content }) => [tag, content]));
  return [{ kind: "first-look", tag: "", change: { seen } }, ...rows];
}

function isOfFirstLook(change: ReleaseChange): change is Extract<ReleaseChange, { kind: "first-seen" }> {
  return change.kind === "first-seen" && change.baseline;
}

/** A name that PostgreSQL cannot hold is nobody's version. */
function isStorable(release: ObservedRelease): boolean {
  return release.tag !== "" && !release.tag.includes("\0");
}

/** A date outside of four-digit years was made up, and no database holds it. */
function plausible(release: ObservedRelease): ObservedRelease {
  const { publishedAt, ...rest } = release;
  return publishedAt === undefined || /^\d{4}-/.test(publishedAt) ? release : rest;
}

function isAskedFor(tag: string, templates: readonly string[] | undefined): boolean {
  if (templates === undefined || templates.length === 0) return true;
  return templates.some((template) => versionOfTag(tag, template) !== undefined);
}
