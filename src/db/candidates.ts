import type { Candidate } from "../domain/bump.ts";
import { type CandidateState, OPEN_STATES } from "../domain/candidate-state.ts";
import type { TrustCard } from "../domain/digest.ts";
import type { Instant } from "../domain/instant.ts";
import type { Database } from "./client.ts";
import { and, asc, desc, eq, inArray, notInArray, sql } from "./orm.ts";
import { type Present, present } from "./row.ts";
import { candidates } from "./schema.ts";

/** A candidate as it is stored, with what was known of it when it was last looked at. */
export type StoredCandidate = Present<typeof candidates.$inferSelect>;

/** Where a candidate stands now. */
export type CandidateUpdate = {
  readonly state: CandidateState;
  readonly until?: Instant | undefined;
  readonly card: TrustCard;
};

/** Stores what is known of a candidate. Its first sight stays. Gives back the state that it had before, if it was known. */
export function upsertCandidate(
  db: Database,
  given: Candidate,
  { state, until, card }: CandidateUpdate,
  now: Instant,
): Promise<CandidateState | undefined> {
  const { id, component, from, to, step } = given;
  const changing = { from, step, state, until: until ?? null, updatedAt: now, snapshot: { candidate: given, card } };
  const fixed = { project: component.project, upstream: component.upstream, componentKey: component.key };
  return db.transaction(async (tx) => {
    const [before] = await tx
      .select({ state: candidates.state })
      .from(candidates)
      .where(eq(candidates.id, id))
      .for("update");
    await tx
      .insert(candidates)
      .values({ id, ...fixed, to: to.version, firstSeenAt: now, ...changing })
      .onConflictDoUpdate({ target: candidates.id, set: changing });
    return before?.state;
  });
}

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

/** Moves a candidate to another state. */
export async function setCandidateState(db: Database, id: string, state: CandidateState, now: Instant): Promise<void> {
  await db.update(candidates).set({ state, until: null, updatedAt: now }).where(eq(candidates.id, id));
}

/** Candidates of a project that are still on their way but are not among `current` any more; they become superseded. */
export async function supersedeCandidates(
  db: Database,
  project: string,
  current: readonly string[],
  now: Instant,
): Promise<StoredCandidate[]> {
  const others = current.length === 0 ? undefined : notInArray(candidates.id, [...current]);
  const rows = await db
    .update(candidates)
    .set({ state: "superseded", until: null, updatedAt: now })
    .where(and(eq(candidates.project, project), inArray(candidates.state, [...OPEN_STATES]), others))
    .returning();
  return rows.map(present);
}
