import type { PassedRelease } from "../../domain/release.ts";
import type { Database } from "../database.ts";
import { releases } from "../schema/releases.ts";
import { sql } from "../sql/orm.ts";
import { rowsAsJson } from "../sql/rows-as-json.ts";
import { RELEASE_COLUMNS, type ReleaseRow } from "./release-columns.ts";
import { areNamed } from "./releases.ts";

type NotTold = "missing" | "assets" | "digests" | "tree";
const { missing: _missing, assets: _assets, digests: _digests, tree: _tree, ...TOLD } = RELEASE_COLUMNS;

/** Of the evidence, where its parts are from: that is what notes are told with. */
const SOURCES = sql`case when ${releases.evidence} is not null then
  jsonb_strip_nulls(jsonb_build_object('sources', ${releases.evidence} -> 'sources')) end as evidence`;
const SELECTED = sql.join(
  Object.entries(TOLD).map(([key, column]) => (key === "evidence" ? SOURCES : sql`${column}`)),
  sql`, `,
);

/** Named versions of upstreams, by purl, as they are passed by on the way to others. Names that are not known are not there. */
export async function passedReleases(
  db: Database,
  wanted: ReadonlyMap<string, readonly string[]>,
): Promise<PassedRelease[]> {
  if (wanted.size === 0) return [];
  const from = sql`(select ${SELECTED} from ${releases} where ${areNamed(wanted)}) as passed`;
  return rowsAsJson<Omit<ReleaseRow, NotTold>>(db, from, TOLD);
}
