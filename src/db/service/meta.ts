import { randomUUID } from "node:crypto";
import type { Database } from "../database.ts";
import { meta } from "../schema/service.ts";
import { oneOf } from "../sql/one-of.ts";
import { asc, eq, sql } from "../sql/orm.ts";

/** A value of the installation; undefined when it was never set. Check its shape: another version may have written it. */
export async function getMeta(db: Database, key: string): Promise<unknown> {
  const [row] = await db.select().from(meta).where(eq(meta.key, key));
  return row?.value;
}

/** Sets a value of the installation. */
export async function setMeta(db: Database, key: string, value: unknown): Promise<void> {
  await db.insert(meta).values({ key, value }).onConflictDoUpdate({ target: meta.key, set: { value } });
}

/** A value that is made up when it is first asked for, and the same ever after, whoever asks. */
export async function putMetaOnce(db: Database, key: string, make: () => string): Promise<unknown> {
  const known = await getMeta(db, key);
  if (known !== undefined) return known;
  await db.insert(meta).values({ key, value: make() }).onConflictDoNothing();
  return getMeta(db, key);
}

/** This installation's own id, made up when it is first asked for. */
export async function instanceId(db: Database): Promise<string> {
  return String(await putMetaOnce(db, "instance", randomUUID));
}

/** Higher than every character that a key goes on with. */
const LAST = "\u{10ffff}";

/** Values whose keys begin so, by their keys. Looked for every two seconds, so by their index, in the order of characters. */
export async function metaStarting(db: Database, prefix: string): Promise<Map<string, unknown>> {
  const begins = sql`${meta.key} ~>=~ ${prefix} and ${meta.key} ~<~ ${prefix + LAST}`;
  const rows = await db.select().from(meta).where(begins).orderBy(asc(meta.key));
  return new Map(rows.map(({ key, value }) => [key, value]));
}

/** The values that are set of those keys. */
export async function metaOf(db: Database, keys: readonly string[]): Promise<Map<string, unknown>> {
  if (keys.length === 0) return new Map();
  const rows = await db.select().from(meta).where(oneOf(meta.key, keys));
  return new Map(rows.map(({ key, value }) => [key, value]));
}

/** Forgets a value of the installation. */
export async function deleteMeta(db: Database, key: string): Promise<void> {
  await db.delete(meta).where(eq(meta.key, key));
}
