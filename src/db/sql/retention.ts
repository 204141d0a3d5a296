import type { Database } from "../database.ts";
import { sql } from "./orm.ts";

/**
 * Drops rows of append-only tables. The database refuses that to everybody else: its triggers look for the word that is
 * said here, which ends with the transaction.
 */
export function asRetention<Result>(db: Database, drop: (tx: Database) => Promise<Result>): Promise<Result> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select set_config('headgate.retention', 'on', true)`);
    return drop(tx);
  });
}
