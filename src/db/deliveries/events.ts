import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { events } from "../schema/deliveries.ts";
import { and, asc, desc, eq, getTableColumns, gt, gte, inArray, isNull, lte, or } from "../sql/orm.ts";
import { asRetention } from "../sql/retention.ts";
import { type Present, present } from "../sql/row.ts";
import { insertRows } from "../sql/rows-as-json.ts";

/** Something that happened. `data` is plain, and holds no secret. */
export type NewEvent = {
  readonly kind: string;
  readonly project?: string | undefined;
  readonly upstream?: string | undefined;
  readonly candidate?: string | undefined;
  readonly data?: unknown;
};

/** An event with its number and moment. */
export type StoredEvent = Present<typeof events.$inferSelect>;

/** Appends what happened; gives back its number. */
export async function appendEvent(db: Database, event: NewEvent, now: Instant): Promise<number> {
  const [row] = await db
    .insert(events)
    .values({ ...event, at: now })
    .returning({ id: events.id });
  return row?.id ?? 0;
}

/** Appends several things that happened, in their order. */
export function appendEvents(db: Database, happened: readonly NewEvent[], now: Instant): Promise<void> {
  const rows = happened.map((event) => ({ ...event, at: now }));
  const { id: _, ...columns } = getTableColumns(events);
  return insertRows(db, events, { columns, rows });
}

/** The number of what happened last; 0 where nothing has. */
export async function lastEvent(db: Database): Promise<number> {
  const [row] = await db.select({ id: events.id }).from(events).orderBy(desc(events.id)).limit(1);
  return row?.id ?? 0;
}

/** What happened after an event, or from a moment on, oldest first; at most `limit` (1000). */
export async function eventsSince(
  db: Database,
  since: { readonly after: number } | { readonly from: Instant },
  options: { readonly kinds?: readonly string[]; readonly limit?: number } = {},
): Promise<StoredEvent[]> {
  const later = "after" in since ? gt(events.id, since.after) : gte(events.at, since.from);
  const kinds = options.kinds === undefined ? undefined : inArray(events.kind, [...options.kinds]);
  const rows = await db
    .select()
    .from(events)
    .where(and(later, kinds))
    .orderBy(asc(events.id))
    .limit(options.limit ?? 1000);
  return rows.map(present);
}

/** What happened to an upstream, or to one candidate of it, newest first. `project`: with it, or with none. */
export async function eventsAbout(
  db: Database,
  about: { readonly upstream: string; readonly project: string; readonly candidate?: string },
  limit: number,
): Promise<StoredEvent[]> {
  const { upstream, project, candidate } = about;
  const which =
    candidate === undefined ? or(eq(events.project, project), isNull(events.project)) : eq(events.candidate, candidate);
  const rows = await db
    .select()
    .from(events)
    .where(and(eq(events.upstream, upstream), which))
    .orderBy(desc(events.id))
    .limit(limit);
  return rows.map(present);
}

/** Drops events from before that moment; gives back how many. */
export async function pruneEvents(db: Database, before: Instant): Promise<number> {
  return asRetention(db, async (tx) => {
    const gone = await tx.delete(events).where(lte(events.at, before)).returning({ id: events.id });
    return gone.length;
  });
}
