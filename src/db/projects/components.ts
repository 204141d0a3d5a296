import type { SQL } from "drizzle-orm";
import { type Instant, toInstant } from "../../domain/instant.ts";
import type { ComponentList, ComponentOrder, ComponentQuery, ComponentRow } from "../../domain/pages/component-list.ts";
import { INSUFFICIENT_COVERAGE, type TrustScore } from "../../domain/trust.ts";
import type { Database } from "../database.ts";
import { candidates } from "../schema/decisions.ts";
import { components, pins } from "../schema/projects.ts";
import { upstreams } from "../schema/upstreams.ts";
import { and, eq, getTableColumns, inArray, isNull, sql } from "../sql/orm.ts";
import { present } from "../sql/row.ts";
import { insertRows } from "../sql/rows-as-json.ts";

/** A component as planning knows it. */
export type PlannedComponent = Omit<ComponentRow, "state"> & { readonly label: string };

/** Puts a project's components in the place of those that were listed before. A trust that nobody looked at again stays. */
export async function replaceComponents(
  db: Database,
  project: string,
  rows: readonly PlannedComponent[],
  now: Instant,
): Promise<void> {
  const { project: _, key: __, trust, coverage, ...changing } = getTableColumns(components);
  const fresh = Object.values(changing).map(
    ({ name }) => sql`${sql.identifier(name)} = excluded.${sql.identifier(name)}`,
  );
  const kept = [trust, coverage].map(
    ({ name }) =>
      sql`${sql.identifier(name)} = coalesce(excluded.${sql.identifier(name)}, ${components}.${sql.identifier(name)})`,
  );
  const conflict = sql`on conflict (project, key) do update set ${sql.join([...fresh, ...kept], sql`, `)}`;
  await db.transaction(async (tx) => {
    const planned = rows.map((row) => ({ ...row, plannedAt: now }));
    await insertRows(tx, components, { columns: getTableColumns(components), rows: planned, conflict });
    // What an upstream that never answered has that is newer is unknown, and unknown is never zero.
    const unanswered = tx.select({ purl: upstreams.purl }).from(upstreams).where(isNull(upstreams.lastSuccessAt));
    await tx
      .update(components)
      .set({ lag: null })
      .where(
        and(eq(components.project, project), isNull(components.candidate), inArray(components.upstream, unanswered)),
      );
    await tx
      .delete(components)
      .where(and(eq(components.project, project), sql`${components.plannedAt} < ${now}::timestamptz`));
  });
}

/** Says what an upstream's trust is now, wherever it is listed. */
export async function updateTrust(db: Database, upstream: string, score: TrustScore): Promise<void> {
  const { value: trust, coverage } = score;
  await db.update(components).set({ trust, coverage }).where(eq(components.upstream, upstream));
}

/** One page of the components that a question asks for: filtered, ordered and cut by the database. */
export async function listComponents(db: Database, query: ComponentQuery, size: number): Promise<ComponentList> {
  const found = await pageOf(db, query, size);
  const { rows, total, page } = found.rows.length > 0 || query.page === 1 ? found : await lastPage(db, query, size);
  return { rows, total, page, size, ...(await choicesOf(db)) };
}

type Found = Pick<ComponentList, "rows" | "total" | "page">;

async function pageOf(db: Database, query: ComponentQuery, size: number): Promise<Found> {
  const { rows } = await db.execute<StoredRow & { total: number }>(sql`
    select ${COLUMNS}, count(*) over ()::int as total
    ${FROM} where ${conditionOf(query)}
    order by ${orderOf(query)}, k.label, k.project, k.key
    limit ${size} offset ${(query.page - 1) * size}`);
  return { rows: rows.map(({ total: _, ...row }) => toRow(row)), total: rows[0]?.total ?? 0, page: query.page };
}

/** Who asks for a page after the last one (fewer are left than there were) gets the last. */
async function lastPage(db: Database, query: ComponentQuery, size: number): Promise<Found> {
  const { rows } = await db.execute<{ count: number }>(
    sql`select count(*)::int as count ${FROM} where ${conditionOf(query)}`,
  );
  return pageOf(db, { ...query, page: Math.max(1, Math.ceil((rows[0]?.count ?? 0) / size)) }, size);
}

