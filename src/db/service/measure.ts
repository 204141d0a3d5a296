import type { Database } from "../database.ts";
import { sql } from "../sql/orm.ts";

/** How many rows stand under each combination of words. */
export type Counted = { readonly labels: Readonly<Record<string, string>>; readonly count: number };

/** Candidates by state. */
export function candidatesByState(db: Database): Promise<Counted[]> {
  return counted(db, sql`select state, count(*)::int as count from headgate.candidates group by state order by state`);
}

/**
 * Deliveries by channel and state. Rows are kept for ever: one that failed counts while it is tried again, or for a day,
 * and no longer once a later try of the same candidate came to something.
 */
export function deliveriesByState(db: Database, now: string): Promise<Counted[]> {
  return counted(
    db,
    sql`select channel, state, (count(*) filter (where state <> 'failed' or (
        (retry_at > ${now}::timestamptz or at > ${now}::timestamptz - interval '1 day')
        and not exists (select 1 from headgate.deliveries later where d.subject_kind = 'candidate'
          and later.subject_kind = 'candidate' and later.subject_id = d.subject_id and later.channel = d.channel
          and later.at > d.at and later.state <> 'failed'))))::int as count
      from headgate.deliveries d group by channel, state order by channel, state`,
  );
}

/** What cannot be asked or read at present, by what it is and the failure's code. */
export function failuresByCode(db: Database): Promise<Counted[]> {
  return counted(
    db,
    sql`select 'upstream' as of, failure ->> 'code' as code, count(*)::int as count from headgate.upstreams u
      where failure is not null and exists (select 1 from headgate.pins p where p.upstream = u.purl and p.watched) group by 2
      union all select 'project', last_failure ->> 'code', count(*)::int from headgate.projects
      where last_failure is not null and due_at is not null group by 2 order by 1, 2`,
  );
}

/** Alerts that stand, by class and severity. */
export function alertsByClass(db: Database): Promise<Counted[]> {
  return counted(
    db,
    sql`select class, coalesce(alert ->> 'severity', 'unknown') as severity, state, count(*)::int as count
      from headgate.alerts where state <> 'resolved' group by 1, 2, 3 order by 1, 2, 3`,
  );
}

/** Whoever took a row and let its lease end has lost it. */
const FREE = (now: string) => sql`(leased_until is null or leased_until <= ${now}::timestamptz)`;

/** Rows that are due and nobody has taken, and for how many seconds the first of them has been. */
export async function overdue(
  db: Database,
  now: string,
): Promise<readonly { readonly of: string; readonly count: number; readonly seconds: number }[]> {
  const { rows } = await db.execute<{ of: string; count: number; seconds: number }>(sql`
    select 'upstream' as of, count(*)::int as count,
      coalesce(extract(epoch from ${now}::timestamptz - min(due_at)), 0)::float8 as seconds
    from headgate.upstreams u where due_at <= ${now}::timestamptz and ${FREE(now)}
      and exists (select 1 from headgate.pins p where p.upstream = u.purl and p.watched)
    union all select 'project', count(*)::int, coalesce(extract(epoch from ${now}::timestamptz - min(due_at)), 0)::float8
    from headgate.projects where due_at <= ${now}::timestamptz and ${FREE(now)}`);
  return rows;
}

async function counted(db: Database, query: ReturnType<typeof sql>): Promise<Counted[]> {
  const { rows } = await db.execute<Record<string, string | number>>(query);
  return rows.map(({ count, ...labels }) => ({ labels: labels as Record<string, string>, count: Number(count) }));
}
