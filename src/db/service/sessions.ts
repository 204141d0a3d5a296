import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { sessions } from "../schema/service.ts";
import { and, eq, gt, lte } from "../sql/orm.ts";

/** A logged-in browser, by the keyed hash of what its cookie holds. */
export type StoredSession = typeof sessions.$inferSelect;

/** Logs a browser in. */
export async function insertSession(db: Database, session: StoredSession): Promise<void> {
  await db.insert(sessions).values(session);
}

/** The session of that id, unless it is over. */
export async function findSession(db: Database, id: string, now: Instant): Promise<StoredSession | undefined> {
  const [row] = await db
    .select()
    .from(sessions)
    .where(and(eq(sessions.id, id), gt(sessions.expiresAt, now)));
  return row;
}

/** Keeps a session alive, or says how its person wants to be named. */
export async function updateSession(
  db: Database,
  id: string,
  set: Partial<Pick<StoredSession, "person" | "seenAt" | "expiresAt">>,
): Promise<void> {
  await db.update(sessions).set(set).where(eq(sessions.id, id));
}

/** Logs a browser out. */
export async function deleteSession(db: Database, id: string): Promise<void> {
  await db.delete(sessions).where(eq(sessions.id, id));
}

/** Forgets the sessions that are over. */
export async function pruneSessions(db: Database, now: Instant): Promise<void> {
  await db.delete(sessions).where(lte(sessions.expiresAt, now));
}
