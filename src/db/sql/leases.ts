import type { SQL } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { DAY, type Instant, plus } from "../../domain/instant.ts";
import { sql } from "./orm.ts";

/** Longer than anything is ever put off, but by a clock that was wrong. */
const FURTHEST = 8 * DAY;

/** True in the database for a row whose time has come, or lies so far away that only a wrong clock can have set it. */
export function isDue(dueAt: PgColumn | SQL, now: Instant): SQL {
  return sql`(${dueAt} <= ${now}::timestamptz or ${dueAt} > ${plus(now, FURTHEST)}::timestamptz)`;
}

/**
 * True for a row that nobody has taken, or for longer ago than a lease lasts. A lease may end a little later than one taken
 * now would, since clocks of several machines differ; one that ends much later was taken by a clock that was wrong.
 */
export function isFree(leasedUntil: PgColumn | SQL, now: Instant, leaseMs: number): SQL {
  const beyond = plus(now, 2 * leaseMs);
  return sql`(${leasedUntil} is null or ${leasedUntil} <= ${now}::timestamptz or ${leasedUntil} > ${beyond}::timestamptz)`;
}
