import type { Candidate } from "../domain/bump.ts";
import { type CandidateState, OPEN_STATES } from "../domain/candidate-state.ts";
import type { TrustCard } from "../domain/digest.ts";
import type { Instant } from "../domain/instant.ts";
import type { Database } from "./database.ts";
import { and, asc, desc, eq, getTableColumns, inArray, sql } from "./orm.ts";
import { type Present, present } from "./row.ts";
import { insertRows } from "./rows-as-json.ts";
import { candidates } from "./schema/decisions.ts";

/** A candidate as it is stored, with what was known of it when it was last looked at. */
export type StoredCandidate = Present<typeof candidates.$inferSelect>;

/** What is known of a candidate now, and where it stands when it stood elsewhere before. */
export type CandidateUpdate = {
  readonly candidate: Candidate;
  readonly until?: Instant | undefined;
  readonly card: TrustCard;
  readonly stateAfter: (before: CandidateState | undefined) => CandidateState;
};

/**
 * Stores what is known of candidates. Their first sights stay. `stateAfter` is told the state that one had before, if it
 * was known. Within a transaction.
 */
export async function putCandidates(tx: Database, updates: readonly CandidateUpdate[], now: Instant): Promise<void> {
  const ids = updates.map(({ candidate: { id } }) => id).sort();
  const stored = await tx
    .select({ id: candidates.id, state: candidates.state })
    .from(candidates)
    .where(inArray(candidates.id, ids))
    .orderBy(asc(candidates.id))
    .for("update");
  const before = new Map(stored.map(({ id, state }) => [id, state]));
  const rows = updates.map(({ candidate: given, until, card, stateAfter }) => {
    const { id, component, from, to, step } = given;
    const { project, upstream, key } = component;
    const state = stateAfter(before.get(id));
    const times = { until, firstSeenAt: now, updatedAt: now };
    const moving = { from, to: to.version, step, state, snapshot: { candidate: given, card } };
    return { id, project, upstream, componentKey: key, ...moving, ...times };
  });
  await insertRows(tx, candidates, { columns: COLUMNS, rows, conflict: REPLACE });
}

const COLUMNS = getTableColumns(candidates);
const CHANGING = ["from_versions", "step", "state", "until", "updated_at"].map((name) => sql.identifier(name));
/** Moves a candidate's text only when it differs: it is long, and the same in most plans. */
const SNAPSHOT = sql`case when ${candidates.snapshot} = excluded.snapshot then ${candidates.snapshot} else excluded.snapshot end`;
const REPLACE = sql`on conflict (id) do update set snapshot = ${SNAPSHOT}, ${sql.join(
  CHANGING.map((name) => sql`${name} = excluded.${name}`),
  sql`, `,
)}`;

/** Upstream and version that each open candidate leads to. */
export function openTargets(db: Database): Promise<{ readonly upstream: string; readonly version: string }[]> {
  return db
    .selectDistinct({ upstream: candidates.upstream, version: candidates.to })
    .from(candidates)
    .where(inArray(candidates.state, [...OPEN_STATES]));
}

/** One candidate; undefined when there is none of that id. */
export async function candidate(db: Database, id: string): Promise<StoredCandidate | undefined> {
  const [row] = await db.select().from(candidates).where(eq(candidates.id, id));
  return row === undefined ? undefined : present(row);
}

/** Candidates whose id begins so, by their ids; at most a few: enough to see that there are several. */
export async function candidatesStarting(db: Database, prefix: string): Promise<StoredCandidate[]> {
  const rows = await db
    .select()
    .from(candidates)
    .where(sql`starts_with(${candidates.id}, ${prefix})`)
    .orderBy(asc(candidates.id))
    .limit(5);
  return rows.map(present);
}

/** Every candidate that an upstream ever gave, in any project, the one that was looked at last first. */
export async function candidatesOfUpstream(db: Database, upstream: string): Promise<StoredCandidate[]> {
  const rows = await db
    .select()
    .from(candidates)
    .where(eq(candidates.upstream, upstream))
    .orderBy(desc(candidates.updatedAt), asc(candidates.id));
  return rows.map(present);
}

/** A project's candidates (or those in the given states), in the order in which they were first seen. */
export async function candidatesOf(
  db: Database,
  project: string,
  states?: readonly CandidateState[],
): Promise<StoredCandidate[]> {
  const wanted = states === undefined ? undefined : inArray(candidates.state, [...states]);
  const rows = await db
    .select()
    .from(candidates)
    .where(and(eq(candidates.project, project), wanted))
    .orderBy(asc(candidates.firstSeenAt), asc(candidates.id));
  return rows.map(present);
}

/** Everything ever known of one component's moves, oldest first: what was delivered for it is found by their ids. */
export async function candidatesOfComponent(db: Database, project: string, key: string): Promise<StoredCandidate[]> {
  const rows = await db
    .select()
    .from(candidates)
    .where(and(eq(candidates.project, project), eq(candidates.componentKey, key)))
    .orderBy(asc(candidates.firstSeenAt), asc(candidates.id));
  return rows.map(present);
}

/** Where a candidate stands, and stays until the transaction ends; undefined: there is none of that id. */
export async function holdCandidateState(tx: Database, id: string): Promise<CandidateState | undefined> {
  const [row] = await tx
    .select({ state: candidates.state })
    .from(candidates)
    .where(eq(candidates.id, id))
    .for("update");
  return row?.state;
}

/** Moves a candidate to another state. */
export async function setCandidateState(db: Database, id: string, state: CandidateState, now: Instant): Promise<void> {
  await db.update(candidates).set({ state, until: null, updatedAt: now }).where(eq(candidates.id, id));
}

/** Candidates of a project that are still on their way but are not among `current` any more; they become superseded. */
export function supersedeCandidates(
  db: Database,
  project: string,
  current: readonly string[],
  now: Instant,
): Promise<Pick<StoredCandidate, "id" | "upstream">[]> {
  const others = sql`not ${candidates.id} = any(${sql.param([...current])}::text[])`;
  return db
    .update(candidates)
    .set({ state: "superseded", until: null, updatedAt: now })
    .where(and(eq(candidates.project, project), inArray(candidates.state, [...OPEN_STATES]), others))
    .returning({ id: candidates.id, upstream: candidates.upstream });
}
