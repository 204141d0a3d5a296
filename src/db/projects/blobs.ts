import { DAY, type Instant, plus } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { blobs } from "../schema/projects.ts";
import { and, eq, lte } from "../sql/orm.ts";

/** Texts of files by git blob id. */
export type BlobCache = {
  readonly read: (oid: string) => Promise<string | undefined>;
  readonly write: (oid: string, text: string) => Promise<void>;
};

/** The store as a cache of file texts: what a commit did not change is not fetched again. */
export function blobCache(db: Database, clock: () => Instant): BlobCache {
  return {
    read: async (oid) => {
      const now = clock();
      const [row] = await db.select({ text: blobs.text, usedAt: blobs.usedAt }).from(blobs).where(eq(blobs.oid, oid));
      const yesterday = plus(now, -DAY);
      if (row !== undefined && row.usedAt <= yesterday) {
        await db
          .update(blobs)
          .set({ usedAt: now })
          .where(and(eq(blobs.oid, oid), lte(blobs.usedAt, yesterday)));
      }
      return row?.text;
    },
    write: async (oid, text) => {
      if (text.includes("\0")) return; // cannot be held as it is, and anything else would be another file
      await db.insert(blobs).values({ oid, text, usedAt: clock() }).onConflictDoNothing();
    },
  };
}

/** Drops texts that nobody has used since `before`; gives back how many. */
export async function pruneBlobs(db: Database, before: Instant): Promise<number> {
  const gone = await db.delete(blobs).where(lte(blobs.usedAt, before)).returning({ oid: blobs.oid });
  return gone.length;
}
