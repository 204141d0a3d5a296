import { type Instant, plus } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { pins } from "../schema/projects.ts";
import { upstreams } from "../schema/upstreams.ts";
import { isDue, isFree } from "../sql/leases.ts";
import { oneOf } from "../sql/one-of.ts";
import { and, eq, isNull, lte, or, sql } from "../sql/orm.ts";
import { rowsFrom } from "../sql/rows-as-json.ts";

/** Which of the due upstreams: all, or those that nobody should wait for the next poll with. */
export type Urgency = "due" | "urgent";

/** Never answered yet, so that nothing is known of it; or taken by somebody who was lost. */
const URGENT = sql`(u.last_success_at is null or u.leased_until is not null)`;

/** True when upstreams that somebody pins are urgent: a question that costs next to nothing. */
export async function anyUrgentUpstream(db: Database, now: Instant, leaseMs: number): Promise<boolean> {
  const { rows } = await db.execute<{ any: boolean }>(sql`
    select exists (
      select 1 from ${upstreams} u
      where ${isDue(sql`u.due_at`, now)} and ${isFree(sql`u.leased_until`, now, leaseMs)} and ${URGENT}
        and exists (select 1 from ${pins} p where p.upstream = u.purl and p.watched)
    ) as any`);
  return rows[0]?.any === true;
}

/** How many upstreams are taken, for how long, and which. */
type UpstreamClaim = {
  readonly limit: number;
  readonly leaseMs: number;
  readonly ofOneHost?: number | undefined;
  readonly urgency?: Urgency;
};

/**
 * Takes up to `limit` upstreams that are due and pinned somewhere, and keeps others from taking them for `leaseMs`. Each
 * project has its turn with each of its hosts: first the longest due of all of them, then the second of each, so that
 * neither a large project nor a slow host keeps others waiting. Of one host at most `ofOneHost` are taken at once,
 * earlier takes included. Recording what a poll gave, `setUpstreamsDue` or `returnUpstreams` gives them back; else they
 * are due again when the lease is over. A lease or a due time further away than any that is ever given was set by a wrong
 * clock, and counts as over.
 */
export async function claimDueUpstreams(
  db: Database,
  now: Instant,
  { limit, leaseMs, ofOneHost = limit * 1_000, urgency = "due" }: UpstreamClaim,
): Promise<string[]> {
  const free = isFree(sql`u.leased_until`, now, leaseMs);
  const due = sql`${isDue(sql`u.due_at`, now)} and ${free} and ${urgency === "urgent" ? URGENT : sql`true`}`;
  const { rows } = await db.execute<{ purl: string }>(sql`
    with busy as (
      select ${HOST} as host, count(*) as many from ${upstreams} u
      where not ${free} group by 1
    ),
    due as materialized (select u.purl, u.due_at, ${HOST} as host from ${upstreams} u where ${due}),
    turns as (
      select due.purl, due.due_at, due.host,
        row_number() over (partition by owner.project, due.host order by due.due_at, due.purl) as turn,
        row_number() over (partition by due.host order by due.due_at, due.purl) as place
      from due join (
        select p.upstream, min(p.project) as project from ${pins} p where p.watched group by p.upstream
      ) owner on owner.upstream = due.purl
    ),
    taken as (
      select u.purl, t.turn, t.due_at from ${upstreams} u join (
        select turns.purl, turn, due_at from turns left join busy on busy.host = turns.host
        where place <= ${ofOneHost}::bigint - coalesce(busy.many, 0) order by turn, due_at limit ${limit}
      ) t on t.purl = u.purl where ${due}
      for update of u skip locked
    ),
    claimed as (
      update ${upstreams} u set leased_until = ${plus(now, leaseMs)}::timestamptz from taken where u.purl = taken.purl
      returning u.purl, taken.turn, taken.due_at
    )
    select purl from claimed order by turn, due_at, purl`);
  return rows.map((row) => row.purl);
}

/** As `hostOfUpstream` reads it from a purl. */
const HOST = sql`coalesce(substring(u.purl from '[?&]repository_url=([^&#]*)'), substring(u.purl from '^pkg:([^/]*)/'))`;

/** Sooner than every other moment at which something is due. */
const FIRST: Instant = "1970-01-01T00:00:00.000Z";

/**
 * Makes upstreams due, before all others, whose last good answer is from before the moment given with them. Those that
 * were never asked are due as it is. Gives back how many.
 */
export async function wakeUpstreams(db: Database, published: ReadonlyMap<string, Instant>): Promise<number> {
  if (published.size === 0) return 0;
  const rows = [...published].map(([purl, dueAt]) => ({ purl, dueAt }));
  const woken = await db.execute(sql`
    update ${upstreams} u set due_at = ${FIRST}::timestamptz from ${rowsFrom({ purl: upstreams.purl, dueAt: upstreams.dueAt }, rows)}
    where u.purl = rows.purl and u.last_success_at < rows."dueAt" and u.due_at > ${FIRST}::timestamptz
    returning u.purl`);
  return woken.rows.length;
}

/**
 * Exchanges the lease of upstreams for another one; gives those that still had it. With `now`, also those that nobody has,
 * and only what is still due: how a hint is checked before it is followed.
 */
export async function renewUpstreams(
  db: Database,
  purls: readonly string[],
  lease: { readonly from: Instant; readonly to: Instant; readonly now?: Instant },
): Promise<string[]> {
  if (purls.length === 0) return [];
  const { from, to, now } = lease;
  const mine = eq(upstreams.leasedUntil, from);
  const free =
    now === undefined
      ? mine
      : and(isDue(upstreams.dueAt, now), or(mine, lte(upstreams.leasedUntil, now), isNull(upstreams.leasedUntil)));
  const renewed = await db
    .update(upstreams)
    .set({ leasedUntil: to })
    .where(and(oneOf(upstreams.purl, purls), free))
    .returning({ purl: upstreams.purl });
  return renewed.map((row) => row.purl).sort();
}

/** Takes those of the given upstreams that nobody has, due or not; gives them. */
export async function takeUpstreams(
  db: Database,
  purls: readonly string[],
  { until, now, leaseMs }: { readonly until: Instant; readonly now: Instant; readonly leaseMs: number },
): Promise<string[]> {
  const taken = await db
    .update(upstreams)
    .set({ leasedUntil: until })
    .where(and(oneOf(upstreams.purl, purls), isFree(upstreams.leasedUntil, now, leaseMs)))
    .returning({ purl: upstreams.purl });
  return taken.map((row) => row.purl).sort();
}

/** Gives upstreams back that were taken and not asked, those that still have that lease: they are due as before. */
export async function returnUpstreams(db: Database, purls: readonly string[], lease: Instant): Promise<void> {
  if (purls.length === 0) return;
  const mine = and(oneOf(upstreams.purl, purls), eq(upstreams.leasedUntil, lease));
  await db.update(upstreams).set({ leasedUntil: null }).where(mine);
}

/** Says when upstreams are asked next, and gives them back. Also how a host that asked for patience defers its own. */
export async function setUpstreamsDue(db: Database, purls: readonly string[], dueAt: Instant): Promise<void> {
  if (purls.length === 0) return;
  await db.update(upstreams).set({ dueAt, leasedUntil: null }).where(oneOf(upstreams.purl, purls));
}
