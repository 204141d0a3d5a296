import type { PgColumn } from "drizzle-orm/pg-core";
import type { FreshnessTargets } from "../../domain/freshness.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Standing } from "../../domain/standing.ts";
import type { Database } from "../database.ts";
import { components, pins, projects, standings } from "../schema/projects.ts";
import { upstreams } from "../schema/upstreams.ts";
import { and, eq, getTableColumns, gte, isNotNull, lt, lte, sql } from "../sql/orm.ts";
import { fromInsert } from "../sql/upsert.ts";
import { ANSWERED_AT, deadline } from "../upstreams/freshness.ts";

/** Keeps how each watched project stands on this day; what was kept earlier on the same day gives way. */
export async function recordStandings(db: Database, targets: FreshnessTargets, now: Instant): Promise<void> {
  const { project: _, day: __, ...measured } = getTableColumns(standings);
  const asked = db.$with("asked").as(
    db
      .select({
        project: sql<string>`${pins.project}`.as("asked_by"),
        count: sql<number>`count(distinct ${upstreams.purl})::int`.as("count"),
        stale:
          sql<number>`(count(distinct ${upstreams.purl}) filter (where ${ANSWERED_AT} < ${deadline(targets, now)}))::int`.as(
            "stale_ones",
          ),
      })
      .from(pins)
      .innerJoin(upstreams, and(eq(upstreams.purl, pins.upstream), isNotNull(upstreams.source)))
      .where(eq(pins.watched, true))
      .groupBy(pins.project),
  );
  const late = sql`extract(epoch from ${now}::timestamptz - ${components.behindSince}) / 86400`;
  const counted = db
    .with(asked)
    .select({
      project: components.project,
      day: sql<string>`${now.slice(0, 10)}::text`.as("day"),
      components: sql<number>`count(*)::int`.as("components"),
      known: sql<number>`count(${components.lag})::int`.as("known"),
      behind: sql<number>`(count(*) filter (where ${components.lag} > 0))::int`.as("behind"),
      releases: sql<number>`coalesce(sum(${components.lag}), 0)::int`.as("releases"),
      days: sql<number>`coalesce(sum(greatest(0, ${late})) filter (where ${components.lag} > 0), 0)::float8`.as("days"),
      upstreams: sql<number>`coalesce(max(${asked.count}), 0)::int`.as("upstreams"),
      stale: sql<number>`coalesce(max(${asked.stale}), 0)::int`.as("stale"),
    })
    .from(components)
    .leftJoin(asked, eq(asked.project, components.project))
    .groupBy(components.project);
  await db
    .insert(standings)
    .select(counted)
    .onConflictDoUpdate({ target: [standings.project, standings.day], set: fromInsert(measured) });
}

/** How the projects that are watched stood together, or one of them, day by day; days on which nobody looked are missing. */
export async function standingsBetween(
  db: Database,
  period: { readonly from: Instant; readonly until: Instant; readonly project?: string },
): Promise<Standing[]> {
  const { day, components: count, known, behind, releases, days, upstreams: asked, stale } = standings;
  const sum = (column: PgColumn) => sql<number>`sum(${column})::float8`;
  return db
    .select({
      day,
      components: sum(count),
      known: sum(known),
      behind: sum(behind),
      releases: sum(releases),
      days: sum(days),
      upstreams: sum(asked),
      stale: sum(stale),
    })
    .from(standings)
    .innerJoin(projects, and(eq(projects.id, standings.project), isNotNull(projects.dueAt)))
    .where(
      and(
        gte(day, period.from.slice(0, 10)),
        lte(day, period.until.slice(0, 10)),
        period.project === undefined ? undefined : eq(standings.project, period.project),
      ),
    )
    .groupBy(day)
    .orderBy(day);
}

/** Drops the days before that moment's; gives back how many rows. */
export async function pruneStandings(db: Database, before: Instant): Promise<number> {
  const gone = await db
    .delete(standings)
    .where(lt(standings.day, before.slice(0, 10)))
    .returning({ day: standings.day });
  return gone.length;
}
