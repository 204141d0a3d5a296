import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { type ObservationKind, observations } from "../schema/releases.ts";
import { and, eq, inArray, lte, sql } from "../sql/orm.ts";
import { asRetention } from "../sql/retention.ts";

/** The names under which content of an upstream was seen to change, once for each time. */
export async function changedNamesOf(db: Database, purl: string): Promise<string[]> {
  const rows = await db
    .select({ tag: observations.tag })
    .from(observations)
    .where(and(eq(observations.purl, purl), eq(observations.kind, "content")));
  return rows.map(({ tag }) => tag);
}

/** What happens to a name again and again: tags of images are pushed for as long as somebody builds them. */
const RECURRING: readonly ObservationKind[] = ["content", "retag", "reupload", "missing"];

/**
 * Drops what happened to versions again before that moment. What was seen first of each stays, and so does the first
 * change of its content, which says what was there at first; gives back how many.
 */
export async function pruneObservations(db: Database, before: Instant): Promise<number> {
  const isFirst = sql`${observations.kind} = 'content' and not exists (
    select 1 from ${observations} earlier where earlier.purl = ${observations}.purl and earlier.tag = ${observations}.tag
      and earlier.kind = 'content' and earlier.id < ${observations}.id)`;
  return asRetention(db, async (tx) => {
    const gone = await tx
      .delete(observations)
      .where(and(lte(observations.seenAt, before), inArray(observations.kind, [...RECURRING]), sql`not (${isFirst})`))
      .returning({ id: observations.id });
    return gone.length;
  });
}
