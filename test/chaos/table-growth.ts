import type { Database } from "../../src/db/database.ts";
import { sql } from "../../src/db/sql/orm.ts";

/** What a table takes: its rows, and its bytes with indexes and TOAST. `used`: the bytes of its rows' own columns. */
type TableSize = { readonly rows: number; readonly bytes: number; readonly used: number };

/** By their names with the schema; catalogues of the database count as `pg_catalog`. */
export type TableSizes = ReadonlyMap<string, TableSize>;

/** Looks at every table: rows are counted, not guessed from statistics. */
export async function tableSizes(db: Database): Promise<TableSizes> {
  const { rows } = await db.execute<{ name: string; bytes: number }>(sql`
    select case when n.nspname in ('headgate', 'bullmq') then n.nspname || '.' || c.relname else 'pg_catalog' end as name,
      sum(pg_total_relation_size(c.oid))::float8 as bytes
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm') and n.nspname <> 'pg_toast' group by 1 order by 1`);
  const sizes = new Map<string, TableSize>();
  for (const { name, bytes } of rows) {
    const counted = name === "pg_catalog" ? { rows: 0, used: 0 } : await count(db, name);
    sizes.set(name, { bytes, ...counted });
  }
  return sizes;
}

async function count(db: Database, name: string): Promise<Pick<TableSize, "rows" | "used">> {
  const [schema = "", table = ""] = name.split(".");
  const { rows } = await db.execute<{ rows: number; used: number }>(
    sql`select count(*)::int as rows, coalesce(sum(pg_column_size(t.*)), 0)::float8 as used from ${sql.identifier(schema)}.${sql.identifier(table)} t`,
  );
  return rows[0] ?? { rows: 0, used: 0 };
}

/** A table, and what came to it from one look to a later one. */
type TableGrowth = TableSize & { readonly table: string };

/** The tables that grew most in bytes, or in rows where none did. */
export function tableGrowth(before: TableSizes, after: TableSizes, most: number): TableGrowth[] {
  return [...after]
    .map(([table, { rows, bytes, used }]) => {
      const was = before.get(table) ?? { rows: 0, bytes: 0, used: 0 };
      return { table, rows: rows - was.rows, bytes: bytes - was.bytes, used: used - was.used };
    })
    .filter(({ rows, bytes }) => rows > 0 || bytes > 0)
    .sort((one, other) => other.bytes - one.bytes || other.rows - one.rows)
    .slice(0, most);
}
