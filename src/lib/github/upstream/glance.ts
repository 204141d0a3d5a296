import { createHash } from "node:crypto";
import { z } from "zod";
import type { Bind } from "../aliases.ts";
import type { SweepRequest } from "./sweep-answer.ts";
import { RELEASE_ORDER, TAG_ORDER, tagFilter } from "./sweep-query.ts";

/** How many of the newest releases and tags a glance looks at. */
const NEWEST = 3;

/** What a glance reads of a repository itself. */
const GLANCED = "nameWithOwner databaseId owner{id} isArchived isDisabled isLocked pushedAt";

/**
 * Just enough to tell that nothing moved since a repository was read whole: a tenth of the answer for the same points.
 * Whatever a full read selects of this, it selects under the same names.
 */
export function selectGlance(request: SweepRequest, bind: Bind): string {
  const byName = (folder: string, names: readonly string[], alias: string) =>
    names.map((name, index) => `${alias}${index}:ref(qualifiedName:${bind("String!", folder + name)}){target{oid}}`);
  return [
    GLANCED,
    `releases(first:${NEWEST},${RELEASE_ORDER}){totalCount nodes{tagName isDraft isPrerelease publishedAt}}`,
    `tags:refs(first:${NEWEST},${TAG_ORDER}${tagFilter(request.tagPrefix, bind)}){totalCount nodes{name target{oid}}}`,
    ...byName("refs/tags/", request.pinnedTags, "p"),
    ...byName("refs/heads/", request.branches, "b"),
  ].join(" ");
}

const ANYTHING = z.unknown();
const RELEASE = z.object({ tagName: ANYTHING, isDraft: ANYTHING, isPrerelease: ANYTHING, publishedAt: ANYTHING });
const TARGET = z.object({ target: z.object({ oid: z.string() }) });
const SEEN = z.looseObject({
  nameWithOwner: z.string(),
  databaseId: z.number(),
  owner: ANYTHING,
  isArchived: ANYTHING,
  isDisabled: ANYTHING,
  isLocked: ANYTHING,
  pushedAt: ANYTHING,
  releases: z.object({ totalCount: z.number(), nodes: z.array(RELEASE.nullable()) }),
  tags: z.object({ totalCount: z.number(), nodes: z.array(TARGET.extend({ name: z.string() }).nullable()) }),
});

/**
 * What a glance sees, as a short text; equal texts mean that nothing moved. It is the same for an answer to a glance and
 * for a full read of the same moment. Undefined when an answer does not say enough.
 */
export function fingerprintOf(repository: unknown, request: SweepRequest): string | undefined {
  const seen = SEEN.safeParse(repository);
  if (!seen.success) return undefined;
  const { releases, tags, ...rest } = seen.data;
  const { nameWithOwner, databaseId, owner, isArchived, isDisabled, isLocked, pushedAt } = rest;
  const byName = (names: readonly string[], alias: string) =>
    names.map((name, index) => [name, TARGET.safeParse(rest[`${alias}${index}`]).data?.target.oid]);
  const newest = releases.nodes
    .slice(0, NEWEST)
    .map((one) => one && [one.tagName, one.isDraft, one.isPrerelease, one.publishedAt]);
  const newestTags = tags.nodes.slice(0, NEWEST).map((one) => one && [one.name, one.target.oid]);
  const facts = [
    [nameWithOwner, databaseId, owner, isArchived, isDisabled, isLocked, pushedAt],
    [releases.totalCount, newest, tags.totalCount, newestTags, request.tagPrefix],
    [byName(request.pinnedTags, "p"), byName(request.branches, "b")],
  ];
  return createHash("sha256").update(JSON.stringify(facts)).digest("base64url").slice(0, 22);
}
