import type { Database } from "../database.ts";
import { sql } from "../sql/orm.ts";

/**
 * Gives the space of rows that were changed or dropped to the next ones, and counts again what the planner goes by. A server
 * does both by itself; the embedded engine has no autovacuum, and a store whose rows only change would grow for ever
 * (https://www.postgresql.org/docs/current/routine-vacuuming.html).
 */
export async function vacuum(db: Database): Promise<void> {
  await db.execute(sql`vacuum (analyze)`);
}
