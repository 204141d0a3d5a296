import { type Instant, plus } from "../domain/instant.ts";
import type { Failure } from "../lib/failure.ts";
import type { Database } from "./client.ts";
import { and, asc, eq, exists, inArray, isNotNull, isNull, lte, or, sql } from "./orm.ts";
import { batches, type Present, present } from "./row.ts";
import { pins, upstreams } from "./schema.ts";
import { nextFailure } from "./stored-failure.ts";

/** An upstream with what its pins need to know of it: names to read, and templates of the tags that matter (none: all). */
export type WatchedUpstream = {
  readonly purl: string;
  readonly pinnedRefs: readonly string[];
  readonly tagTemplates: readonly string[];
};

/** What is known of an upstream as such. */
export type UpstreamState = Present<typeof upstreams.$inferSelect>;

/** Makes upstreams known, new ones due at once. `source` is the id of the one that answers for it, where there is one. */
export async function ensureUpstreams(
  db: Database,
  watched: readonly { readonly purl: string; readonly source?: string | undefined }[],
  now: Instant,
): Promise<void> {
  const distinct = [...new Map(watched.map((one) => [one.purl, one])).values()];
  for (const batch of batches(distinct)) {
    await db
      .insert(upstreams)
      .values(batch.map(({ purl, source }) => ({ purl, source, dueAt: now, knownSince: now, notChecked: [] })))
      .onConflictDoUpdate({ target: upstreams.purl, set: { source: sql`excluded.source` } });
  }
}

/** What is known of an upstream; undefined when it was never made known. */
export async function upstreamState(db: Database, purl: string): Promise<UpstreamState | undefined> {
  const [row] = await db.select().from(upstreams).where(eq(upstreams.purl, purl));
  return row === undefined ? undefined : present(row);
}

/** What is known of the given upstreams. */
export async function upstreamStates(db: Database, purls: readonly string[]): Promise<UpstreamState[]> {
  const rows = await db
    .select()
    .from(upstreams)
    .where(inArray(upstreams.purl, [...purls]))
    .orderBy(asc(upstreams.purl));
  return rows.map(present);
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

/**
 * Takes up to `limit` upstreams that are due and pinned somewhere, longest due first, and keeps others from taking them
 * for `leaseMs`. Recording what a poll gave, or `setUpstreamsDue`, gives them back; else they are due again when the
 * lease is over.
 */
export async function claimDueUpstreams(db: Database, now: Instant, limit: number, leaseMs: number): Promise<string[]> {
  const free = or(isNull(upstreams.leasedUntil), lte(upstreams.leasedUntil, now));
  const due = db.$with("due").as(
    db
      .select({ purl: upstreams.purl })
      .from(upstreams)
      .where(and(lte(upstreams.dueAt, now), free, isPinned(db)))
      .orderBy(asc(upstreams.dueAt))
      .limit(limit)
      .for("update", { skipLocked: true }),
  );
  const claimed = await db
    .with(due)
    .update(upstreams)
    .set({ leasedUntil: plus(now, leaseMs) })
    .where(inArray(upstreams.purl, db.select({ purl: due.purl }).from(due)))
    .returning({ purl: upstreams.purl });
  return claimed.map(({ purl }) => purl);
}

/** Says when upstreams are asked next, and gives them back. Also how a host that asked for patience defers its own. */
export async function setUpstreamsDue(db: Database, purls: readonly string[], dueAt: Instant): Promise<void> {
  if (purls.length === 0) return;
  await db
    .update(upstreams)
    .set({ dueAt, leasedUntil: null })
    .where(inArray(upstreams.purl, [...purls]));
}

/** Stores that an upstream answered, what it should be asked with next time, and when that is. */
export async function recordPollSuccess(
  db: Database,
  purl: string,
  answer: {
    readonly validator?: string;
    readonly complete?: boolean;
    readonly notChecked?: readonly string[];
    /** What its next poll is set by: see `upstreams.rhythm`. */
    readonly rhythm?: { readonly rhythm?: number | undefined; readonly newestAt?: Instant | undefined };
  },
  dueAt: Instant,
  now: Instant,
): Promise<void> {
  const { validator, complete, notChecked, rhythm } = answer;
  await db
    .update(upstreams)
    .set({
      dueAt,
      leasedUntil: null,
      failure: null,
      lastSuccessAt: now,
      firstPolledAt: sql`coalesce(${upstreams.firstPolledAt}, ${now})`,
      // "Unchanged" says nothing of completeness, and only a full answer may come without a validator.
      ...(complete !== undefined && { complete, validator: null }),
      ...(validator !== undefined && { validator }),
      ...(notChecked !== undefined && { notChecked }),
      ...(rhythm !== undefined && { rhythm: rhythm.rhythm ?? null, newestAt: rhythm.newestAt ?? null }),
    })
    .where(eq(upstreams.purl, purl));
}

/** Many upstreams said that nothing moved: one statement for all of them that are asked again at the same time. */
export async function recordUnchanged(
  db: Database,
  purls: readonly string[],
  dueAt: Instant,
  now: Instant,
): Promise<void> {
  if (purls.length === 0) return;
  await db
    .update(upstreams)
    .set({ dueAt, leasedUntil: null, failure: null, lastSuccessAt: now })
    .where(inArray(upstreams.purl, [...purls]));
}

/** Stores that an upstream could not be asked. Everything that was known of it stays. */
export async function recordPollFailure(
  db: Database,
  purl: string,
  failure: Failure,
  dueAt: Instant,
  now: Instant,
): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx
      .select({ failure: upstreams.failure })
      .from(upstreams)
      .where(eq(upstreams.purl, purl))
      .for("update");
    const stored = nextFailure(row?.failure, failure, now);
    await tx.update(upstreams).set({ dueAt, leasedUntil: null, failure: stored }).where(eq(upstreams.purl, purl));
  });
}

function isPinned(db: Database) {
  const pinned = db
    .select({ one: sql`1` })
    .from(pins)
    .where(and(eq(pins.upstream, upstreams.purl), pins.watched));
  return exists(pinned);
}
