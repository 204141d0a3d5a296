import type { StoredRelease } from "../../domain/integrity/merge-release.ts";
import type { Database } from "../database.ts";
import { releases } from "../schema/releases.ts";
import { eachOf } from "../sql/each-of.ts";
import { oneOf } from "../sql/one-of.ts";
import { or } from "../sql/orm.ts";
import { batches } from "../sql/row.ts";
import { rowsAsJson } from "../sql/rows-as-json.ts";
import { RELEASE_COLUMNS, type ReleaseRow } from "./release-columns.ts";

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
