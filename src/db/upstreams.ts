import { type Instant, plus } from "../domain/instant.ts";
import type { UpstreamIdentity } from "../domain/upstream.ts";
import type { Failure } from "../lib/failure.ts";
import type { Database } from "./client.ts";
import { isDue, isFree } from "./leases.ts";
import { and, asc, eq, exists, getTableColumns, inArray, isNotNull, sql } from "./orm.ts";
import { batches, type Present, present } from "./row.ts";
import { rowsFrom } from "./rows-as-json.ts";
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
 * Takes up to `limit` upstreams that are due and pinned somewhere, and keeps others from taking them for `leaseMs`. Each
 * project has its turn: first the longest due of every project, then the second of each, so that a large one does not
 * keep a small one waiting. Recording what a poll gave, `setUpstreamsDue` or `returnUpstreams` gives them back; else they
 * are due again when the lease is over. A lease or a due time further away than any that is ever given was set by a wrong
 * clock, and counts as over.
 */
export async function claimDueUpstreams(db: Database, now: Instant, limit: number, leaseMs: number): Promise<string[]> {
  const due = and(isDue(upstreams.dueAt, now), isFree(upstreams.leasedUntil, now, leaseMs));
  const { rows } = await db.execute<{ purl: string }>(sql`
    with due as materialized (select purl, due_at from ${upstreams} where ${due}),
    turns as (
      select due.purl, due.due_at, row_number() over (partition by owner.project order by due.due_at, due.purl) as turn
      from due cross join lateral (
        select min(${pins.project}) as project from ${pins} where ${pins.upstream} = due.purl and ${pins.watched}
      ) owner where owner.project is not null
    ),
    taken as (
      select u.purl from ${upstreams} u join (select purl, turn, due_at from turns order by turn, due_at limit ${limit}) t
      on t.purl = u.purl where ${isDue(sql`u.due_at`, now)} and ${isFree(sql`u.leased_until`, now, leaseMs)}
      for update of u skip locked
    )
    update ${upstreams} u set leased_until = ${plus(now, leaseMs)}::timestamptz from taken where u.purl = taken.purl
    returning u.purl as purl`);
  return rows.map((row) => row.purl);
}

/** Those of the given upstreams that nobody has asked since they were due. */
export async function stillDue(db: Database, purls: readonly string[], now: Instant): Promise<string[]> {
  const rows = await db
    .select({ purl: upstreams.purl })
    .from(upstreams)
    .where(and(inArray(upstreams.purl, [...purls]), isDue(upstreams.dueAt, now)));
  return rows.map((row) => row.purl);
}

/** Gives upstreams back that were taken and not asked: they are due as before. */
export async function returnUpstreams(db: Database, purls: readonly string[]): Promise<void> {
  if (purls.length === 0) return;
  await db
    .update(upstreams)
    .set({ leasedUntil: null })
    .where(inArray(upstreams.purl, [...purls]));
}

/** Says when upstreams are asked next, and gives them back. Also how a host that asked for patience defers its own. */
export async function setUpstreamsDue(db: Database, purls: readonly string[], dueAt: Instant): Promise<void> {
  if (purls.length === 0) return;
  await db
    .update(upstreams)
    .set({ dueAt, leasedUntil: null })
    .where(inArray(upstreams.purl, [...purls]));
}

/** What an upstream's answer changes of what is known of it, and when it is asked next. */
export type PollSuccess = {
  readonly purl: string;
  readonly dueAt: Instant;
  /** What to ask with next time; absent: as before, unless `complete` is there. */
  readonly validator?: string | undefined;
  /** Who it is; absent: as before. */
  readonly identity?: UpstreamIdentity | undefined;
  /** Only a full answer says it, and only a full answer may come without a validator. */
  readonly complete?: boolean;
  readonly notChecked?: readonly string[];
  /** What its next poll is set by: see `upstreams.rhythm`. */
  readonly rhythm?: { readonly rhythm?: number | undefined; readonly newestAt?: Instant | undefined };
  /** False: nothing was asked, since something else said that nothing is new. */
  readonly asked?: boolean;
};

/** Stores that upstreams answered: one statement for all of them. */
export async function recordPollSuccesses(db: Database, answers: readonly PollSuccess[], now: Instant): Promise<void> {
  if (answers.length === 0) return;
  const rows = answers.map(({ rhythm, complete, asked, ...answer }) => ({
    ...answer,
    ...rhythm,
    complete,
    isFull: complete !== undefined,
    isPaced: rhythm !== undefined,
    wasAsked: asked !== false,
  }));
  await db.execute(sql`
    with answered as materialized (select * from ${rowsFrom(ANSWERED, rows)}),
    locked as (select u.purl from ${upstreams} u where u.purl in (select purl from answered) order by u.purl for update)
    update ${upstreams} u set
      due_at = a."dueAt",
      leased_until = null,
      failure = null,
      last_success_at = case when a."wasAsked" then ${now}::timestamptz else u.last_success_at end,
      first_polled_at = coalesce(u.first_polled_at, ${now}::timestamptz),
      validator = case when a."isFull" then a.validator else coalesce(a.validator, u.validator) end,
      identity = coalesce(a.identity, u.identity),
      complete = coalesce(a.complete, u.complete),
      not_checked = coalesce(a."notChecked", u.not_checked),
      rhythm = case when a."isPaced" then a.rhythm else u.rhythm end,
      newest_at = case when a."isPaced" then a."newestAt" else u.newest_at end
    from answered a where u.purl = a.purl and u.purl in (select purl from locked)`);
}

const { purl, dueAt, validator, identity, complete, notChecked, rhythm, newestAt } = getTableColumns(upstreams);
const ANSWERED = {
  ...{ purl, dueAt, validator, identity, complete, notChecked, rhythm, newestAt },
  ...{ isFull: complete, isPaced: complete, wasAsked: complete },
};

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
