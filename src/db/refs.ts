import type { Instant } from "../domain/instant.ts";
import type { Ref } from "../domain/release.ts";
import type { Database } from "./client.ts";
import { asc, desc, eq, sql } from "./orm.ts";
import { batches } from "./row.ts";
import { refs } from "./schema.ts";

/** A name that points elsewhere than it did. `since`: from when on it pointed at `before`. */
export type MovedRef = {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly since: Instant;
};

/** Where a name points, and since when. */
export type SeenRef = Ref & { readonly seenAt: Instant };

/** Stores where names point now, where that is news, and gives back the ones that pointed elsewhere before. */
export function recordRefs(db: Database, purl: string, seen: readonly Ref[], now: Instant): Promise<MovedRef[]> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${purl}, 1))`);
    const known = new Map((await refsOf(tx, purl)).map((ref) => [ref.name, ref]));
    const distinct = [...new Map(seen.map((ref) => [ref.name, ref])).values()];
    const news = distinct.filter((ref) => known.get(ref.name)?.target !== ref.target);
    for (const batch of batches(news)) {
      await tx.insert(refs).values(batch.map(({ name, target }) => ({ purl, name, target, seenAt: now })));
    }
    return news.flatMap(({ name, target }) => {
      const before = known.get(name);
      return before === undefined ? [] : [{ name, before: before.target, after: target, since: before.seenAt }];
    });
  });
}

/** Where each name of an upstream pointed when it was last seen. */
export function refsOf(db: Database, purl: string): Promise<SeenRef[]> {
  return db
    .selectDistinctOn([refs.name], { name: refs.name, target: refs.target, seenAt: refs.seenAt })
    .from(refs)
    .where(eq(refs.purl, purl))
    .orderBy(asc(refs.name), desc(refs.id));
}
