import { type Instant, plus } from "../../domain/instant.ts";
import type { ProjectLine } from "../../domain/pages/overview.ts";
import type { Project } from "../../domain/project.ts";
import type { Failure } from "../../lib/failure.ts";
import type { Database } from "../database.ts";
import { candidates } from "../schema/decisions.ts";
import { components, pins, projects } from "../schema/projects.ts";
import { isDue, isFree } from "../sql/leases.ts";
import { oneOf } from "../sql/one-of.ts";
import { and, asc, eq, inArray, isNotNull, isNull, lte, notInArray, or, sql } from "../sql/orm.ts";
import { type Present, present } from "../sql/row.ts";
import { nextFailure } from "../sql/stored-failure.ts";

/** What is known of a watched project. */
export type ProjectState = Present<typeof projects.$inferSelect>;

/** Makes projects known, new ones due at once; known ones keep what is known of them. */
export async function ensureProjects(db: Database, watched: readonly Project[], now: Instant): Promise<void> {
  if (watched.length === 0) return;
  await db
    .insert(projects)
    .values(watched.map(({ id, name, source, branch }) => ({ id, name, source, branch, problems: [], dueAt: now })))
    .onConflictDoUpdate({
      target: projects.id,
      set: {
        name: sql`excluded.name`,
        source: sql`excluded.source`,
        branch: sql`excluded.branch`,
        dueAt: sql`coalesce(${projects.dueAt}, excluded.due_at)`,
      },
    });
}

/** Projects that the configuration no longer names are not read again, and their pins keep no upstream watched. */
export async function retireProjectsExcept(db: Database, ids: readonly string[]): Promise<void> {
  await db.transaction(async (tx) => {
    const others = ids.length === 0 ? undefined : notInArray(projects.id, [...ids]);
    const retired = await tx
      .update(projects)
      .set({ dueAt: null, leasedUntil: null })
      .where(others)
      .returning({ id: projects.id });
    const gone = retired.map(({ id }) => id);
    if (gone.length === 0) return;
    await tx.delete(pins).where(inArray(pins.project, gone));
    await tx.delete(components).where(inArray(components.project, gone));
  });
}

/**
 * Lets go of a project that was looked at once: it is not read again, and its pins keep no upstream watched. What was found
 * in it stays, for people to decide about.
 */
export async function letGoOf(db: Database, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.update(projects).set({ dueAt: null, leasedUntil: null }).where(eq(projects.id, id));
    await tx.update(pins).set({ watched: false }).where(eq(pins.project, id));
    await tx.delete(components).where(eq(components.project, id));
  });
}

/** What is known of a project; undefined when it was never made known. */
export async function projectState(db: Database, id: string): Promise<ProjectState | undefined> {
  const [row] = await db.select().from(projects).where(eq(projects.id, id));
  return row === undefined ? undefined : present(row);
}

/** What is known of all projects that are watched, by name. */
export async function projectStates(db: Database): Promise<ProjectState[]> {
  const rows = await db.select().from(projects).where(isNotNull(projects.dueAt)).orderBy(asc(projects.id));
  return rows.map(present);
}

/** The projects that are watched, as lines of a list. */
export async function projectLines(db: Database): Promise<ProjectLine[]> {
  const counted = db.$with("counted").as(
    db
      .select({ project: components.project, count: sql<number>`count(*)::int`.as("count") })
      .from(components)
      .groupBy(components.project),
  );
  const waiting = db.$with("waiting").as(
    db
      .select({
        project: candidates.project,
        held: sql<number>`(count(*) filter (where ${candidates.state} = 'held'))::int`.as("held"),
        proposed: sql<number>`(count(*) filter (where ${candidates.state} = 'proposed'))::int`.as("proposed"),
      })
      .from(candidates)
      .where(inArray(candidates.state, ["held", "proposed"]))
      .groupBy(candidates.project),
  );
  const rows = await db
    .with(counted, waiting)
    .select({
      id: projects.id,
      readAt: projects.discoveredAt,
      failure: projects.failure,
      components: sql<number>`coalesce(${counted.count}, 0)`,
      held: sql<number>`coalesce(${waiting.held}, 0)`,
      proposed: sql<number>`coalesce(${waiting.proposed}, 0)`,
    })
    .from(projects)
    .leftJoin(counted, eq(counted.project, projects.id))
    .leftJoin(waiting, eq(waiting.project, projects.id))
    .where(isNotNull(projects.dueAt))
    .orderBy(asc(projects.id));
  return rows.map(present);
}
/** A project that was taken, and until when: the word that only its taker knows. */
export type ClaimedProject = { readonly id: string; readonly lease: Instant };

