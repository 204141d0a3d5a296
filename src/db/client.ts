import { join } from "node:path";
import type { NodePgQueryResultHKT } from "drizzle-orm/node-postgres";
import type { PgDatabase } from "drizzle-orm/pg-core";
import type pg from "pg";
import { type Failure, isFailure } from "../lib/failure.ts";
import type { Log } from "../lib/log.ts";
import { lockDirectory } from "./lock.ts";
import { migrateDatabase } from "./migrate.ts";
import { drizzle } from "./orm.ts";

/** What query functions take: the store, or a transaction on it. */
export type Database = PgDatabase<NodePgQueryResultHKT, Record<string, never>>;

/** The connections under a `Database`, as `pg.Pool` has them. The queue shares them. */
export type DatabasePool = pg.Pool;

/** The store, open and migrated. `embedded`: inside this process, which alone may use the data directory until `close`. */
export type OpenDatabase = {
  readonly db: Database;
  readonly pool: DatabasePool;
  readonly kind: "embedded" | "server";
  readonly close: () => Promise<void>;
};

/**
 * Opens the PostgreSQL server at `url`, or the store embedded under `dataDir`, and brings its schema up to date.
 * Failures: `conflict` (another process has the directory), `misconfigured` (the address is wrong, or the store belongs
 * to a newer version), `unauthorized`, `unavailable`. None of them holds a password.
 */
export async function openDatabase(options: {
  readonly url?: string | undefined;
  readonly dataDir: string;
  /** Hears what had to be repaired. */
  readonly log?: Log | undefined;
}): Promise<OpenDatabase | Failure> {
  return options.url === undefined ? openEmbedded(options.dataDir) : openServer(options.url);
}

async function openServer(url: string): Promise<OpenDatabase | Failure> {
  const { connectServer } = await import("./server.ts");
  const pool = await connectServer(url);
  if (isFailure(pool)) return pool;
  return openPool(pool, "server", () => pool.end());
}

async function openEmbedded(dataDir: string): Promise<OpenDatabase | Failure> {
  const lock = lockDirectory(dataDir);
  if (isFailure(lock)) return lock;
  const { connectEmbedded } = await import("./embedded.ts");
  const pool = await connectEmbedded(join(dataDir, "pglite"));
  if (isFailure(pool)) {
    lock.release();
    return pool;
  }
  return openPool(pool, "embedded", async () => {
    await pool.end();
    lock.release();
  });
}

async function openPool(
  pool: DatabasePool,
  kind: OpenDatabase["kind"],
  close: () => Promise<void>,
): Promise<OpenDatabase | Failure> {
  const failure = await migrateDatabase(pool);
  if (failure === undefined) return { db: drizzle(pool), pool, kind, close };
  await close();
  return failure;
}
