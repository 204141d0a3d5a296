import type { Instant } from "../../domain/instant.ts";
import type { UpstreamIdentity } from "../../domain/upstream.ts";
import type { Database } from "../database.ts";
import { pins } from "../schema/projects.ts";
import { upstreams } from "../schema/upstreams.ts";
import { oneOf } from "../sql/one-of.ts";
import { and, asc, eq, exists, isNotNull, sql } from "../sql/orm.ts";
import { batches, type Present, present } from "../sql/row.ts";

/** An upstream with what its pins need to know of it: names to read, and templates of the tags that matter (none: all). */
export type WatchedUpstream = {
  readonly purl: string;
  readonly pinnedRefs: readonly string[];
  readonly tagTemplates: readonly string[];
};

/** What is known of an upstream as such. */
export type UpstreamState = Present<typeof upstreams.$inferSelect>;

/**
 * Makes upstreams known, new ones due at once; gives how many were new. `source` is the id of the one that answers for it,
 * where there is one.
 */
export async function ensureUpstreams(
  db: Database,
  watched: readonly { readonly purl: string; readonly source?: string | undefined }[],
  now: Instant,
): Promise<number> {
  const distinct = [...new Map(watched.map((one) => [one.purl, one])).values()];
  let added = 0;
  for (const batch of batches(distinct)) {
    const rows = await db
      .insert(upstreams)
      .values(batch.map(({ purl, source }) => ({ purl, source, dueAt: now, knownSince: now, notChecked: [] })))
      .onConflictDoUpdate({ target: upstreams.purl, set: { source: sql`excluded.source` } })
      .returning({ isNew: sql<boolean>`xmax = 0` }); // a row that was there has the lock of this statement
    added += rows.filter(({ isNew }) => isNew).length;
  }
  return added;
}

/** What is known of an upstream; undefined when it was never made known. */
export async function upstreamState(db: Database, purl: string): Promise<UpstreamState | undefined> {
  const [row] = await db.select().from(upstreams).where(eq(upstreams.purl, purl));
  return row === undefined ? undefined : present(row);
}

/** What is known of the given upstreams, by purl; read some at a time: the driver's own rows of all of them would be as large as theirs. */
export async function upstreamStates(db: Database, purls: readonly string[]): Promise<UpstreamState[]> {
  const states: UpstreamState[] = [];
  for (const batch of batches(purls.toSorted())) {
    const rows = await db.select().from(upstreams).where(oneOf(upstreams.purl, batch)).orderBy(asc(upstreams.purl));
    for (const row of rows) states.push(present(row));
  }
  return states;
}

/** Who answered for the given upstreams at their last polls, where their hosts say so. */
export async function identitiesOf(db: Database, purls: readonly string[]): Promise<Map<string, UpstreamIdentity>> {
  const { purl, identity } = upstreams;
  const known = and(oneOf(purl, purls), isNotNull(identity));
  const rows = await db.select({ purl, identity }).from(upstreams).where(known).orderBy(asc(purl));
  return new Map(rows.flatMap((row) => (row.identity === null ? [] : [[row.purl, row.identity] as const])));
}

/** The ids of the sources that answer for something. */
export async function knownSources(db: Database): Promise<Set<string>> {
  const rows = await db.selectDistinct({ source: upstreams.source }).from(upstreams).where(isNotNull(upstreams.source));
  return new Set(rows.flatMap(({ source }) => source ?? []));
}

/** Upstreams that could not be asked when they last were, for the pages and digests that say so. */
export async function failingUpstreams(db: Database): Promise<UpstreamState[]> {
  const rows = await db
    .select()
    .from(upstreams)
    .where(and(isNotNull(upstreams.failure), isPinned(db)))
    .orderBy(asc(upstreams.purl));
  return rows.map(present);
}

function isPinned(db: Database) {
  const pinned = db
    .select({ one: sql`1` })
    .from(pins)
    .where(and(eq(pins.upstream, upstreams.purl), pins.watched));
  return exists(pinned);
}
