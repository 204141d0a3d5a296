import { z } from "zod";
import { type Instant, toInstant } from "../domain/instant.ts";
import { Failure, isFailure } from "./failure.ts";
import type { GitHub } from "./github.ts";
import { type Bind, createAliasedReads } from "./github-aliases.ts";
import { looseArray } from "./loose-array.ts";

/** A tag (or branch) with the commit it stands for. `committedAt`: the tagger's date, else the commit's. */
export type RepositoryTag = { readonly name: string; readonly commit: string; readonly committedAt?: Instant };

/** A release as the sweep reads it: without notes and assets. */
export type RepositoryRelease = {
  readonly tag: string;
  readonly name: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly publishedAt?: Instant;
  readonly commit?: string;
  readonly url: string;
  readonly immutable?: boolean;
};

/** What a sweep asks of one repository. */
export type SweepRequest = {
  readonly owner: string;
  readonly name: string;
  /** Only tags that begin like this are of interest; empty: all. */
  readonly tagPrefix: string;
  /** Names that are looked up as tags, whatever they begin with. */
  readonly pinnedTags: readonly string[];
  readonly branches: readonly string[];
};

/** One repository's newest releases and tags, and the pinned tags and branches by name. */
export type RepositorySweep = {
  readonly nameWithOwner: string;
  readonly databaseId: number;
  readonly archived: boolean;
  /** Disabled by GitHub, or locked (a migration, billing). */
  readonly disabled: boolean;
  readonly defaultBranch?: { readonly name: string; readonly commit: string };
  readonly releases: readonly RepositoryRelease[];
  readonly tags: readonly RepositoryTag[];
  /** A pinned name that is not here is not a tag. */
  readonly pinned: readonly RepositoryTag[];
  readonly branches: readonly RepositoryTag[];
  /** True when nothing between the pinned tags and the newest was left out: all was read, or every pinned tag was seen. */
  readonly complete: boolean;
};

/** After the first page (10 releases, 30 tags): this many more, of 50 releases and 100 tags. */
const MORE_PAGES = 5;

type DatedRelease = RepositoryRelease & { readonly createdAt: Instant | undefined };
type Page<T> = { readonly rows: readonly T[]; readonly dropped: number; readonly after: string | undefined };
type Pages = { readonly releases: Page<DatedRelease>; readonly tags: Page<RepositoryTag> };
type FirstPages = { readonly about: Omit<RepositorySweep, "releases" | "tags" | "complete">; readonly pages: Pages };
type PagesRequest = {
  readonly owner: string;
  readonly name: string;
  readonly tagPrefix: string;
  readonly releasesAfter: string | undefined;
  readonly tagsAfter: string | undefined;
};

/** A sweep that coalesces: all repositories asked for in one tick share queries. `immutable`: the host knows that field. */
export function createSweep(
  github: GitHub,
  optional: () => Promise<{ readonly immutable: boolean }>,
): (request: SweepRequest) => Promise<RepositorySweep | Failure> {
  const fragments = async () => `${RELEASES((await optional()).immutable)}\n${TAGS}`;
  const size = { first: 25, largest: 50 };
  const first = createAliasedReads(github, {
    ...size,
    operation: "Sweep",
    fragments: async () => `${REPOSITORY}\n${await fragments()}`,
    select: selectFirst,
    read: readFirst,
  });
  const more = createAliasedReads(github, {
    ...size,
    operation: "SweepPages",
    fragments,
    select: selectMore,
    read: readPages,
  });
  return async (request) => {
    const start = await first(request);
    if (isFailure(start)) return start;
    const { releases, tags } = await readOn(request, start, more);
    const short = readTooLittle(request, start.about.pinned, { releases, tags });
    return {
      ...start.about,
      releases: releases.rows.map(({ createdAt: _date, ...release }) => release),
      tags: tags.rows.filter((tag) => tag.name.startsWith(request.tagPrefix)),
      complete: !short.releases && !short.tags && releases.dropped + tags.dropped === 0,
    };
  };
}

const REPOSITORY = `fragment SweptRepository on Repository{
nameWithOwner databaseId isArchived isDisabled isLocked defaultBranchRef{name target{oid}}}`;

const RELEASES = (immutable: boolean) => `fragment Releases on ReleaseConnection{pageInfo{hasNextPage endCursor}
nodes{tagName name isDraft isPrerelease publishedAt createdAt url ${immutable ? "immutable " : ""}tagCommit{oid}}}`;

