import type { PgColumn } from "drizzle-orm/pg-core";
import type { Instant } from "../domain/instant.ts";
import type { Database } from "./database.ts";
import { deliveries } from "./schema/deliveries.ts";
import { projects } from "./schema/projects.ts";
import { budgets, hosts } from "./schema/service.ts";
import { upstreams } from "./schema/upstreams.ts";
import { gt, or, sql } from "./sql/orm.ts";

/**
 * Brings forward what is due later by as much as the clock was set back: it was put off by a clock that ran ahead, and
 * would else wait for that much longer. Nothing becomes due before now.
 */
export async function setBackMoments(db: Database, now: Instant, byMs: number): Promise<void> {
  const earlier = (column: PgColumn) =>
    sql`case when ${column} > ${now}::timestamptz
      then greatest(${now}::timestamptz, ${column} - ${byMs} * interval '1 millisecond') else ${column} end`;
  await db.transaction(async (tx) => {
    const { dueAt } = upstreams;
    await tx
      .update(upstreams)
      .set({ dueAt: earlier(dueAt) })
      .where(gt(dueAt, now));
    await tx
      .update(projects)
      .set({ dueAt: earlier(projects.dueAt) })
      .where(gt(projects.dueAt, now));
    await tx
      .update(deliveries)
      .set({ retryAt: earlier(deliveries.retryAt) })
      .where(gt(deliveries.retryAt, now));
    await tx
      .update(budgets)
      .set({ resetAt: earlier(budgets.resetAt) })
      .where(gt(budgets.resetAt, now));
    const { limitedUntil, closedUntil } = hosts;
    const paused = or(gt(limitedUntil, now), gt(closedUntil, now));
    await tx
      .update(hosts)
      .set({ limitedUntil: earlier(limitedUntil), closedUntil: earlier(closedUntil) })
      .where(paused);
  });
}
