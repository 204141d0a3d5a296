import type { SQL } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { sql } from "./orm.ts";

/** For `ON CONFLICT DO UPDATE`: each of these columns takes the value that was to be inserted. */
export function fromInsert<Key extends string>(columns: Readonly<Record<Key, PgColumn>>): Record<Key, SQL> {
  const entries = Object.entries<PgColumn>(columns).map(([key, column]) => [
    key,
    sql`excluded.${sql.identifier(column.name)}`,
  ]);
  return Object.fromEntries(entries) as Record<Key, SQL>;
}
