import { createHash } from "node:crypto";
import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { sql } from "../sql/orm.ts";

/** The first line of a backup. `schema`: the moment of the newest migration, which names the schema of its tables. */
type DumpHead = {
  readonly headgate: "backup";
  readonly format: 1;
  readonly schema: number;
  readonly at: Instant;
  readonly tables: readonly string[];
};

/** The line after a table's rows. `sha256`: of its rows' lines, each with its line feed. */
type DumpFoot = { readonly table: string; readonly rows: number; readonly sha256: string };

/** What says nothing after a restart is left out: who asks upstreams at this moment, and what migrations were applied. */
const LEFT_OUT = ["migrations", "replicas"];

const AT_ONCE = 500;

/**
 * The store as lines of JSON: a head; for each table its rows, one a line, as PostgreSQL writes them (`row_to_json`), and a
 * foot with their number and checksum. Read in one snapshot, a few hundred rows at a time; tables that others refer to
 * come first. It knows no table by name, so it also writes out a schema that is older than this version's.
 */
export async function dumpStore(
  db: Database,
  now: Instant,
  write: (line: string) => Promise<void>,
): Promise<{ readonly rows: number }> {
  return db.transaction(
    async (tx) => {
      const tables = await tablesOf(tx);
      const schema = await schemaOf(tx);
      const head: DumpHead = { headgate: "backup", format: 1, schema, at: now, tables };
      await write(JSON.stringify(head));
      let rows = 0;
      for (const table of tables) rows += await dumpTable(tx, table, write);
      await write(JSON.stringify({ end: "backup", rows }));
      return { rows };
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
}

/** The tables of a store that hold what must not be lost, in the order in which they can be filled. */
export async function tablesOf(db: Database): Promise<string[]> {
  const { rows } = await db.execute<{ name: string }>(sql`
    select c.relname as name from pg_class c
    where c.relnamespace = to_regnamespace('headgate') and c.relkind = 'r'
    order by (select count(*) from pg_constraint f where f.conrelid = c.oid and f.contype = 'f'), c.relname`);
  return rows.map(({ name }) => name).filter((name) => !LEFT_OUT.includes(name));
}

async function schemaOf(db: Database): Promise<number> {
  const { rows } = await db.execute<{ newest: string }>(sql`select max(created_at) as newest from headgate.migrations`);
  return Number(rows[0]?.newest ?? 0);
}

async function dumpTable(tx: Database, table: string, write: (line: string) => Promise<void>): Promise<number> {
  const name = sql.identifier(table);
  await tx.execute(
    sql`declare dumped no scroll cursor for select row_to_json(t)::text as line from headgate.${name} t`,
  );
  const hash = createHash("sha256");
  let rows = 0;
  for (;;) {
    const fetched = await tx.execute<{ line: string }>(sql`fetch ${sql.raw(String(AT_ONCE))} from dumped`);
    for (const { line } of fetched.rows) {
      hash.update(`${line}\n`);
      await write(line);
    }
    rows += fetched.rows.length;
    if (fetched.rows.length < AT_ONCE) break;
  }
  await tx.execute(sql`close dumped`);
  const foot: DumpFoot = { table, rows, sha256: hash.digest("hex") };
  await write(JSON.stringify({ end: "table", ...foot }));
  return rows;
}
