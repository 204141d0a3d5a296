import type { SQL } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { sql } from "./orm.ts";

/** A text that is one of many, as one parameter: a statement with a parameter for each is written and planned anew for every number of them. */
export function oneOf(column: PgColumn, values: readonly string[]): SQL {
  return sql`${column} = any(${sql.param(values.map((value) => column.mapToDriverValue(value)))}::text[])`;
}
