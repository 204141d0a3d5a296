import { type Instant, plus } from "../../domain/instant.ts";
import { type LeaseRequest, leaseFrom, returnedTo } from "../../lib/limits/budget.ts";
import type { HostStore, Pause } from "../../lib/limits/host-store.ts";
import type { Database } from "../database.ts";
import { budgets, hosts, replicas } from "../schema/service.ts";
import { asc, eq, gt, gte, lte, or, sql } from "../sql/orm.ts";
import { present } from "../sql/row.ts";

/** A process that has not been heard of for so long asks nobody. */
const PRESENT = 30_000;
/** A circuit that nobody has tried for so long is no news. */
const RECENT = 600_000;
const FORGOTTEN = 86_400_000;

/** What is left of a budget. */
export type StoredBudget = typeof budgets.$inferSelect;

/** The store of pauses and budgets for every process on this database. `replica`: this process's own id. */
export function createHostStore(db: Database, replica: string): HostStore {
  return {
    meet: async (now) => {
      await db
        .insert(replicas)
        .values({ id: replica, seenAt: now })
        .onConflictDoUpdate({ target: replicas.id, set: { seenAt: now } });
      const present = await replicasSince(db, plus(now, -PRESENT));
      return { pauses: await pausesAt(db, now), replicas: present };
    },
    pause: async ({ name, limitedUntil, closedUntil, trouble }, now) => {
      const row = { limitedUntil: limitedUntil ?? null, closedUntil: closedUntil ?? null, trouble, updatedAt: now };
      await db
        .insert(hosts)
        .values({ host: name, ...row })
        .onConflictDoUpdate({ target: hosts.host, set: row });
    },
    lease: (request, now) =>
      db.transaction(async (tx) => {
        const row = (await lockBudget(tx, request.name)) ?? (await openBudget(tx, request, now));
        const lease = leaseFrom(row, request, now);
        if (lease.budget === undefined) return lease;
        const values = { ...lease.budget, updatedAt: now };
        await tx.update(budgets).set(values).where(eq(budgets.name, request.name));
        return lease;
      }),
    giveBack: (name, count, now) =>
      db.transaction(async (tx) => {
        const row = await lockBudget(tx, name);
        if (row === undefined) return;
        const { remaining } = returnedTo(row, count, now);
        await tx.update(budgets).set({ remaining }).where(eq(budgets.name, name));
      }),
    leave: async () => {
      await db.delete(replicas).where(eq(replicas.id, replica));
    },
  };
}

/** What is left of every budget whose window lasts, for `doctor` and metrics. */
export async function budgetsAt(db: Database, now: Instant): Promise<StoredBudget[]> {
  return db.select().from(budgets).where(gt(budgets.resetAt, now)).orderBy(asc(budgets.name));
}

/** Forgets processes, hosts and budgets of which nothing was heard for a day. */
export async function pruneHosts(db: Database, now: Instant): Promise<void> {
  const before = plus(now, -FORGOTTEN);
  await db.delete(replicas).where(lte(replicas.seenAt, before));
  await db.delete(hosts).where(lte(hosts.updatedAt, before));
  await db.delete(budgets).where(lte(budgets.resetAt, before));
}

async function lockBudget(db: Database, name: string): Promise<StoredBudget | undefined> {
  const [row] = await db.select().from(budgets).where(eq(budgets.name, name)).for("update");
  return row;
}

/** A row that is not there cannot be locked: whoever comes second waits for the first one's. */
async function openBudget(db: Database, request: LeaseRequest, now: Instant): Promise<StoredBudget | undefined> {
  const { name } = request;
  const { budget } = leaseFrom(undefined, { ...request, wanted: 0 }, now);
  if (budget === undefined) return undefined;
  await db
    .insert(budgets)
    .values({ name, ...budget, updatedAt: now })
    .onConflictDoNothing();
  return lockBudget(db, name);
}

async function replicasSince(db: Database, since: Instant): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(replicas)
    .where(gte(replicas.seenAt, since));
  return row?.count ?? 1;
}

/** Hosts and budgets that are left alone, or whose next request is a trial. */
export async function pausesAt(db: Database, now: Instant): Promise<Pause[]> {
  const rows = await db
    .select()
    .from(hosts)
    .where(or(gt(hosts.limitedUntil, now), gt(hosts.closedUntil, plus(now, -RECENT))));
  return rows.map(present).map(({ host, limitedUntil, closedUntil, trouble }) => ({
    name: host,
    limitedUntil,
    closedUntil,
    trouble,
  }));
}