const TAGS = `fragment Tags on RefConnection{pageInfo{hasNextPage endCursor} nodes{...NamedRef}}
fragment NamedRef on Ref{name target{__typename oid
...on Commit{committedDate} ...on Tag{tagger{date} target{__typename oid
...on Commit{committedDate} ...on Tag{target{__typename oid ...on Commit{committedDate}}}}}}}`;

const RELEASE_ORDER = "orderBy:{field:CREATED_AT,direction:DESC}";
const TAG_ORDER = `refPrefix:"refs/tags/",orderBy:{field:TAG_COMMIT_DATE,direction:DESC}`;

function selectFirst(request: SweepRequest, bind: Bind): string {
  const byName = (folder: string, names: readonly string[], alias: string) =>
    names.map((name, index) => `${alias}${index}:ref(qualifiedName:${bind("String!", folder + name)}){...NamedRef}`);
  return [
    "...SweptRepository",
    `releases(first:10,${RELEASE_ORDER}){...Releases}`,
    `tags:refs(first:30,${TAG_ORDER}${tagFilter(request.tagPrefix, bind)}){...Tags}`,
    ...byName("refs/tags/", request.pinnedTags, "p"),
    ...byName("refs/heads/", request.branches, "b"),
  ].join(" ");
}

function selectMore({ tagPrefix, releasesAfter, tagsAfter }: PagesRequest, bind: Bind): string {
  const releases =
    releasesAfter && `releases(first:50,after:${bind("String!", releasesAfter)},${RELEASE_ORDER}){...Releases}`;
  const tags =
    tagsAfter &&
    `tags:refs(first:100,after:${bind("String!", tagsAfter)},${TAG_ORDER}${tagFilter(tagPrefix, bind)}){...Tags}`;
  return [releases, tags].filter(Boolean).join(" ");
}

/** GitHub filters by a part of the name, so the rows are filtered again. `v` alone would hardly leave anything out. */
function tagFilter(prefix: string, bind: Bind): string {
  return prefix.length < 2 ? "" : `,query:${bind("String!", prefix)}`;
}

/** Reads further pages until every pinned tag was seen, the lists end, or the bound is reached. */
async function readOn(
  request: SweepRequest,
  { about, pages }: FirstPages,
  more: (key: PagesRequest) => Promise<Pages | Failure>,
): Promise<Pages> {
  const { owner, name, tagPrefix } = request;
  let read = pages;
  for (let page = 0; page < MORE_PAGES && pinnedOf(request, about.pinned).length > 0; page++) {
    const short = readTooLittle(request, about.pinned, read);
    if (!short.releases && !short.tags) break;
    const releasesAfter = short.releases ? read.releases.after : undefined;
    const tagsAfter = short.tags ? read.tags.after : undefined;
    const next = await more({ owner, name, tagPrefix, releasesAfter, tagsAfter });
    if (isFailure(next)) break; // what was read is still true; it is not complete
    read = {
      releases: short.releases ? join(read.releases, next.releases) : read.releases,
      tags: short.tags ? join(read.tags, next.tags) : read.tags,
    };
  }
  return read;
}

function join<T>(before: Page<T>, next: Page<T>): Page<T> {
  return { rows: [...before.rows, ...next.rows], dropped: before.dropped + next.dropped, after: next.after };
}

/** The pinned tags that the list of tags can be expected to contain. */
function pinnedOf(request: SweepRequest, pinned: readonly RepositoryTag[]): readonly RepositoryTag[] {
  return pinned.filter((tag) => tag.name.startsWith(request.tagPrefix));
}

/** Which lists go on beyond what was read, before every pinned tag was seen. Releases are in the order of their commits. */
function readTooLittle(
  request: SweepRequest,
  pinned: readonly RepositoryTag[],
  { releases, tags }: Pages,
): { releases: boolean; tags: boolean } {
  const wanted = pinnedOf(request, pinned);
  const sawAll = (names: readonly string[]) => wanted.length > 0 && wanted.every((tag) => names.includes(tag.name));
  const oldest = wanted.map((tag) => tag.committedAt ?? "").sort()[0] ?? "";
  const reached = releases.rows.at(-1)?.createdAt;
  const pastOldest = wanted.length > 0 && reached !== undefined && reached < oldest;
  return {
    releases: releases.after !== undefined && !pastOldest && !sawAll(releases.rows.map((release) => release.tag)),
    tags: tags.after !== undefined && !sawAll(tags.rows.map((tag) => tag.name)),
  };
}

