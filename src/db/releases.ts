import type { Instant } from "../domain/instant.ts";
import type { Asset } from "../domain/release.ts";
import { type ContentSighting, type ObservedRelease, type Release, versionOfTag } from "../domain/release.ts";
import type { Database } from "./client.ts";
import {
  type Content,
  firstSight,
  type Merged,
  notSeen,
  type ReleaseChange,
  type StoredRelease,
  seenAgain,
} from "./merge-release.ts";
import { and, asc, eq, getTableColumns, inArray, sql } from "./orm.ts";
import { batches, present } from "./row.ts";
import { observations, releases } from "./schema.ts";
import { fromInsert } from "./upsert.ts";

/** How an answer is to be understood. */
export type RecordOptions = {
  /** The first good answer of this upstream: its own dates prove nothing about age. */
  readonly baseline: boolean;
  /** The answer names every version there is: what it does not name is missing. */
  readonly complete: boolean;
  readonly now: Instant;
  /** Where only some tags were asked for: the templates of those tags. Others are not missing. */
  readonly tagTemplates?: readonly string[];
};

/**
 * Stores what an upstream says of its versions. First sights are never overwritten; every change is appended to the
 * observations. Gives back what changed, in the order of the answer.
 */
export function recordReleases(
  db: Database,
  purl: string,
  observed: readonly ObservedRelease[],
  options: RecordOptions,
): Promise<ReleaseChange[]> {
  return changeReleases(db, purl, options.now, (stored) => {
    const seen = new Map(observed.filter(isStorable).map((release) => [release.tag, plausible(release)]));
    const merged = [...seen.values()].map((release) => {
      const before = stored.get(release.tag);
      return before === undefined
        ? firstSight(purl, release, options.baseline, options.now)
        : seenAgain(before, release, options.now);
    });
    const missing = options.complete
      ? [...stored.values()].filter(({ tag }) => !seen.has(tag) && isAskedFor(tag, options.tagTemplates)).map(notSeen)
      : [];
    return [...merged, ...missing];
  });
}

/** Notes and assets of versions that are known already, as they were fetched on their own. */
export function putDetails(
  db: Database,
  purl: string,
  details: readonly {
    readonly tag: string;
    readonly notes: string;
    readonly url: string;
    readonly assets: readonly Asset[];
  }[],
  now: Instant,
): Promise<ReleaseChange[]> {
  return changeReleases(db, purl, now, (stored) =>
    details.flatMap(({ tag, notes, url, assets }) => {
      const before = stored.get(tag);
      return before === undefined ? [] : [seenAgain(before, { ...before, notes, notesUrl: url, assets }, now)];
    }),
  );
}

/** Every known version of an upstream, newest first, with the content it had earlier. */
export async function releasesOf(db: Database, purl: string): Promise<Release[]> {
  const stored = await storedReleases(db, purl);
  const changed = stored.filter((release) => release.contentFirstSeenAt !== release.firstSeenAt);
  const earlier = await earlierContent(
    db,
    purl,
    changed.map((release) => release.tag),
  );
  const newestFirst = stored.sort((a, b) => compare(ageOf(b), ageOf(a)) || compare(b.tag, a.tag));
  return newestFirst.map(({ missing: _, ...release }) => ({
    ...release,
    earlierContent: earlier.get(release.tag) ?? [],
  }));
}

/** Reads what is stored, lets `change` say what it becomes, and stores that: one upstream's versions change one after the other. */
function changeReleases(
  db: Database,
  purl: string,
  now: Instant,
  change: (stored: ReadonlyMap<string, StoredRelease>) => readonly Merged[],
): Promise<ReleaseChange[]> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${purl}, 0))`);
    const stored = await storedReleases(tx, purl);
    const merged = change(new Map(stored.map((release) => [release.tag, release])));
    await write(
      tx,
      merged.filter((one) => one.changed).map((one) => one.release),
    );
    const changes = merged.flatMap((one) => one.changes);
    await append(tx, purl, changes, now);
    return changes;
  });
}

async function storedReleases(db: Database, purl: string): Promise<StoredRelease[]> {
  const rows = await db.select().from(releases).where(eq(releases.purl, purl)).orderBy(asc(releases.tag));
  return rows.map((row) => {
    const { purl: upstream, ...release } = present(row);
    return { ...release, upstream };
  });
}

/** What a later answer may change: not what was seen first. */
const {
  purl: _purl,
  tag: _tag,
  firstSeenAt: _firstSeenAt,
  baseline: _baseline,
  ...CHANGING
} = getTableColumns(releases);

async function write(db: Database, changed: readonly StoredRelease[]): Promise<void> {
  for (const batch of batches(changed)) {
    const rows = batch.map(({ upstream, ...release }) => ({ ...release, purl: upstream }));
    await db
      .insert(releases)
      .values(rows)
      .onConflictDoUpdate({ target: [releases.purl, releases.tag], set: fromInsert(CHANGING) });
  }
}

async function append(db: Database, purl: string, changes: readonly ReleaseChange[], now: Instant): Promise<void> {
  for (const batch of batches(changes)) {
    await db
      .insert(observations)
      .values(batch.map(({ kind, tag, ...change }) => ({ purl, tag, kind, change, seenAt: now })));
  }
}

async function earlierContent(
  db: Database,
  purl: string,
  tags: readonly string[],
): Promise<Map<string, ContentSighting[]>> {
  if (tags.length === 0) return new Map();
  const rows = await db
    .select({ tag: observations.tag, change: observations.change })
    .from(observations)
    .where(and(eq(observations.purl, purl), eq(observations.kind, "content"), inArray(observations.tag, [...tags])))
    .orderBy(asc(observations.id));
  const sightings = new Map<string, ContentSighting[]>();
  for (const { tag, change } of rows) {
    const { before, since } = change as { before: Content; since: Instant };
    sightings.set(tag, [...(sightings.get(tag) ?? []), toSighting(before, since)]);
  }
  return sightings;
}

/** Digests of assets keep their `asset:` names there. */
function toSighting({ commit, ...digests }: Content, seenAt: Instant): ContentSighting {
  return commit === undefined ? { seenAt, digests } : { seenAt, digests, commit };
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

function ageOf(release: StoredRelease): Instant {
  return release.publishedAt ?? release.firstSeenAt;
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
