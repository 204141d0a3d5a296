import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { audit } from "../schema/deliveries.ts";
import { and, asc, gt, gte, lte } from "../sql/orm.ts";
import { asRetention } from "../sql/retention.ts";
import { type Present, present } from "../sql/row.ts";

/** An entry of the audit log with its number and moment. */
export type AuditEntry = Present<typeof audit.$inferSelect>;

/** Entries after a number and from a moment on, oldest first; at most `limit`. There is no way to add one by hand. */
export async function auditSince(
  db: Database,
  from: { readonly after?: number; readonly since?: Instant | undefined; readonly limit: number },
): Promise<AuditEntry[]> {
  const { after = 0, since, limit } = from;
  const rows = await db
    .select()
    .from(audit)
    .where(and(gt(audit.id, after), since === undefined ? undefined : gte(audit.at, since)))
    .orderBy(asc(audit.id))
    .limit(limit);
  return rows.map(present);
}

/** Drops entries from before that moment; gives back how many. */
export function pruneAudit(db: Database, before: Instant): Promise<number> {
  return asRetention(db, async (tx) => {
    const gone = await tx.delete(audit).where(lte(audit.at, before)).returning({ id: audit.id });
    return gone.length;
  });
}