/** One component as a line; undefined when the project takes none of that key. */
export async function componentRow(db: Database, project: string, key: string): Promise<ComponentRow | undefined> {
  const { rows } = await db.execute<StoredRow>(sql`
    select ${COLUMNS} ${FROM} where k.project = ${project} and k.key = ${key}`);
  return rows.map(toRow)[0];
}

/** The key of the component that a candidate leads out of; undefined when it is not the newest step any more. */
export async function componentKeyOf(db: Database, project: string, candidate: string): Promise<string | undefined> {
  const [row] = await db
    .select({ key: components.key })
    .from(components)
    .where(and(eq(components.project, project), eq(components.candidate, candidate)));
  return row?.key;
}

const FROM = sql`from ${components} k
  left join ${candidates} c on c.id = k.candidate
  left join ${upstreams} u on u.purl = k.upstream`;

/** A candidate says where it stands; without one, why there is none. */
const STATE = sql`case
  when c.state is not null then c.state
  when u.failure is not null then 'silent'
  when u.last_success_at is null then 'unasked'
  when jsonb_array_length(k.current_versions) = 0 then 'floating'
  when k.lag is null then 'unordered'
  else 'current' end`;

const COLUMNS = sql`k.project, k.key, k.upstream, k.current_versions as "current", k.places, k.unpinned, k.latest, k.lag,
  k.behind_since as "behindSince", k.trust, k.coverage, k.candidate, ${STATE} as state`;

const ORDERS: Readonly<Record<ComponentOrder, SQL>> = {
  upstream: sql`k.label`,
  project: sql`k.project`,
  places: sql`k.places`,
  lag: sql`k.lag`,
  behind: sql`k.behind_since`,
  trust: sql`case when k.coverage >= ${sql.raw(String(INSUFFICIENT_COVERAGE))} then k.trust end`,
  state: STATE,
};

/** "More behind" is the older date: up is from the least to the most. */
function orderOf({ order, direction }: ComponentQuery): SQL {
  const up = (direction === "up") !== (order === "behind");
  return sql`${ORDERS[order]} ${up ? sql`asc` : sql`desc`} nulls last`;
}

function conditionOf({ text, project, kind, state, view }: ComponentQuery): SQL {
  const conditions = [
    sql`true`,
    ...(project === "" ? [] : [sql`k.project = ${project}`]),
    ...(kind === "" ? [] : [sql`starts_with(k.upstream, ${`pkg:${kind}/`})`]),
    ...(state === "" ? [] : [sql`${STATE} = ${state}`]),
    ...(view === "drift" ? [sql`jsonb_array_length(k.current_versions) > 1`] : []),
    ...(view === "unpinned" ? [sql`k.unpinned > 0`] : []),
    ...(text === "" ? [] : [matches(text)]),
  ];
  return sql.join(conditions, sql` and `);
}

/** A name, a version, or the path of a place. */
function matches(text: string): SQL {
  const part = `%${text.toLowerCase().replace(/[\\%_]/g, (mark) => `\\${mark}`)}%`;
  return sql`(k.label like ${part} or lower(k.upstream) like ${part} or lower(k.current_versions::text) like ${part}
    or lower(k.latest) like ${part}
    or (k.project, k.upstream) in (select p.project, p.upstream from ${pins} p where lower(p.path) like ${part} and p.watched))`;
}

async function choicesOf(db: Database): Promise<Pick<ComponentList, "projects" | "kinds">> {
  const { rows } = await db.execute<{ project: string; kind: string }>(
    sql`select project, split_part(substr(upstream, 5), '/', 1) as kind from ${components} group by 1, 2 order by 1, 2`,
  );
  const distinct = (values: string[]) => [...new Set(values)].sort();
  return { projects: distinct(rows.map((row) => row.project)), kinds: distinct(rows.map((row) => row.kind)) };
}

type StoredRow = { [Field in keyof Required<ComponentRow>]: Required<ComponentRow>[Field] | null };

function toRow(stored: StoredRow): ComponentRow {
  const row = present(stored) as ComponentRow; // what may be null in the table may be absent here
  const behindSince = toInstant(row.behindSince);
  return behindSince === undefined ? row : { ...row, behindSince };
}
