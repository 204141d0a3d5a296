import type { Bind } from "../aliases.ts";
import type { PagesRequest, SweepRequest } from "./sweep-answer.ts";

/** What is read of a repository itself. */
export const REPOSITORY = `fragment SweptRepository on Repository{
nameWithOwner databaseId owner{id} isArchived isDisabled isLocked pushedAt defaultBranchRef{name target{oid}}}`;

/** A page of releases; `immutable` only where the host knows that field. */
export function releasesFragment(immutable: boolean): string {
  return `fragment Releases on ReleaseConnection{totalCount pageInfo{hasNextPage endCursor}
nodes{tagName name isDraft isPrerelease publishedAt createdAt url ${immutable ? "immutable " : ""}tagCommit{oid}}}`;
}

/** A page of tags. */
export const TAGS = "fragment Tags on RefConnection{totalCount pageInfo{hasNextPage endCursor} nodes{...NamedRef}}";

/** A tag or branch, annotated tags followed to their commit. */
export const NAMED_REF = refFragment("NamedRef", "committedDate");

/** The same with the commit's tree, which says whether another commit has other files: for pinned tags alone, since it doubles the answer. */
export const PINNED_REF = refFragment("PinnedRef", "committedDate tree{oid}");

function refFragment(name: string, ofCommit: string): string {
  const commit = `...on Commit{${ofCommit}}`;
  return `fragment ${name} on Ref{name target{__typename oid
${commit} ...on Tag{tagger{date} target{__typename oid
${commit} ...on Tag{target{__typename oid ${commit}}}}}}}`;
}

/** Newest first, by the date of the commit. */
export const RELEASE_ORDER = "orderBy:{field:CREATED_AT,direction:DESC}";
/** All tags, newest first. */
export const TAG_ORDER = `refPrefix:"refs/tags/",orderBy:{field:TAG_COMMIT_DATE,direction:DESC}`;

/** The newest 10 releases and 30 tags, and the pinned names: a few nodes, so that many repositories fit into one query. */
export function selectFirst(request: SweepRequest, bind: Bind): string {
  const byName = (folder: string, names: readonly string[], alias: string, fragment: string) =>
    names.map((name, index) => `${alias}${index}:ref(qualifiedName:${bind("String!", folder + name)}){...${fragment}}`);
  return [
    "...SweptRepository",
    `releases(first:10,${RELEASE_ORDER}){...Releases}`,
    `tags:refs(first:30,${TAG_ORDER}${tagFilter(request.tagPrefix, bind)}){...Tags}`,
    ...byName("refs/tags/", request.pinnedTags, "p", "PinnedRef"),
    ...byName("refs/heads/", request.branches, "b", "NamedRef"),
  ].join(" ");
}

/** Further pages, of the lists that have a cursor. */
export function selectMore({ tagPrefix, releasesAfter, tagsAfter }: PagesRequest, bind: Bind): string {
  const releases =
    releasesAfter && `releases(first:50,after:${bind("String!", releasesAfter)},${RELEASE_ORDER}){...Releases}`;
  const tags =
    tagsAfter &&
    `tags:refs(first:100,after:${bind("String!", tagsAfter)},${TAG_ORDER}${tagFilter(tagPrefix, bind)}){...Tags}`;
  return [releases, tags].filter(Boolean).join(" ");
}

/** GitHub filters by a part of the name, so the rows are filtered again. `v` alone would hardly leave anything out. */
export function tagFilter(prefix: string, bind: Bind): string {
  return prefix.length < 2 ? "" : `,query:${bind("String!", prefix)}`;
}
