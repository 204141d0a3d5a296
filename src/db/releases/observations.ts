import type { Database } from "../database.ts";
import { observations } from "../schema/releases.ts";
import { and, eq } from "../sql/orm.ts";

/** The names under which content of an upstream was seen to change, once for each time. */
export async function changedNamesOf(db: Database, purl: string): Promise<string[]> {
  const rows = await db
    .select({ tag: observations.tag })
    .from(observations)
    .where(and(eq(observations.purl, purl), eq(observations.kind, "content")));
  return rows.map(({ tag }) => tag);
}
