import { join } from "node:path";
import type pg from "pg";
import { type Failure, isFailure } from "../../lib/failure.ts";
import type { Log } from "../../lib/log.ts";
import { keepBackup, readBackup } from "../backup/backup-file.ts";
import { repairEmbedded } from "../backup/repair.ts";
import type { Restored } from "../backup/restore.ts";
import type { Database } from "../database.ts";
import { drizzle } from "../sql/orm.ts";
import { lockDirectory } from "./lock.ts";
import { migrateDatabase } from "./migrate.ts";

/** The connections under a `Database`, as `pg.Pool` has them. The queue shares them. */
export type DatabasePool = pg.Pool;

/** The store, open and migrated. `embedded`: inside this process, which alone may use the data directory until `close`. */
export type OpenDatabase = {
  readonly db: Database;
  readonly pool: DatabasePool;
  readonly kind: "embedded" | "server";
  readonly close: () => Promise<void>;
};

/** Which store to open. */
export type StoreOptions = {
  readonly url?: string | undefined;
  readonly dataDir: string;
  /** Hears what had to be repaired. */
  readonly log?: Log | undefined;
};

/**
 * Opens the PostgreSQL server at `url`, or the store embedded under `dataDir`, and brings its schema up to date. Before an
 * embedded store is migrated it is backed up; one that is damaged is put back from the newest backup, and that is said.
 * Failures: `conflict` (another process has the directory), `misconfigured` (the address is wrong, or the store belongs
 * to a newer version), `unauthorized`, `unavailable`. None of them holds a password.
 */
export async function openDatabase(options: StoreOptions): Promise<OpenDatabase | Failure> {
  const bare = await openBare(options);
  if (isFailure(bare)) return bare;
  const keep = async (client: pg.PoolClient) => {
    const kept = await keepBackup(drizzle(client), options.dataDir, new Date().toISOString());
    if (isFailure(kept)) return kept;
    options.log?.info(`The store is migrated to this version; ${kept.file} holds it as it was.`);
    return undefined;
  };
  const failure = await migrateDatabase(bare.pool, bare.kind === "embedded" ? keep : undefined);
  if (failure === undefined) return { db: drizzle(bare.pool), ...bare };
  await bare.close();
  return failure;
}

/** Fills an empty store from a backup, and closes it. */
export async function restoreDatabase(options: StoreOptions, file: string): Promise<Restored | Failure> {
  const bare = await openBare(options);
  if (isFailure(bare)) return bare;
  try {
    return await readBackup(bare.pool, file);
  } finally {
    await bare.close();
  }
}

type BareStore = Omit<OpenDatabase, "db">;

/** The store as it is, with nothing done to its schema. */
async function openBare({ url, dataDir, log }: StoreOptions): Promise<BareStore | Failure> {
  if (url === undefined) return openEmbedded(dataDir, log);
  const { connectServer } = await import("./server.ts");
  const pool = await connectServer(url);
  return isFailure(pool) ? pool : { pool, kind: "server", close: () => pool.end() };
}

async function openEmbedded(dataDir: string, log: Log | undefined): Promise<BareStore | Failure> {
  const lock = lockDirectory(dataDir);
  if (isFailure(lock)) return lock;
  const { connectEmbedded } = await import("./embedded.ts");
  const directory = join(dataDir, "pglite");
  const opened = await connectEmbedded(directory);
  const pool = isFailure(opened) ? await repairEmbedded(dataDir, directory, opened, log) : opened;
  if (isFailure(pool)) {
    lock.release();
    return pool;
  }
  const close = async () => {
    await pool.end();
    lock.release();
  };
  return { pool, kind: "embedded", close };
}
