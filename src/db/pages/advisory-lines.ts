import { type CandidateState, OPEN_STATES } from "../../domain/candidate-state.ts";
import { type Instant, toInstant } from "../../domain/instant.ts";
import type {
  AdvisoryLine,
  AdvisoryQuestion,
  IntroducedLine,
  Remedy,
  Urgency,
} from "../../domain/pages/advisory-line.ts";
import { type Listed, PAGE_SIZE } from "../../domain/pages/listing.ts";
import type { Policy } from "../../domain/policy.ts";
import type { Advisory, Severity } from "../../domain/trust.ts";
import type { Database } from "../database.ts";
import { candidates } from "../schema/decisions.ts";
import { pins } from "../schema/projects.ts";
import { advisories } from "../schema/upstreams.ts";
import { and, inArray, sql } from "../sql/orm.ts";

/** The states of a remedy, the furthest on its way first. */
const PROGRESS: readonly CandidateState[] = ["proposed", "seen", "waiting", "held", "blocked"];

type Row = {
  readonly project: string;
  readonly purl: string;
  readonly version: string;
  readonly advisory: Advisory;
  readonly since: string;
  readonly due: string | null;
  readonly places: AdvisoryLine["places"];
  readonly total: number;
};

/**
 * Advisories about versions that some watched place takes, one row per project and version, overdue first. An advisory
 * that several scanners name counts once, since the first of them. Malware has no time to answer: it is due at once.
 */
export async function advisoryLines(
  db: Database,
  question: AdvisoryQuestion,
  responseTimes: Policy["responseTimes"],
  now: Instant,
): Promise<Listed<AdvisoryLine>> {
  const { page, text = "", project = "", urgency } = question;
  const offset = (page - 1) * PAGE_SIZE;
  const { rows } = await db.execute<Row>(sql`
    with known as (
      select a.purl, a.version, a.id, min(a.first_seen_at) as since, (array_agg(a.advisory order by a.source))[1] as advisory
      from ${advisories} a where a.ended_at is null group by a.purl, a.version, a.id
    ), here as (
      select p.project, k.purl, k.version, k.id, k.advisory, k.since, ${dueDate(responseTimes)} as due
      from known k cross join lateral (select distinct p.project from ${pins} p where ${IS_TAKEN}) p
    ), asked as (
      select *, (count(*) over ())::int as total from here
      where (${project} = '' or project = ${project})
        and (${text} = '' or strpos(lower(purl || ' ' || id || ' ' || (advisory ->> 'aliases')), lower(${text})) > 0)
        and ${isUrgent(urgency, now)}
      order by ${ORDER} limit ${PAGE_SIZE} offset ${offset}
    )
    select k.*, (
      select jsonb_agg(jsonb_build_object('path', p.path, 'line', p.line) order by p.ordinal)
      from ${pins} p where p.project = k.project and ${IS_TAKEN}
    ) as places
    from asked k order by ${ORDER}`);
  const remedies = await remediesOf(db, rows);
  return {
    rows: rows.map((row) => toLine(row, remedies)),
    total: rows[0]?.total ?? 0,
    page,
    size: PAGE_SIZE,
  };
}

/** Candidates on their way whose version has advisories that the installed one has not; at most `limit`. */
export async function introducedLines(db: Database, limit: number): Promise<IntroducedLine[]> {
  const introduces = sql<readonly Advisory[]>`${candidates.snapshot} #> '{candidate,introduces}'`;
  const rows = await db
    .select({ ...remedyColumns, project: candidates.project, upstream: candidates.upstream, introduces })
    .from(candidates)
    .where(and(inArray(candidates.state, [...OPEN_STATES]), sql`jsonb_array_length(${introduces}) > 0`))
    .orderBy(candidates.project, candidates.upstream)
    .limit(limit);
  return rows.map(({ project, upstream, introduces: known, ...candidate }) => ({
    project,
    upstream,
    candidate,
    advisories: known,
  }));
}

/** A place takes exactly what an advisory is about. One at a time, by the index: few versions of many have advisories. */
const IS_TAKEN = sql`p.upstream = k.purl and p.watched and p.pin ->> 'version' = k.version`;
const ORDER = sql`due asc nulls last, since, project, purl, id`;

const remedyColumns = { id: candidates.id, to: candidates.to, state: candidates.state };

type Fixing = Remedy & { readonly project: string; readonly upstream: string; readonly fixes: readonly Advisory[] };

async function remediesOf(db: Database, rows: readonly Row[]): Promise<readonly Fixing[]> {
  if (rows.length === 0) return [];
  const purls = [...new Set(rows.map(({ purl }) => purl))];
  const fixes = sql<readonly Advisory[]>`${candidates.snapshot} #> '{candidate,fixes}'`;
  const found = await db
    .select({ ...remedyColumns, project: candidates.project, upstream: candidates.upstream, fixes })
    .from(candidates)
    .where(and(inArray(candidates.upstream, purls), inArray(candidates.state, [...PROGRESS])));
  return found.toSorted((a, b) => PROGRESS.indexOf(a.state) - PROGRESS.indexOf(b.state));
}

function toLine({ purl, since, due, total: _, ...row }: Row, remedies: readonly Fixing[]): AdvisoryLine {
  const fixing = remedies.find(
    (one) => one.project === row.project && one.upstream === purl && one.fixes.some(({ id }) => id === row.advisory.id),
  );
  const dueAt = toInstant(due);
  const { project, version, advisory, places } = row;
  return {
    ...{ project, version, advisory, places, upstream: purl, since: toInstant(since) ?? "" },
    ...(dueAt !== undefined && { dueAt }),
    ...(fixing !== undefined && { fix: { id: fixing.id, to: fixing.to, state: fixing.state } }),
  };
}

/** When an answer is due, as `dueAt` of the policy reckons it: what is exploited is answered like what is critical. */
function dueDate(times: Policy["responseTimes"]) {
  const severities: readonly Severity[] = ["critical", "high", "medium", "low", "unknown"];
  const seconds = (severity: Severity) => (times[severity] === undefined ? null : times[severity] / 1_000);
  const cases = severities.map((severity) => sql`when ${severity} then ${seconds(severity)}::float8`);
  const own = sql`case k.advisory ->> 'severity' ${sql.join(cases, sql` `)} end`;
  const exploited = sql`case when k.advisory ->> 'exploited' = 'true' then ${seconds("critical")}::float8 end`;
  return sql`k.since + make_interval(secs => case when k.id like 'MAL-%' then 0 else coalesce(${exploited}, ${own}) end)`;
}

function isUrgent(urgency: Urgency | undefined, now: Instant) {
  if (urgency === "overdue") return sql`due <= ${now}::timestamptz`;
  if (urgency === "due") return sql`due > ${now}::timestamptz`;
  return urgency === "undated" ? sql`due is null` : sql`true`;
}
