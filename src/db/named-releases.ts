import type { Database } from "./database.ts";
import { eachOf } from "./each-of.ts";
import type { StoredRelease } from "./merge-release.ts";
import { oneOf } from "./one-of.ts";
import { or } from "./orm.ts";
import { RELEASE_COLUMNS, type ReleaseRow } from "./release-columns.ts";
import { batches } from "./row.ts";
import { rowsAsJson } from "./rows-as-json.ts";
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
    const where = or(oneOf(releases.version, names), oneOf(releases.tag, names));
    found.push(...(await rowsAsJson<ReleaseRow>(db, eachOf(releases.purl, purls, { where }), RELEASE_COLUMNS)));
  }
  return found;
}
