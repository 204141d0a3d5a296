import type { Database } from "../database.ts";
import { sql } from "../sql/orm.ts";
import { newestKnown } from "./migrate.ts";

/** How the schema of an open database compares with this version's. Throws when the database does not answer. */
export async function schemaStanding(db: Database): Promise<"current" | "older" | "newer"> {
  const { rows } = await db.execute<{ newest: string | null }>(
    sql`select max(created_at) as newest from headgate.migrations`,
  );
  const newest = Number(rows[0]?.newest ?? 0);
  const expected = newestKnown();
  return newest === expected ? "current" : newest > expected ? "newer" : "older";
}
