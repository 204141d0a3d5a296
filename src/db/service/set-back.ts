import type { PgColumn } from "drizzle-orm/pg-core";
import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { deliveries } from "../schema/deliveries.ts";
import { projects } from "../schema/projects.ts";
import { budgets, hosts } from "../schema/service.ts";
import { upstreams } from "../schema/upstreams.ts";
import { gt, or, sql } from "../sql/orm.ts";
import { type Duty, plannedAhead } from "./duties.ts";

/**
 * Where a duty was planned by a clock that ran ahead and was set back since, plans it anew, and brings forward what else that
 * clock had put off: all of it, or nothing. Gives by how many milliseconds, to one of many who ask; 0 where nothing is wrong.
 */
export function followClock(db: Database, duty: Duty, now: Instant): Promise<number> {
  return db.transaction(async (tx) => {
    const ahead = await plannedAhead(tx, duty);
    if (ahead > 0) await bringForward(tx, now, ahead);
    return ahead;
  });
}

/** Makes what is due later due earlier by so much, and nothing before now. */
async function bringForward(tx: Database, now: Instant, byMs: number): Promise<void> {
  const earlier = (column: PgColumn) =>
    sql`case when ${column} > ${now}::timestamptz
      then greatest(${now}::timestamptz, ${column} - ${byMs} * interval '1 millisecond') else ${column} end`;
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
  await tx
    .update(hosts)
    .set({ limitedUntil: earlier(limitedUntil), closedUntil: earlier(closedUntil) })
    .where(or(gt(limitedUntil, now), gt(closedUntil, now)));
}
