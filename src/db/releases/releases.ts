import type { SQL } from "drizzle-orm";
import type { Instant } from "../../domain/instant.ts";
import type { Content, StoredRelease } from "../../domain/integrity/merge-release.ts";
import type { ContentSighting, Release } from "../../domain/release.ts";
import type { Database } from "../database.ts";
import { observations, releases } from "../schema/releases.ts";
import { eachOf } from "../sql/each-of.ts";
import { oneOf } from "../sql/one-of.ts";
import { and, eq, sql } from "../sql/orm.ts";
import type { Present } from "../sql/row.ts";
import { rowsAsJson, rowsFrom } from "../sql/rows-as-json.ts";
import { RELEASE_COLUMNS, type ReleaseRow } from "./release-columns.ts";

type KnownDigests = Pick<StoredRelease, "upstream" | "tag" | "digests">;

/** The digests of some versions of some upstreams; of tags that are not known there is no row. */
export function digestsOf(db: Database, purls: readonly string[], tags: readonly string[]): Promise<KnownDigests[]> {
  const columns = { upstream: releases.purl, tag: releases.tag, digests: releases.digests };
  return rowsAsJson<KnownDigests>(
    db,
    eachOf(releases.purl, purls.toSorted(), { where: oneOf(releases.tag, tags), order: sql`tag` }),
    columns,
  );
}

/** Every known version of an upstream, newest first, with the content it had earlier. */
export async function releasesOf(db: Database, purl: string): Promise<Release[]> {
  return (await releasesOfEach(db, [purl])).get(purl) ?? [];
}

/** The same of many upstreams, by purl. Images have thousands of tags: give some `UPSTREAMS_AT_ONCE`. */
export async function releasesOfEach(db: Database, purls: readonly string[]): Promise<Map<string, Release[]>> {
  const rows = await rowsAsJson<Row>(db, eachOf(releases.purl, purls), SEEN);
  const seen = await withEarlierContent(db, rows);
  const byPurl = Map.groupBy(seen, (release) => release.upstream);
  for (const found of byPurl.values()) found.sort(newestFirst);
  return byPurl;
}

async function withEarlierContent(db: Database, rows: readonly Present<Row>[]): Promise<Release[]> {
  const changed = rows.filter((release) => release.contentFirstSeenAt !== release.firstSeenAt);
  const earlier = await earlierContent(db, changed);
  return rows.map((row): Release => Object.assign(row, { earlierContent: earlier.get(keyOf(row)) ?? [] }));
}

/**
 * Named versions of upstreams, by purl, with the content they had earlier. Names that are not known are not there.
 * `wanted`: tags by purl.
 */
export async function taggedReleases(db: Database, wanted: ReadonlyMap<string, readonly string[]>): Promise<Release[]> {
  if (wanted.size === 0) return [];
  return withEarlierContent(db, await rowsAsJson<Row>(db, releases, SEEN, areNamed(wanted)));
}

/** That a version is one of those. `wanted`: tags by purl. */
export function areNamed(wanted: ReadonlyMap<string, readonly string[]>): SQL {
  const named = [...wanted].flatMap(([upstream, tags]) => tags.map((tag) => ({ upstream, tag })));
  const names = rowsFrom({ upstream: releases.purl, tag: releases.tag }, named);
  return sql`(${releases.purl}, ${releases.tag}) in (select "upstream", "tag" from ${names})`;
}

/** The newest known versions of many upstreams, at most `most` each, newest first; what they held earlier is left out. */
export async function newestReleases(
  db: Database,
  purls: readonly string[],
  most: number,
): Promise<Map<string, Release[]>> {
  if (purls.length === 0) return new Map();
  const order = sql`coalesce(${releases.publishedAt}, ${releases.firstSeenAt}) desc, ${releases.tag} collate "C" desc`;
  const limit = Number.isFinite(most) ? sql`limit ${most}` : sql``;
  const newest = sql`select wanted.value, each.tag from ${eachOf(releases.purl, purls, { selected: sql`tag`, order: sql`${order} ${limit}` })}`;
  const rows = await rowsAsJson<Row>(db, releases, SEEN, sql`(${releases.purl}, ${releases.tag}) in (${newest})`);
  const found = rows.map((row): Release => Object.assign(row, { earlierContent: [] }));
  const byPurl = Map.groupBy(found, (release) => release.upstream);
  for (const all of byPurl.values()) all.sort(newestFirst);
  return byPurl;
}

const { missing: _missing, ...SEEN } = RELEASE_COLUMNS;
type Row = Omit<ReleaseRow, "missing">;

async function earlierContent(db: Database, changed: readonly Named[]): Promise<Map<string, ContentSighting[]>> {
  if (changed.length === 0) return new Map();
  const purls = [...new Set(changed.map((release) => release.upstream))];
  const tags = [...new Set(changed.map((release) => release.tag))];
  const where = and(eq(observations.kind, "content"), oneOf(observations.tag, tags));
  const found = eachOf(observations.purl, purls, { where, order: sql`${observations.id}` });
  const columns = { upstream: observations.purl, tag: observations.tag, change: observations.change };
  const rows = await rowsAsJson<Named & { readonly change: { before: Content; since: Instant } }>(db, found, columns);
  const sightings = new Map<string, ContentSighting[]>();
  for (const { change, ...release } of rows) {
    const { before, since } = change;
    sightings.set(keyOf(release), [...(sightings.get(keyOf(release)) ?? []), toSighting(before, since)]);
  }
  return sightings;
}

type Named = Pick<StoredRelease, "upstream" | "tag">;

function keyOf({ upstream, tag }: Named): string {
  return `${upstream} ${tag}`;
}

/** Digests of assets keep their `asset:` names there. */
function toSighting({ commit, ...digests }: Content, seenAt: Instant): ContentSighting {
  return commit === undefined ? { seenAt, digests } : { seenAt, digests, commit };
}

type Aged = Pick<StoredRelease, "tag" | "publishedAt" | "firstSeenAt">;

/** By the date the upstream gave, else by first sight; a comparator for `sort`. */
export function newestFirst(a: Aged, b: Aged): number {
  return compare(ageOf(b), ageOf(a)) || compare(b.tag, a.tag);
}

function ageOf(release: Aged): Instant {
  return release.publishedAt ?? release.firstSeenAt;
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
