import type { Delivery } from "../../domain/bump.ts";
import { type Instant, plus } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { deliveries } from "../schema/deliveries.ts";
import { and, asc, eq, inArray, isNotNull, lte, or, sql } from "../sql/orm.ts";
import { present } from "../sql/row.ts";

/** What is about to be delivered. */
export type DeliveryClaim = Pick<Delivery, "key" | "channel" | "subject" | "about"> & { readonly payload?: unknown };

/** Whether this process may deliver; if not, what stands in the way. */
export type Claimed = { readonly claimed: true } | { readonly claimed: false; readonly existing: Delivery };

/**
 * Takes the right to deliver under a key: it is new, or was started longer than `leaseMs` ago and never finished (a
 * crash), or failed for a while that is over. Everything else was delivered, is being delivered, or failed for good.
 */
export async function claimDelivery(
  db: Database,
  wanted: DeliveryClaim,
  now: Instant,
  leaseMs: number,
): Promise<Claimed> {
  const abandoned = and(eq(deliveries.state, "started"), lte(deliveries.at, plus(now, -leaseMs)));
  const retriable = and(eq(deliveries.state, "failed"), lte(deliveries.retryAt, now));
  const { key, channel, subject, payload, about } = wanted;
  const started = { state: "started", at: now, error: null, retryAt: null } as const;
  const taken = await db
    .insert(deliveries)
    .values({ key, channel, subjectKind: subject.kind, subjectId: subject.id, payload, about, ...started })
    .onConflictDoUpdate({ target: deliveries.key, set: started, setWhere: sql`(${abandoned}) or (${retriable})` })
    .returning({ key: deliveries.key });
  if (taken.length > 0) return { claimed: true };
  const existing = await delivery(db, key);
  // Rows are never deleted, so what stands in the way is there; if not, not delivering is the safe side.
  return { claimed: false, existing: existing ?? { key, channel, subject, state: "started", at: now } };
}

/** Stores where a delivery stands. What was sent stays sent: a late word of having started does not undo it. */
export async function recordDelivery(db: Database, made: Delivery): Promise<void> {
  const { key, channel, subject, state, at } = made;
  const { url, externalId, commit, error, retryAt } = made;
  const changing = { state, at, error: error ?? null, retryAt: retryAt ?? null };
  // What is known of the outside thing stays known when a later attempt does not get as far.
  const known = {
    url: sql`coalesce(excluded.url, ${deliveries.url})`,
    externalId: sql`coalesce(excluded.external_id, ${deliveries.externalId})`,
    commit: sql`coalesce(excluded.commit, ${deliveries.commit})`,
  };
  await db
    .insert(deliveries)
    .values({ key, channel, subjectKind: subject.kind, subjectId: subject.id, url, externalId, commit, ...changing })
    .onConflictDoUpdate({
      target: deliveries.key,
      set: { ...changing, ...known },
      setWhere: sql`not (${deliveries.state} = 'sent' and excluded.state = 'started')`,
    });
}

/** What a channel began and did not finish, or has to try again, with what it has to send; oldest first. */
export async function unfinishedDeliveries(
  db: Database,
  channel: string,
): Promise<{ readonly delivery: Delivery; readonly payload: unknown }[]> {
  const again = and(eq(deliveries.state, "failed"), isNotNull(deliveries.retryAt));
  const rows = await db
    .select()
    .from(deliveries)
    .where(
      and(eq(deliveries.channel, channel), isNotNull(deliveries.payload), or(eq(deliveries.state, "started"), again)),
    )
    .orderBy(asc(deliveries.at), asc(deliveries.key));
  return rows.map((row) => ({ delivery: toDelivery(row), payload: row.payload }));
}

/** Forgets what was to be sent: it was, or never will be. */
export async function dropPayload(db: Database, key: string): Promise<void> {
  await db.update(deliveries).set({ payload: null }).where(eq(deliveries.key, key));
}

/** One delivery by its key. */
async function delivery(db: Database, key: string): Promise<Delivery | undefined> {
  const [row] = await db.select().from(deliveries).where(eq(deliveries.key, key));
  return row === undefined ? undefined : toDelivery(row);
}

/** What was delivered about subjects, or tried, oldest first. */
export async function deliveriesOf(
  db: Database,
  kind: Delivery["subject"]["kind"],
  ids: readonly string[],
): Promise<Delivery[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.subjectKind, kind), inArray(deliveries.subjectId, [...ids])))
    .orderBy(asc(deliveries.at), asc(deliveries.key));
  return rows.map(toDelivery);
}

function toDelivery(row: typeof deliveries.$inferSelect): Delivery {
  const { subjectKind: kind, subjectId: id, payload: _, ...rest } = row;
  return { ...present(rest), subject: { kind, id } };
}
