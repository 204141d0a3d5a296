import { deadlineOf, type FreshnessTargets, type SourceFreshness, targetOf } from "../../domain/freshness.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { pins } from "../schema/projects.ts";
import { upstreams } from "../schema/upstreams.ts";
import { and, asc, eq, isNotNull, sql } from "../sql/orm.ts";

/** An upstream without a good answer for longer than its source's target. `since`: its last one, or when a first was wanted. */
export type StaleUpstream = {
  readonly project: string;
  readonly source: string;
  readonly purl: string;
  readonly since: Instant;
};

/** How fresh the answers of each source are, of upstreams that some project takes something from. */
export async function freshnessBySource(
  db: Database,
  targets: FreshnessTargets,
  now: Instant,
): Promise<SourceFreshness[]> {
  const rows = await db
    .select({
      source: upstreams.source,
      upstreams: sql<number>`count(*)::int`,
      stale: sql<number>`(count(*) filter (where ${ANSWERED_AT} < ${deadline(targets, now)}))::int`,
      oldest: sql<string | null>`min(${ANSWERED_AT})`,
      silent: sql<number>`(count(*) filter (where ${upstreams.lastSuccessAt} is null))::int`,
      silentSince: sql<string | null>`min(${upstreams.knownSince}) filter (where ${upstreams.lastSuccessAt} is null)`,
    })
    .from(upstreams)
    .where(and(isNotNull(upstreams.source), sql`exists (select 1 from ${pins} where ${IS_ITS_PIN})`))
    .groupBy(upstreams.source)
    .orderBy(asc(upstreams.source));
  return rows.map(({ source, oldest, silentSince, ...counts }) => ({
    ...counts,
    source: source ?? "",
    target: targetOf(targets, source ?? undefined),
    oldest: toInstant(oldest),
    silentSince: toInstant(silentSince),
  }));
}

function toInstant(text: string | null): Instant | undefined {
  return text === null ? undefined : new Date(text).toISOString();
}

/** Every upstream that misses its target, once per project that takes something from it, longest without an answer first. */
export async function staleUpstreams(db: Database, targets: FreshnessTargets, now: Instant): Promise<StaleUpstream[]> {
  const rows = await db
    .selectDistinct({ project: pins.project, source: upstreams.source, purl: upstreams.purl, since: ANSWERED_AT })
    .from(upstreams)
    .innerJoin(pins, and(eq(pins.upstream, upstreams.purl), pins.watched))
    .where(and(isNotNull(upstreams.source), sql`${ANSWERED_AT} < ${deadline(targets, now)}`))
    .orderBy(asc(ANSWERED_AT), asc(upstreams.purl));
  return rows.map(({ source, since, ...one }) => ({
    ...one,
    source: source ?? "",
    since: new Date(since).toISOString(),
  }));
}

/** When an upstream last answered; where it never did, since when an answer is wanted. */
export const ANSWERED_AT = sql<string>`coalesce(${upstreams.lastSuccessAt}, ${upstreams.knownSince})`;
const IS_ITS_PIN = and(eq(pins.upstream, upstreams.purl), pins.watched);

/** Before which an upstream's last answer is too old. */
export function deadline(targets: FreshnessTargets, now: Instant) {
  const named = Object.keys(targets).filter((source) => source !== "default");
  const cases = named.map((source) => sql`when ${source} then ${deadlineOf(targets, source, now)}::timestamptz`);
  const others = sql`${deadlineOf(targets, "default", now)}::timestamptz`;
  return cases.length === 0 ? others : sql`case ${upstreams.source} ${sql.join(cases, sql` `)} else ${others} end`;
}
