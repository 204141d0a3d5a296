import { DAY, type Instant } from "../../domain/instant.ts";
import type { LagGroup } from "../../domain/pages/lag.ts";
import type { Database } from "../database.ts";
import { components } from "../schema/projects.ts";
import { sql } from "../sql/orm.ts";

/** How far components are behind, by whole days: what is not older than a day counts as one. */
export async function lagGroups(db: Database, now: Instant): Promise<LagGroup[]> {
  const days = sql<number | null>`case when ${components.lag} = 0 then 0
    when ${components.lag} > 0 then greatest(1, ceil(extract(epoch from ${now}::timestamptz - ${components.behindSince}) / 86400)) end`;
  const { rows } = await db.execute<{ days: string | null; components: number; releases: number }>(sql`
    select ${days} as days, count(*)::int as components, coalesce(sum(${components.lag}), 0)::int as releases
    from ${components} group by 1 order by 1`);
  return rows.map(({ days: behind, ...counts }) => ({
    ...counts,
    ...(behind !== null && { behind: Number(behind) * DAY }),
  }));
}
