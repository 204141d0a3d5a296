import { readFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { Failure, toFailure } from "../lib/failure.ts";
import { drizzle, migrate } from "./orm.ts";

const FOLDER = join(import.meta.dirname, "../../migrations");
const BOOKKEEPING = { migrationsSchema: "headgate", migrationsTable: "migrations" };

/** Any number that is ours: processes that start together migrate one after the other. */
const LOCK = 4_183_220_117;

/** Brings the schema up to date. A database that a newer version has migrated is refused: it may mean something else. */
export async function migrateDatabase(pool: pg.Pool): Promise<Failure | undefined> {
  const client = await pool.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
    const newest = await newestMigration(client);
    if (newest > newestKnown()) return tooNew();
    await migrate(drizzle(client), { migrationsFolder: FOLDER, ...BOOKKEEPING });
    return undefined;
  } catch (thrown) {
    return toFailure(thrown, "misconfigured", "The database's schema cannot be brought up to date");
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [LOCK]).catch(() => undefined); // ends with the session at the latest
    client.release();
  }
}

async function newestMigration(client: pg.PoolClient): Promise<number> {
  const table = `${BOOKKEEPING.migrationsSchema}.${BOOKKEEPING.migrationsTable}`;
  const known = await client.query<{ known: boolean }>("SELECT to_regclass($1) IS NOT NULL AS known", [table]);
  if (known.rows[0]?.known !== true) return 0;
  const newest = await client.query<{ newest: string | null }>(`SELECT max(created_at) AS newest FROM ${table}`);
  return Number(newest.rows[0]?.newest ?? 0);
}

function newestKnown(): number {
  const journal = JSON.parse(readFileSync(join(FOLDER, "meta/_journal.json"), "utf8")) as {
    entries: { when: number }[];
  };
  return Math.max(...journal.entries.map((entry) => entry.when));
}

function tooNew(): Failure {
  return new Failure(
    "misconfigured",
    "A newer version of Headgate has used this database. Start that version or a later one, or restore a backup that " +
      "was made before; this version leaves everything as it is.",
  );
}
