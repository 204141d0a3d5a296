import type { SQL } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { Database } from "../database.ts";
import { instantType, storableJson, toInstant } from "./columns.ts";
import { sql } from "./orm.ts";
import type { Present } from "./row.ts";

/** By the key that a row has a value under: the column it belongs to. */
export type RowColumns = Readonly<Record<string, PgColumn>>;

/** Plain data as JSON that the store takes. */
export type Write = (value: unknown) => string;

/**
 * Writes every object once, however many rows have it: half of what a plan stores stands in two tables, and a score in
 * every candidate of its upstream. Good for as long as nothing of it changes.
 */
export function writingOnce(): Write {
  const known = new WeakMap<object, string>();
  return (value) => {
    if (typeof value !== "object" || value === null) return storableJson(value);
    const before = known.get(value);
    if (before !== undefined) return before;
    const text = storableJson(value);
    known.set(value, text);
    return text;
  };
}

/** JSON of an object: values, and under their keys those that are JSON already. */
export function objectText(values: object, written: Readonly<Record<string, string>>): string {
  return withKeys(storableJson(values), written);
}

/** JSON of an object, given as that, with more keys whose values are JSON already. */
export function withKeys(object: string, written: Readonly<Record<string, string>>): string {
  let text = object.slice(0, -1);
  for (const [key, value] of Object.entries(written))
    text += `${text === "{" ? "" : ","}${JSON.stringify(key)}:${value}`;
  return `${text}}`;
}

/**
 * Rows as one parameter, to be selected from: `rows("purl" text, …)`. A statement whose text grows with its rows costs ten
 * times as much to build and to read, and this is where most of the time of storing went. What a row lacks is NULL.
 */
export function rowsFrom(columns: RowColumns, rows: readonly object[]): SQL {
  return rowsOfTexts(columns, storableJson(rows));
}

function rowsOfTexts(columns: RowColumns, text: string): SQL {
  const definitions = Object.entries(columns).map(
    ([key, column]) => sql`${sql.identifier(key)} ${sql.raw(column.getSQLType())}`,
  );
  return sql`json_to_recordset(${text}::json) as rows(${sql.join(definitions, sql`, `)})`;
}

/**
 * Rows as one text of JSON: where there are many, taking them out of the driver one value at a time costs more than all
 * that is done with them. What is NULL is absent. Moments come as JSON has them, and are made ours here. The names of the
 * columns do not stand in every row: writing and reading them would be half of the work.
 */
export async function rowsAsJson<Row extends object>(
  db: Database,
  from: PgTable | SQL,
  columns: RowColumns,
  where: SQL = sql`true`,
): Promise<Present<Row>[]> {
  const asked = Object.values(columns).map((column) => sql.identifier(column.name));
  const { rows } = await db.execute<{ all: string | null }>(
    sql`select json_agg(json_build_array(${sql.join(asked, sql`, `)}))::text as all from ${from} where ${where}`,
  );
  const found = JSON.parse(rows[0]?.all ?? "[]") as unknown[][]; // what we wrote ourselves
  const keys = Object.keys(columns);
  const moments = keys.map((key) => columns[key]?.getSQLType() === instantType);
  return found.map((values) => {
    const row: Record<string, unknown> = {};
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at] ?? "";
      const value = values[at];
      if (value !== null) row[key] = moments[at] === true ? toInstant(value as string) : value;
    }
    return row as Present<Row>;
  });
}

/**
 * Inserts rows in one statement, with an array per column: PostgreSQL takes rows of so many columns out of arrays in a
 * third of the time that it needs for JSON. What no row has is left out, and NULL; what all rows have in common is sent
 * once. `conflict` is its `ON CONFLICT` clause.
 */
export async function insertRows(
  db: Database,
  table: PgTable,
  { columns, rows, conflict }: { columns: RowColumns; rows: readonly object[]; conflict?: SQL },
): Promise<void> {
  if (rows.length === 0) return;
  const given = Object.entries(columns)
    .map(([key, column]) => ({ column, values: rows.map((row) => (row as Readonly<Record<string, unknown>>)[key]) }))
    .filter(({ values }) => values.some((value) => value !== undefined));
  const [first, ...others] = given;
  if (first === undefined) return;
  const common = others.filter(({ values }) => values.every((value) => value === values[0]));
  const each = [first, ...others.filter((one) => !common.includes(one))]; // one array at least: it says how many rows there are
  const names = [...each, ...common].map(({ column }) => sql.identifier(column.name));
  const arrays = each.map(({ column, values }) => sql`${arrayOf(column, values)}::${typeOf(column)}[]`);
  const once = common.map(({ column, values }) => sql`, ${textOf(column, values[0])}::${typeOf(column)}`);
  await db.execute(
    sql`insert into ${table} (${sql.join(names, sql`, `)}) select rows.*${sql.join(once)} from unnest(${sql.join(arrays, sql`, `)}) as rows ${conflict ?? sql``}`,
  );
}

/**
 * Inserts rows that are JSON already, as `objectText` writes them. As records: in an array every quote of a long text would
 * have to be marked.
 */
export async function insertTexts(
  db: Database,
  table: PgTable,
  { columns, texts, conflict }: { columns: RowColumns; texts: readonly string[]; conflict?: SQL },
): Promise<void> {
  if (texts.length === 0) return;
  const names = Object.values(columns).map((column) => sql.identifier(column.name));
  const keys = Object.keys(columns).map((key) => sql.identifier(key));
  const rows = rowsOfTexts(columns, `[${texts.join(",")}]`);
  await db.execute(
    sql`insert into ${table} (${sql.join(names, sql`, `)}) select ${sql.join(keys, sql`, `)} from ${rows} ${conflict ?? sql``}`,
  );
}

function typeOf(column: PgColumn): SQL {
  return sql.raw(column.getSQLType());
}

/** A value of a column as text, as PostgreSQL takes it; null where it is NULL. */
function textOf(column: PgColumn, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (column.getSQLType() === "jsonb") return storableJson(value);
  const text = String(value);
  return text.includes("\0") ? text.replaceAll("\0", "\uFFFD") : text;
}

/**
 * Values as PostgreSQL writes an array (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO). JSON writes lists
 * of texts in the same way as long as it only has to mark quotes and backslashes, and much faster than we could: so it
 * is where the texts are JSON, which has no control characters, or have no such marks at all.
 */
function arrayOf(column: PgColumn, values: readonly unknown[]): string {
  const texts = values.map((value) => textOf(column, value));
  const written = JSON.stringify(texts);
  const isArray = column.getSQLType() === "jsonb" || !written.includes("\\");
  return `{${isArray ? written.slice(1, -1) : texts.map(elementOf).join(",")}}`;
}

function elementOf(text: string | null): string {
  return text === null ? "NULL" : `"${text.replace(/["\\]/g, "\\$&")}"`;
}
