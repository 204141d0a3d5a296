import { createHash } from "node:crypto";
import type pg from "pg";
import { z } from "zod";
import { Failure, toFailure } from "../../lib/failure.ts";
import { parseJson } from "../../lib/json.ts";
import { mayNotCreate, migrateTo, migratingAlone, newestKnown } from "../open/migrate.ts";
import { drizzle } from "../sql/orm.ts";
import { tablesOf } from "./dump.ts";

const HEAD = z.object({
  headgate: z.literal("backup"),
  format: z.literal(1),
  schema: z.number(),
  at: z.string(),
  tables: z.array(z.string().regex(/^[a-z_]{1,63}$/)),
});
const FOOT = z.object({ end: z.literal("table"), table: z.string(), rows: z.number(), sha256: z.string() });
const END = z.object({ end: z.literal("backup"), rows: z.number() });

const AT_ONCE = 500;

/** What was put back. */
export type Restored = { readonly at: string; readonly rows: number; readonly tables: number };

/**
 * Fills an empty store from the lines of a backup: the schema is made as it was, filled, checked row by row against the
 * checksums, and only then brought up to date. Refused: a store that holds anything, a backup of a newer version, and
 * one that is cut short or damaged; then nothing stays behind but empty tables. Refused with nothing touched: what a start
 * refuses, too. A process that starts meanwhile waits.
 */
export async function restoreStore(pool: pg.Pool, lines: AsyncIterable<string>): Promise<Restored | Failure> {
  const reader = lines[Symbol.asyncIterator]();
  const head = HEAD.safeParse(parseJson((await reader.next()).value)).data;
  if (head === undefined) return new Failure("misconfigured", "This is not a backup that Headgate wrote.");
  if (head.schema > newestKnown())
    return new Failure("misconfigured", "A newer version of Headgate wrote this backup: restore it with that version.");
  return migratingAlone(
    pool,
    async (client, { mayCreate }) => (mayCreate ? refill(client, reader, head) : mayNotCreate()), // what is dropped must be made again
  );
}

async function refill(
  client: pg.PoolClient,
  reader: AsyncIterator<string>,
  { at, schema, tables }: z.output<typeof HEAD>,
): Promise<Restored | Failure> {
  const made = (await makeRoom(client)) ?? (await migrateTo(client, schema));
  if (made !== undefined) return made;
  try {
    await client.query("BEGIN");
    await client.query("SELECT set_config('headgate.restoring', 'on', true)");
    const rows = await fill(client, reader, tables);
    await client.query("COMMIT");
    const failure = await migrateTo(client, newestKnown());
    return failure ?? { at, rows, tables: tables.length };
  } catch (thrown) {
    await client.query("ROLLBACK").catch(() => undefined);
    return toFailure(thrown, "unreadable", "The backup cannot be restored");
  }
}

/**
 * Removes our tables where they are empty, so that they can be made as they were. What a first start writes is no content.
 * The queue goes first: without it the rest is ours still, whenever this ends.
 */
async function makeRoom(client: pg.PoolClient): Promise<Failure | undefined> {
  for (const table of (await tablesOf(drizzle(client))).filter((name) => name !== "meta")) {
    const { rows } = await client.query(`SELECT EXISTS (SELECT 1 FROM headgate."${table}") AS used`);
    if (rows[0]?.used === true)
      return new Failure(
        "conflict",
        `The store is not empty (${table} has rows): a backup is restored into an empty one. Name another database or ` +
          "data directory, or remove what is there.",
      );
  }
  await client.query("DROP SCHEMA IF EXISTS bullmq CASCADE"); // jobs are hints about rows that are gone
  await client.query("DROP SCHEMA IF EXISTS headgate CASCADE");
  return undefined;
}

async function fill(client: pg.PoolClient, reader: AsyncIterator<string>, tables: readonly string[]): Promise<number> {
  let total = 0;
  for (const table of tables) total += await fillTable(client, reader, table);
  const end = END.safeParse(parseJson((await reader.next()).value)).data;
  if (end === undefined || end.rows !== total) throw new Failure("unreadable", "The backup is cut short.");
  return total;
}

async function fillTable(client: pg.PoolClient, reader: AsyncIterator<string>, table: string): Promise<number> {
  const hash = createHash("sha256");
  let rows = 0;
  let batch: string[] = [];
  const insert = async () => {
    if (batch.length === 0) return;
    const text = `INSERT INTO headgate."${table}" SELECT * FROM json_populate_recordset(NULL::headgate."${table}", $1::json)`;
    await client.query(text, [`[${batch.join(",")}]`]);
    batch = [];
  };
  for (;;) {
    const { value: line, done } = await reader.next();
    if (done === true || line === undefined) throw new Failure("unreadable", "The backup is cut short.");
    const foot = line.startsWith('{"end":"table"') ? FOOT.safeParse(parseJson(line)).data : undefined;
    if (foot !== undefined) {
      await insert();
      if (foot.table !== table || foot.rows !== rows || foot.sha256 !== hash.digest("hex"))
        throw new Failure("unreadable", `The backup is damaged: the rows of ${table} are not those that were written.`);
      await continueNumbers(client, table);
      return rows;
    }
    hash.update(`${line}\n`);
    rows++;
    batch.push(line);
    if (batch.length === AT_ONCE) await insert();
  }
}

/** Numbers that the database gives go on after those that were put back. */
async function continueNumbers(client: pg.PoolClient, table: string): Promise<void> {
  const { rows } = await client.query(
    "SELECT a.attname AS column FROM pg_attribute a WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped AND pg_get_serial_sequence($1, a.attname) IS NOT NULL",
    [`headgate."${table}"`],
  );
  for (const { column } of rows)
    await client.query(
      `SELECT setval(pg_get_serial_sequence('headgate."${table}"', '${column}'), coalesce(max("${column}"), 0) + 1, false) FROM headgate."${table}"`,
    );
}
