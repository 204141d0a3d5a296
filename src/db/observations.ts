import type { Database } from "./client.ts";
import { and, eq, sql } from "./orm.ts";
import { observations } from "./schema.ts";

/** How often the content under names of an upstream was seen to change. */
export async function contentChangesOf(db: Database, purl: string): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(observations)
    .where(and(eq(observations.purl, purl), eq(observations.kind, "content")));
  return row?.count ?? 0;
}
