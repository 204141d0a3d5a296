import type { SQL } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { sql } from "./orm.ts";

/**
 * The rows in which a text is one of many, to be selected from, by one look-up for each. With `= any` PostgreSQL reads the
 * whole table where it was not analysed since it grew: it believes that any text stands in a two-hundredth of the rows.
 * `selected` of each look-up, which may be an aggregate of its rows; default: all columns. `where`: what else they have.
 * `order`: of the rows of one look-up, and how many of them (`tag desc limit 3`).
 */
export function eachOf(
  column: PgColumn,
  values: readonly string[],
  {
    selected = sql`*`,
    where,
    order,
  }: { readonly selected?: SQL; readonly where?: SQL | undefined; readonly order?: SQL } = {},
): SQL {
  const sorted = order === undefined ? sql`` : sql`order by ${order}`;
  return sql`unnest(${sql.param([...new Set(values)].map((value) => column.mapToDriverValue(value)))}::text[]) as wanted(value)
    cross join lateral (select ${selected} from ${column.table} where ${column} = wanted.value and ${where ?? sql`true`} ${sorted} offset 0) as each`;
}
