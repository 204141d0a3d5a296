import type { PgColumn } from "drizzle-orm/pg-core";
import type { Instant } from "../../domain/instant.ts";
import type { FailureCode } from "../../lib/failure.ts";
import type { Database } from "../database.ts";
import { projects } from "../schema/projects.ts";
import { facts, upstreams } from "../schema/upstreams.ts";
import { oneOf } from "../sql/one-of.ts";
import { and, gt, sql } from "../sql/orm.ts";

/** Forges and registries say of what is private that there is no such thing. */
const REFUSALS: readonly FailureCode[] = ["unauthorized", "forbidden", "not-found"];

/** Makes what was refused due now: upstreams, and projects whose files could not be had. */
export async function wakeRefused(db: Database, now: Instant): Promise<void> {
  const isRefused = (failure: PgColumn) => sql`${failure}->>'code' = any(${sql.param([...REFUSALS])}::text[])`;
  const due = { dueAt: now };
  await db
    .update(upstreams)
    .set(due)
    .where(and(gt(upstreams.dueAt, now), isRefused(upstreams.failure)));
  await db
    .update(projects)
    .set(due)
    .where(and(gt(projects.dueAt, now), isRefused(projects.failure)));
}

/** Makes questions about versions due now that were asked in vain and rest; how often that was so stays known. */
export async function wakeLookups(db: Database, signals: readonly string[], now: Instant): Promise<void> {
  await db
    .update(facts)
    .set({ at: LONG_AGO, expiresAt: now })
    .where(and(oneOf(facts.signal, signals), gt(facts.expiresAt, now)));
}

/** Nothing rests for so long. */
const LONG_AGO: Instant = "1970-01-01T00:00:00.000Z";
