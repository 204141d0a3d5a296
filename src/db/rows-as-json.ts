import type { SQL } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { Database } from "./client.ts";
import { storableJson } from "./columns.ts";
import { sql } from "./orm.ts";

/** By the key that a row has a value under: the column it belongs to. */
export type RowColumns = Readonly<Record<string, PgColumn>>;

/**
 * Rows as one parameter, to be selected from: `rows("purl" text, …)`. A statement whose text grows with its rows costs ten
 * times as much to build and to read, and this is where most of the time of storing went. What a row lacks is NULL.
 */
export function rowsFrom(columns: RowColumns, rows: readonly object[]): SQL {
  const definitions = Object.entries(columns).map(
    ([key, column]) => sql`${sql.identifier(key)} ${sql.raw(column.getSQLType())}`,
  );
  return sql`json_to_recordset(${storableJson(rows)}::json) as rows(${sql.join(definitions, sql`, `)})`;
}

/** Inserts rows in one statement; `conflict` is its `ON CONFLICT` clause. */
export async function insertRows(
  db: Database,
  table: PgTable,
  { columns, rows, conflict }: { columns: RowColumns; rows: readonly object[]; conflict?: SQL },
): Promise<void> {
  if (rows.length === 0) return;
  const names = Object.values(columns).map((column) => sql.identifier(column.name));
  const keys = Object.keys(columns).map((key) => sql.identifier(key));
  await db.execute(
    sql`insert into ${table} (${sql.join(names, sql`, `)}) select ${sql.join(keys, sql`, `)} from ${rowsFrom(columns, rows)} ${conflict ?? sql``}`,
  );
}
