import type { SQL } from "drizzle-orm";
import type { CandidateState } from "../../domain/candidate-state.ts";
import { toInstant } from "../../domain/instant.ts";
import type { CandidateLine } from "../../domain/pages/overview.ts";
import type { Database } from "../database.ts";
import { candidates, decisions } from "../schema/decisions.ts";
import { deliveries } from "../schema/deliveries.ts";
import { sql } from "../sql/orm.ts";
import { present } from "../sql/row.ts";

/** How many candidates stand where. */
export async function countCandidates(db: Database): Promise<Partial<Record<CandidateState, number>>> {
  const rows = await db
    .select({ state: candidates.state, count: sql<number>`count(*)::int` })
    .from(candidates)
    .groupBy(candidates.state);
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

/** Candidates that stand there, what moved last first, without the snapshots that make their rows heavy. */
export async function candidateLines(
  db: Database,
  states: readonly CandidateState[],
  limit: number,
): Promise<CandidateLine[]> {
  return linesWhere(db, sql`c.state = any(${sql.param([...states])})`, limit);
}

/** Candidates that a project ever had of an upstream, what moved last first. */
export function candidateLinesOf(
  db: Database,
  { project, upstream }: Pick<CandidateLine, "project" | "upstream">,
  limit: number,
): Promise<CandidateLine[]> {
  return linesWhere(db, sql`c.project = ${project} and c.upstream = ${upstream}`, limit);
}

type Row = Omit<CandidateLine, "until" | "reason" | "url" | "updatedAt"> &
  Record<"until" | "reason" | "url", string | null> & { readonly updatedAt: string };

async function linesWhere(db: Database, condition: SQL, limit: number): Promise<CandidateLine[]> {
  const { rows } = await db.execute<Row>(sql`
    select c.id, c.project, c.upstream, c.from_versions as "from", c.to_version as "to", c.step, c.state, c.until,
      c.updated_at as "updatedAt", d.reason, p.url
    from (
      select * from ${candidates} c where ${condition} order by c.updated_at desc, c.id limit ${limit}
    ) c
    left join lateral (
      select coalesce(
        case when verdict = 'propose' then jsonb_path_query_first(reasons, '$[*] ? (@.rule == "security-fix")') end,
        reasons->0)->>'summary' as reason
      from ${decisions} where candidate = c.id order by id desc limit 1
    ) d on true
    left join lateral (
      select url from ${deliveries} where subject_kind = 'candidate' and subject_id = c.id and url is not null
      order by at desc limit 1
    ) p on true
    order by c.updated_at desc, c.id`);
  return rows.map((row) => {
    const { until, updatedAt, ...rest } = present(row);
    const ends = toInstant(until);
    return { ...rest, updatedAt: toInstant(updatedAt) ?? "", ...(ends !== undefined && { until: ends }) };
  });
}
