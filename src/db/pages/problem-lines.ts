import { DAY, type Instant, plus, toInstant } from "../../domain/instant.ts";
import { type Listed, PAGE_SIZE } from "../../domain/pages/listing.ts";
import type { ProblemKind, ProblemLine, ProblemQuestion } from "../../domain/pages/problem-line.ts";
import type { Database } from "../database.ts";
import { events } from "../schema/deliveries.ts";
import { pins, projects } from "../schema/projects.ts";
import { hosts, meta } from "../schema/service.ts";
import { upstreams } from "../schema/upstreams.ts";
import { sql } from "../sql/orm.ts";

/** How many subjects of one trouble are named. */
const NAMED = 30;

/** A host with what was asked of it, as failures name it: `pypi.org/simple/requests/`. The host alone is what has trouble. */
const ASKED = "((?:[a-z0-9-]+[.])+[a-z0-9-]+(?::[0-9]+)?)/[^[:space:],;)]*";

/** Where a reason may name what was asked of a host; elsewhere a path is one of the project's own. */
const ASKING: readonly ProblemKind[] = ["upstream", "part", "decision", "job"];

type Row = {
  readonly kind: ProblemKind;
  readonly reason: string;
  readonly subjects: readonly string[];
  readonly count: number;
  readonly since: string | null;
  readonly retry: string | null;
  readonly total: number;
};

/**
 * What could not be looked at: projects, files of them, upstreams, parts of answers, what the last plan had to leave open,
 * hosts that are left alone, trust roots that cannot be renewed, and jobs that were given up within a day. The
 * same reason of many is one row, whatever each asked of the same host; what lasts longest comes first.
 */
export async function problemLines(
  db: Database,
  question: ProblemQuestion,
  now: Instant,
): Promise<Listed<ProblemLine>> {
  const { page, kind = "" } = question;
  // one at a time, by the index: few upstreams of many are in trouble
  const watched = sql`cross join lateral (select 1 from ${pins} p where p.upstream = u.purl and p.watched limit 1) w`;
  const { rows } = await db.execute<Row>(sql`
    with trouble (kind, reason, subject, since, retry) as (
      select 'project', last_failure ->> 'message', id, (last_failure ->> 'since')::timestamptz, due_at
        from ${projects} where due_at is not null and jsonb_typeof(last_failure) = 'object'
      union all select 'file', one ->> 'message', id || ': ' || (one ->> 'path') || coalesce(':' || (one ->> 'line'), ''), null, due_at
        from ${projects}, jsonb_array_elements(problems) one where due_at is not null
      union all select 'upstream', u.failure ->> 'message', u.purl, (u.failure ->> 'since')::timestamptz, u.due_at
        from ${upstreams} u ${watched} where jsonb_typeof(u.failure) = 'object'
      union all select 'part', one #>> '{}', u.purl, null, u.due_at
        from (select * from ${upstreams} where failure is null and not_checked <> '[]') u ${watched}
        cross join lateral jsonb_array_elements(u.not_checked) one
      union all select 'decision', one ->> 'reason', one ->> 'subject', (one ->> 'since')::timestamptz, null
        from ${meta} m, jsonb_array_elements(m.value) one
        where m.key like 'unchecked/%' and substr(m.key, 11) in (select id from ${projects} where due_at is not null)
      union all select 'host', trouble, host, updated_at, greatest(limited_until, closed_until)
        from ${hosts} where greatest(limited_until, closed_until) > ${now}::timestamptz
      union all select 'trust-root', value ->> 'message', substr(key, 12), (value ->> 'since')::timestamptz, null
        from ${meta} where key like 'trust-root/%'
      union all select 'job', data ->> 'message', data ->> 'job', at, null
        from ${events} where kind = 'job-failed' and at > ${plus(now, -DAY)}::timestamptz
    ), causes as (
      select *, case when kind in ${ASKING} then regexp_replace(reason, ${ASKED}, '\\1', 'gi') else reason end as cause from trouble
    )
    select kind, case when min(reason) = max(reason) then min(reason) else cause end as reason,
      (array_agg(distinct subject))[1:${sql.raw(String(NAMED))}] as subjects, count(distinct subject)::int as count,
      min(since) as since, min(retry) as retry, (count(*) over ())::int as total
    from causes where ${kind} = '' or kind = ${kind}
    group by kind, cause order by min(since) asc nulls last, kind, count(*) desc, cause
    limit ${PAGE_SIZE} offset ${(page - 1) * PAGE_SIZE}`);
  return { rows: rows.map(toLine), total: rows[0]?.total ?? 0, page, size: PAGE_SIZE };
}

function toLine({ since, retry, total: _, kind, reason, subjects, count }: Row): ProblemLine {
  const [first, next] = [toInstant(since), toInstant(retry)];
  return {
    ...{ kind, reason, subjects, count },
    ...(first !== undefined && { since: first }),
    ...(next !== undefined && { retryAt: next }),
  };
}
