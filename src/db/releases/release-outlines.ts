import type { Instant } from "../../domain/instant.ts";
import { outlineOf } from "../../domain/integrity/content-history.ts";
import type { ReleaseOutline } from "../../domain/release.ts";
import type { Database } from "../database.ts";
import { releases } from "../schema/releases.ts";
import { toInstant } from "../sql/columns.ts";
import { eachOf } from "../sql/each-of.ts";
import { sql } from "../sql/orm.ts";
import { newestFirst, taggedReleases } from "./releases.ts";

/** Who uploaded the files of a version. Most hosts do not tell: then its files are not looked through. */
const UPLOADERS = sql`case when ${releases.assets} @? '$.uploader' then
  (select json_agg(distinct asset ->> 'uploader') from jsonb_array_elements(${releases.assets}) asset where asset ? 'uploader') end`;

/**
 * What is read of each version, as one list per upstream: a row for each of them, with the name of every column beside
 * every value, takes the database five times as long.
 */
const LISTS = {
  tags: releases.tag,
  /** Only where it is written in another way. */
  versions: sql`nullif(${releases.version}, ${releases.tag})`,
  publishedAt: releases.publishedAt,
  publishedBy: releases.publishedBy,
  states: releases.state,
  reasons: releases.stateReason,
  digests: sql`nullif(${releases.digests}, '{}')`,
  commits: releases.commit,
  evidence: releases.evidence,
  firstSeenAt: releases.firstSeenAt,
  /** Only where it is another time. */
  contentFirstSeenAt: sql`nullif(${releases.contentFirstSeenAt}, ${releases.firstSeenAt})`,
  baselines: releases.baseline,
  uploaders: UPLOADERS,
};
const SELECTED = sql.join(
  Object.entries(LISTS).map(([name, value]) => sql`json_agg(${value}) as ${sql.identifier(name)}`),
  sql`, `,
);

type Lists = Record<string, unknown> & {
  readonly purl: string;
  readonly tags: readonly string[];
  readonly versions: readonly (string | null)[];
  readonly publishedAt: readonly (string | null)[];
  readonly publishedBy: readonly ReleaseOutline["publishedBy"][];
  readonly states: readonly ReleaseOutline["state"][];
  readonly reasons: readonly (string | null)[];
  readonly digests: readonly (ReleaseOutline["digests"] | null)[];
  readonly commits: readonly (string | null)[];
  readonly evidence: readonly (ReleaseOutline["evidence"] | null)[];
  readonly firstSeenAt: readonly string[];
  readonly contentFirstSeenAt: readonly (string | null)[];
  readonly baselines: readonly boolean[];
  readonly uploaders: readonly (readonly string[] | null)[];
};

/** Every known version of some upstreams in outline, newest first, by purl. */
export async function releaseOutlines(db: Database, purls: readonly string[]): Promise<Map<string, ReleaseOutline[]>> {
  const { rows } = await db.execute<Lists>(
    sql`select wanted.value as purl, each.* from ${eachOf(releases.purl, purls, { selected: SELECTED })} where each.tags is not null`,
  );
  const moved = await movedOnes(db, rows);
  const asInstant = rememberingInstants();
  return new Map(
    rows.map((lists) => {
      const outlines = lists.tags.map(
        (tag, at) => moved.get(`${lists.purl} ${tag}`) ?? outlineAt(lists, at, asInstant),
      );
      return [lists.purl, outlines.sort(newestFirst)];
    }),
  );
}

/** Versions whose content changed: what it was is known of whole ones. */
async function movedOnes(db: Database, rows: readonly Lists[]): Promise<Map<string, ReleaseOutline>> {
  const wanted = rows.flatMap(({ purl, tags, contentFirstSeenAt }) => {
    const changed = tags.filter((_, at) => contentFirstSeenAt[at] !== null);
    return changed.length === 0 ? [] : [[purl, changed] as const];
  });
  const found = await taggedReleases(db, new Map(wanted));
  return new Map(found.map((release) => [`${release.upstream} ${release.tag}`, outlineOf(release)]));
}

/** One for all: they stay in memory for as long as their upstreams are planned. */
const NO_DIGESTS: ReleaseOutline["digests"] = {};
const NOBODY: ReleaseOutline["uploaders"] = [];

/** What is NULL is absent. Written out, because it is done for every version there is. */
function outlineAt(lists: Lists, at: number, asInstant: (written: string) => Instant): ReleaseOutline {
  const firstSeenAt = asInstant(lists.firstSeenAt[at] ?? "");
  const tag = lists.tags[at] ?? "";
  const outline: { -readonly [Key in keyof ReleaseOutline]: ReleaseOutline[Key] } = {
    upstream: lists.purl,
    tag,
    version: lists.versions[at] ?? tag,
    publishedBy: lists.publishedBy[at] ?? "publisher",
    state: lists.states[at] ?? "released",
    digests: lists.digests[at] ?? NO_DIGESTS,
    firstSeenAt,
    contentFirstSeenAt: firstSeenAt,
    baseline: lists.baselines[at] ?? false,
    uploaders: lists.uploaders[at]?.toSorted() ?? NOBODY,
    moved: false,
  };
  const [publishedAt, commit, evidence, reason] = [
    lists.publishedAt[at] ?? undefined,
    lists.commits[at] ?? undefined,
    lists.evidence[at] ?? undefined,
    lists.reasons[at] ?? undefined,
  ];
  if (publishedAt !== undefined) outline.publishedAt = asInstant(publishedAt);
  if (commit !== undefined) outline.commit = commit;
  if (evidence !== undefined) outline.evidence = evidence;
  if (reason !== undefined) outline.stateReason = reason;
  return outline;
}

/** What one poll saw first has one time: each is made ours once. */
function rememberingInstants(): (written: string) => Instant {
  const known = new Map<string, Instant>();
  return (written) => {
    const before = known.get(written);
    if (before !== undefined) return before;
    const instant = toInstant(written);
    known.set(written, instant);
    return instant;
  };
}
