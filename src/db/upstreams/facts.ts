import type { Instant } from "../../domain/instant.ts";
import { type Failure, isFailure, storedFailure } from "../../lib/failure.ts";
import type { Database } from "../database.ts";
import { facts } from "../schema/upstreams.ts";
import { eachOf } from "../sql/each-of.ts";
import { oneOf } from "../sql/one-of.ts";
import { getTableColumns, lte, sql } from "../sql/orm.ts";
import { batches, type Present } from "../sql/row.ts";
import { insertRows, rowsAsJson } from "../sql/rows-as-json.ts";

/** Facts as they were collected: what they are, from where, when. */
export type Facts = { readonly facts: unknown; readonly source: string; readonly at: Instant };

/** What a signal (or check) collected about a subject, and until when it holds. */
export type FactsRow = {
  readonly subject: string;
  readonly signal: string;
  readonly collected: Facts | Failure;
  readonly expiresAt: Instant;
};

/** Everything that is stored about some subjects, read at once. */
export type KnownFacts = ReadonlyMap<string, FactsRow>;

/** Rows of one statement. */
const CHUNK = 2_000;

/** Keeps what was collected about one subject. */
export function putFacts(db: Database, row: FactsRow): Promise<void> {
  return putAllFacts(db, [row]);
}

/** Keeps what was collected about many subjects. A failure is kept, too: not to ask again too soon. */
export async function putAllFacts(db: Database, rows: readonly FactsRow[]): Promise<void> {
  const latest = [...new Map(rows.map((row) => [keyOf(row.subject, row.signal), row])).values()];
  for (const some of batches(latest, CHUNK))
    await insertRows(db, facts, { columns: COLUMNS, rows: some.map(valuesOf), conflict: REPLACE });
}

/** Reads what is stored about some subjects, expired or not; with `signals`, only what those collected. */
export async function factsOf(
  db: Database,
  subjects: readonly string[],
  signals?: readonly string[],
): Promise<KnownFacts> {
  const known = new Map<string, FactsRow>();
  const where = signals === undefined ? sql`true` : oneOf(facts.signal, signals);
  for (const some of batches(subjects, CHUNK)) {
    const rows = await rowsAsJson<Row>(db, eachOf(facts.purl, some, { where }), COLUMNS);
    for (const row of rows) {
      const { subject, signal, expiresAt } = row;
      known.set(keyOf(subject, signal), { subject, signal, collected: toCollected(row), expiresAt });
    }
  }
  return known;
}

const { purl: subject, ...OTHER_COLUMNS } = getTableColumns(facts);
const COLUMNS = { subject, ...OTHER_COLUMNS };
const REPLACE = sql`on conflict (purl, signal) do update set facts = excluded.facts, source = excluded.source, at = excluded.at, failure = excluded.failure, expires_at = excluded.expires_at`;
type Row = Omit<typeof facts.$inferSelect, "purl"> & { readonly subject: string };

/** What was collected and has not expired; undefined when it must be collected again. */
export function freshIn(known: KnownFacts, subject: string, signal: string, now: Instant): Facts | Failure | undefined {
  const row = known.get(keyOf(subject, signal));
  return row === undefined || row.expiresAt <= now ? undefined : row.collected;
}

/** What was collected last, expired or not, for people who ask what is known; undefined when nothing ever was. */
export function lastIn(known: KnownFacts, subject: string, signal: string): Facts | Failure | undefined {
  return known.get(keyOf(subject, signal))?.collected;
}

function keyOf(subject: string, signal: string): string {
  return `${subject}\n${signal}`;
}

function valuesOf({ subject, signal, collected, expiresAt }: FactsRow): Row {
  if (isFailure(collected)) {
    const { code, message, retryAt } = collected;
    const failure = retryAt === undefined ? { code, message } : { code, message, retryAt };
    return { subject, signal, facts: null, source: null, at: null, failure, expiresAt };
  }
  const { facts: found, source, at } = collected;
  return { subject, signal, facts: found, source, at, failure: null, expiresAt };
}

/** Drops facts that expired before that moment; gives back how many. */
export async function pruneFacts(db: Database, before: Instant): Promise<number> {
  const gone = await db.delete(facts).where(lte(facts.expiresAt, before)).returning({ purl: facts.purl });
  return gone.length;
}

function toCollected({ failure, facts = null, source = "", at, expiresAt }: Present<Row>): Facts | Failure {
  if (failure !== undefined) return storedFailure(failure.code, failure.message, failure.retryAt);
  return { facts, source, at: at ?? expiresAt };
}
