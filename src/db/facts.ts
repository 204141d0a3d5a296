import type { Instant } from "../domain/instant.ts";
import { Failure, isFailure } from "../lib/failure.ts";
import type { Database } from "./client.ts";
import { and, eq, gt } from "./orm.ts";
import { facts } from "./schema.ts";

/** Facts as they were collected: what they are, from where, when. */
export type Facts = { readonly facts: unknown; readonly source: string; readonly at: Instant };

/** Keeps what a signal (or check) collected about a subject until `expiresAt`. A failure is kept, too: not to ask again too soon. */
export async function putFacts(
  db: Database,
  subject: string,
  signal: string,
  collected: Facts | Failure,
  expiresAt: Instant,
): Promise<void> {
  const row = isFailure(collected)
    ? { failure: toRow(collected), expiresAt }
    : { facts: collected.facts, source: collected.source, at: collected.at, failure: null, expiresAt };
  await db
    .insert(facts)
    .values({ purl: subject, signal, ...row })
    .onConflictDoUpdate({ target: [facts.purl, facts.signal], set: row });
}

/** What was collected and has not expired; undefined when it must be collected again. */
export async function freshFacts(
  db: Database,
  subject: string,
  signal: string,
  now: Instant,
): Promise<Facts | Failure | undefined> {
  const [row] = await db
    .select()
    .from(facts)
    .where(and(eq(facts.purl, subject), eq(facts.signal, signal), gt(facts.expiresAt, now)));
  return row === undefined ? undefined : toCollected(row);
}

/** What was collected last, expired or not, for people who ask what is known; undefined when nothing ever was. */
export async function lastFacts(db: Database, subject: string, signal: string): Promise<Facts | Failure | undefined> {
  const [row] = await db
    .select()
    .from(facts)
    .where(and(eq(facts.purl, subject), eq(facts.signal, signal)));
  return row === undefined ? undefined : toCollected(row);
}

function toCollected(row: typeof facts.$inferSelect): Facts | Failure {
  if (row.failure !== null) return new Failure(row.failure.code, row.failure.message, { retryAt: row.failure.retryAt });
  return { facts: row.facts, source: row.source ?? "", at: row.at ?? row.expiresAt };
}

function toRow({ code, message, retryAt }: Failure) {
  return retryAt === undefined ? { code, message } : { code, message, retryAt };
}