const INSTANT = z
  .string()
  .nullish()
  .transform((date) => toInstant(date));
const OID = z.object({ oid: z.string() });
const DATED = z.object({ oid: z.string(), committedDate: INSTANT });

/** A commit, or an annotated tag around one; a tag of a tag of a tag is nobody's release. */
const TARGET = DATED.extend({
  tagger: z.object({ date: INSTANT }).nullish(),
  target: DATED.extend({ target: DATED.nullish() }).nullish(),
});

const REF = z.object({ name: z.string(), target: TARGET }).transform(({ name, target }): RepositoryTag => {
  const commit = target.target?.target ?? target.target ?? target;
  const committedAt = target.tagger?.date ?? commit.committedDate;
  return { name, commit: commit.oid, ...(committedAt !== undefined && { committedAt }) };
});

const RELEASE = z
  .object({
    tagName: z.string().min(1),
    name: z.string().nullish(),
    isDraft: z.boolean().catch(false),
    isPrerelease: z.boolean().catch(false),
    publishedAt: INSTANT,
    createdAt: INSTANT,
    url: z.string().catch(""),
    immutable: z.boolean().nullish(),
    tagCommit: OID.nullish().catch(undefined),
  })
  .transform(
    ({ tagName, name, isDraft, isPrerelease, publishedAt, createdAt, url, immutable, tagCommit }): DatedRelease => ({
      tag: tagName,
      name: name ?? "",
      draft: isDraft,
      prerelease: isPrerelease,
      url,
      createdAt,
      ...(publishedAt !== undefined && { publishedAt }),
      ...(typeof tagCommit?.oid === "string" && { commit: tagCommit.oid }),
      ...(typeof immutable === "boolean" && { immutable }),
    }),
  );

function page<T>(row: z.ZodType<T>) {
  const info = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }).nullish().catch(undefined);
  return z
    .object({ pageInfo: info, nodes: looseArray(row) })
    .nullish()
    .catch(undefined)
    .transform((list): Page<T> => {
      const after = list?.pageInfo?.hasNextPage === true ? (list.pageInfo.endCursor ?? undefined) : undefined;
      return { rows: list?.nodes.rows ?? [], dropped: list?.nodes.dropped ?? 0, after };
    });
}

const PAGES = z.object({ releases: page(RELEASE), tags: page(REF) });

const ABOUT = z.object({
  nameWithOwner: z.string(),
  databaseId: z.number(),
  isArchived: z.boolean().catch(false),
  isDisabled: z.boolean().catch(false),
  isLocked: z.boolean().catch(false),
  defaultBranchRef: z.object({ name: z.string(), target: OID }).nullish().catch(undefined),
});

function readPages(repository: unknown, { owner, name }: { owner: string; name: string }): Pages | Failure {
  const pages = PAGES.safeParse(repository);
  return pages.success ? pages.data : notUnderstood(owner, name);
}

function readFirst(repository: unknown, request: SweepRequest): FirstPages | Failure {
  const { owner, name } = request;
  const pages = readPages(repository, request);
  const about = ABOUT.safeParse(repository);
  const byAlias = z.record(z.string(), z.unknown()).safeParse(repository);
  if (isFailure(pages) || !about.success || !byAlias.success) return notUnderstood(owner, name);
  const byName = (names: readonly string[], alias: string) =>
    names.flatMap((spelled, index) => {
      const ref = REF.safeParse(byAlias.data[`${alias}${index}`]);
      return ref.success ? [{ ...ref.data, name: spelled }] : [];
    });
  const { nameWithOwner, databaseId, isArchived, isDisabled, isLocked, defaultBranchRef } = about.data;
  return {
    pages,
    about: {
      nameWithOwner,
      databaseId,
      archived: isArchived,
      disabled: isDisabled || isLocked,
      ...(defaultBranchRef && {
        defaultBranch: { name: defaultBranchRef.name, commit: defaultBranchRef.target.oid },
      }),
      pinned: byName(request.pinnedTags, "p"),
      branches: byName(request.branches, "b"),
    },
  };
}

function notUnderstood(owner: string, name: string): Failure {
  return new Failure("unreadable", `GitHub's answer about ${owner}/${name} was not understood.`);
}