/**
 * Takes up to `limit` projects that are due, longest due first, and keeps others from taking them for `leaseMs`. Who
 * takes one gives it back with `returnProject`; one that is not given back is due again when the lease is over. A lease
 * or a due time further away than any that is ever given was set by a wrong clock, and counts as over.
 */
export async function claimDueProjects(
  db: Database,
  now: Instant,
  limit: number,
  leaseMs: number,
): Promise<ClaimedProject[]> {
  const due = db.$with("due").as(
    db
      .select({ id: projects.id })
      .from(projects)
      .where(and(isDue(projects.dueAt, now), isFree(projects.leasedUntil, now, leaseMs)))
      .orderBy(asc(projects.dueAt))
      .limit(limit)
      .for("update", { skipLocked: true }),
  );
  const lease = plus(now, leaseMs);
  const claimed = await db
    .with(due)
    .update(projects)
    .set({ leasedUntil: lease })
    .where(inArray(projects.id, db.select({ id: due.id }).from(due)))
    .returning({ id: projects.id });
  return claimed.map(({ id }) => ({ id, lease }));
}

/**
 * Renews the lease of a project, for its taker alone: undefined when somebody else has it by now, or it was given back.
 * With `now`, also one that is due and that nobody has: how a hint is checked before it is followed.
 */
export async function renewProject(
  db: Database,
  { id, lease }: ClaimedProject,
  until: Instant,
  now?: Instant,
): Promise<ClaimedProject | undefined> {
  const mine = eq(projects.leasedUntil, lease);
  const nobodys = or(isNull(projects.leasedUntil), lte(projects.leasedUntil, now ?? lease));
  const free = now === undefined ? mine : or(mine, and(isDue(projects.dueAt, now), nobodys));
  const renewed = await db
    .update(projects)
    .set({ leasedUntil: until })
    .where(and(eq(projects.id, id), free))
    .returning({ id: projects.id });
  return renewed.length === 0 ? undefined : { id, lease: until };
}

/**
 * Gives a project back and says when it is read next; without `next` it is due as before. Where somebody wished for it
 * since `takenAt`, it stays due.
 */
export async function returnProject(
  db: Database,
  { id, lease }: ClaimedProject,
  next?: { readonly dueAt: Instant; readonly takenAt: Instant },
): Promise<void> {
  const mine = and(eq(projects.id, id), eq(projects.leasedUntil, lease));
  const dueAt =
    next === undefined
      ? undefined
      : sql`case when ${projects.dueAt} > ${next.takenAt}::timestamptz and ${projects.dueAt} <= ${next.dueAt}::timestamptz then ${projects.dueAt} else ${next.dueAt}::timestamptz end`;
  await db
    .update(projects)
    .set({ leasedUntil: null, ...(dueAt !== undefined && { dueAt }) })
    .where(mine);
}

/** Says when projects are read next, whoever reads them now. */
export async function setProjectsDue(db: Database, ids: readonly string[], dueAt: Instant): Promise<void> {
  if (ids.length === 0) return;
  await db
    .update(projects)
    .set({ dueAt })
    .where(inArray(projects.id, [...ids]));
}

/** Sees to it that projects which take something from any of the given upstreams are read by then at the latest. */
export async function wakeProjectsPinning(db: Database, purls: readonly string[], by: Instant): Promise<void> {
  if (purls.length === 0) return;
  await db.execute(sql`
    with locked as (
      select p.id from ${projects} p
      where p.due_at > ${by}::timestamptz and p.id in (
        select ${pins.project} from ${pins} where ${pins.watched} and ${oneOf(pins.upstream, purls)}
      )
      order by p.id for update
    )
    update ${projects} p set due_at = ${by}::timestamptz where p.id in (select id from locked)`);
}

/** Stores that a project's files could not be had. Its pins stay as they were last read. */
export async function recordProjectFailure(db: Database, id: string, failure: Failure, now: Instant): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx
      .select({ failure: projects.failure })
      .from(projects)
      .where(eq(projects.id, id))
      .for("update");
    await tx
      .update(projects)
      .set({ failure: nextFailure(row?.failure, failure, now) })
      .where(eq(projects.id, id));
  });
}
