import type { Alert } from "../domain/bump.ts";
import type { Instant } from "../domain/instant.ts";
import type { Database } from "./client.ts";
import { and, asc, eq, inArray, sql } from "./orm.ts";
import { alerts } from "./schema.ts";

/**
 * Stores an alert. One that is open or acknowledged already keeps its state and the moment it opened; a resolved one
 * opens again. Gives back whether it is news.
 */
export function raiseAlert(db: Database, raised: Alert, now: Instant): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [before] = await tx.select().from(alerts).where(isAlert(raised)).for("update");
    const known = before !== undefined && before.state !== "resolved" ? before : undefined;
    const { project, upstream } = raised;
    const state = known?.state ?? "open";
    const openedAt = known?.openedAt ?? raised.openedAt;
    const row = { state, openedAt, updatedAt: now, alert: { ...raised, state, openedAt } };
    await tx
      .insert(alerts)
      .values({ project, upstream, class: raised.class, ...row })
      .onConflictDoUpdate({ target: [alerts.project, alerts.upstream, alerts.class], set: row });
    return known === undefined;
  });
}

/** Says that somebody has seen an alert, or that its trouble is over; true when it was in another state before. */
export async function setAlertState(
  db: Database,
  which: Pick<Alert, "project" | "upstream" | "class">,
  state: "acknowledged" | "resolved",
  now: Instant,
): Promise<boolean> {
  const alert = sql`jsonb_set(${alerts.alert}, '{state}', to_jsonb(${state}::text))`;
  const changed = await db
    .update(alerts)
    .set({ state, updatedAt: now, alert })
    .where(and(isAlert(which), sql`${alerts.state} <> ${state}`))
    .returning({ state: alerts.state });
  return changed.length > 0;
}

/** Alerts that nobody has resolved, oldest first. */
export async function standingAlerts(db: Database): Promise<Alert[]> {
  const rows = await db
    .select({ alert: alerts.alert })
    .from(alerts)
    .where(inArray(alerts.state, ["open", "acknowledged"]))
    .orderBy(asc(alerts.openedAt), asc(alerts.project), asc(alerts.upstream));
  return rows.map(({ alert }) => alert);
}

function isAlert(which: Pick<Alert, "project" | "upstream" | "class">) {
  return and(eq(alerts.project, which.project), eq(alerts.upstream, which.upstream), eq(alerts.class, which.class));
}
