import type { Database } from "../../src/db/database.ts";
import { sql } from "../../src/db/sql/orm.ts";
import { HOUR, type Instant, plus } from "../../src/domain/instant.ts";
import type { FlowContext } from "../../src/flow/context.ts";

/** Housekeeping comes once an hour, and takes a moment. */
const LATE = 2 * HOUR;

/**
 * How many rows stand in the store that retention should have dropped by now, by what they are; nothing where it is kept. What
 * this names may grow for as long as retention lasts and no longer.
 */
export async function beyondRetention(
  db: Database,
  retention: FlowContext["retention"],
  now: Instant,
): Promise<Readonly<Record<string, number>>> {
  const decided = plus(now, -retention.decisions - LATE);
  const raw = plus(now, -retention.evidence - LATE);
  const { rows } = await db.execute<{ what: string; count: number }>(sql`
    select 'events' as what, count(*)::int as count from headgate.events where at <= ${decided}::timestamptz
    union all select 'audit', count(*)::int from headgate.audit where at <= ${decided}::timestamptz
    union all select 'standings', count(*)::int from headgate.standings where day < ${decided.slice(0, 10)}
    union all select 'decisions that others followed', count(*)::int from headgate.decisions d
      where at <= ${decided}::timestamptz and exists (select 1 from headgate.decisions l where l.candidate = d.candidate and l.id > d.id)
    union all select 'decisions about nothing', count(*)::int from headgate.decisions d
      where not exists (select 1 from headgate.candidates c where c.id = d.candidate)
    union all select 'candidates that were passed over', count(*)::int from headgate.candidates c
      where state in ('superseded', 'skipped') and updated_at <= ${decided}::timestamptz and not exists (
        select 1 from headgate.deliveries d where d.subject_kind = 'candidate' and d.subject_id = c.id and d.channel <> 'change')
    union all select 'names that moved on', count(*)::int from headgate.refs r
      where seen_at <= ${decided}::timestamptz and exists (select 1 from headgate.refs l where l.purl = r.purl and l.name = r.name and l.id > r.id)
    union all select 'facts', count(*)::int from headgate.facts where expires_at <= ${raw}::timestamptz
    union all select 'texts', count(*)::int from headgate.blobs where used_at <= ${raw}::timestamptz
    union all select 'unjudged changes', count(*)::int from headgate.meta where starts_with(key, 'unjudged/')
      and split_part(substr(key, 10), ' ', 2)::timestamptz <= ${plus(now, -LATE)}::timestamptz`);
  return Object.fromEntries(rows.filter(({ count }) => count > 0).map(({ what, count }) => [what, count]));
}
