import { PGlite } from "@electric-sql/pglite";
import type pg from "pg";
import { type Failure, toFailure } from "../lib/failure.ts";
import { PglitePool } from "./pglite-pool.ts";

/** Opens the embedded PostgreSQL in a directory that the caller has locked, creating it (some five seconds) where there is none. */
export async function connectEmbedded(directory: string): Promise<pg.Pool | Failure> {
  try {
    const database = await PGlite.create({ dataDir: directory });
    await database.exec("SET search_path TO bullmq, public; SET timezone TO 'UTC'");
    return new PglitePool(database) as unknown as pg.Pool; // the parts of it that drizzle, BullMQ and we use
  } catch (thrown) {
    return toFailure(
      thrown,
      "unavailable",
      `The embedded store in ${directory} does not open. Restore it from a backup; if it never held anything, remove it`,
    );
  }
}
