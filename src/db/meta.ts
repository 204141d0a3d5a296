import { randomUUID } from "node:crypto";
import type { Database } from "./client.ts";
import { eq } from "./orm.ts";
import { meta } from "./schema.ts";

/** A value of the installation; undefined when it was never set. Check its shape: another version may have written it. */
export async function getMeta(db: Database, key: string): Promise<unknown> {
  const [row] = await db.select().from(meta).where(eq(meta.key, key));
  return row?.value;
}

/** Sets a value of the installation. */
export async function setMeta(db: Database, key: string, value: unknown): Promise<void> {
  await db.insert(meta).values({ key, value }).onConflictDoUpdate({ target: meta.key, set: { value } });
}

/** This installation's own id, made up when it is first asked for. */
export async function instanceId(db: Database): Promise<string> {
  const value = randomUUID();
  await db.insert(meta).values({ key: "instance", value }).onConflictDoNothing();
  return String(await getMeta(db, "instance"));
}
