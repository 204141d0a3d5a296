import type { Database } from "./database.ts";
import type { StoredRelease } from "./merge-release.ts";
import { and, inArray, or } from "./orm.ts";
import { batches, present } from "./row.ts";
import { releases } from "./schema/upstreams.ts";

/** What is known of the named versions of upstreams; each name is a version or a tag. Others of them are not read. */
export async function namedReleases(
  db: Database,
  wanted: ReadonlyMap<string, readonly string[]>,
): Promise<StoredRelease[]> {
  const found: StoredRelease[] = [];
  for (const batch of batches([...wanted], 200)) {
    const names = [...new Set(batch.flatMap(([, versions]) => versions))];
    if (names.length === 0) continue;
    const purls = batch.map(([purl]) => purl);
    const isNamed = or(inArray(releases.version, names), inArray(releases.tag, names));
    const rows = await db
      .select()
      .from(releases)
      .where(and(inArray(releases.purl, purls), isNamed));
    for (const row of rows) {
      const { purl: upstream, ...release } = present(row);
      found.push({ ...release, upstream });
    }
  }
  return found;
}
