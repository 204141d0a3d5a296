import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Redis } from "ioredis";
import pg from "pg";

/** Every row of every table, ours and the queue's, as text. */
export async function rowsOf(url: string): Promise<string[]> {
  const client = new pg.Client(url);
  await client.connect();
  const tables = await client.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
  );
  const rows: string[] = [];
  for (const { name } of tables.rows) {
    const found = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
    rows.push(...found.rows.map(({ row }) => `${name} ${row}`));
  }
  await client.end();
  return rows;
}

/** Every entry of a Redis, with its key. */
export async function entriesOf(url: string): Promise<string[]> {
  const client = new Redis(url);
  await client.config("SET", "rdbcompression", "no"); // so that a dump holds what it holds as it is
  const entries: string[] = [];
  for await (const keys of client.scanStream()) {
    for (const key of keys as string[]) entries.push(`${key} ${(await client.dumpBuffer(key)).toString("latin1")}`);
  }
  client.disconnect();
  return entries;
}

/** Every file of a data directory but the one that only its owner may read. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "daemon.json")
    .map((entry) => join(entry.parentPath, entry.name));
}

/** A file as it is, and as it is once unpacked. */
export function contentOf(path: string): string {
  const bytes = readFileSync(path);
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("latin1");
}
