import { z } from "zod";
import { type Instant, toInstant } from "../../../domain/instant.ts";
import { own } from "../../../domain/own.ts";
import { Failure, isFailure } from "../../failure.ts";
import { looseArray } from "../../loose-array.ts";

/** A tag (or branch) with the commit it stands for. `committedAt`: the tagger's date, else the commit's. `tree`: of pinned tags. */
export type RepositoryTag = {
  readonly name: string;
  readonly commit: string;
  readonly tree?: string;
  readonly committedAt?: Instant;
};

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
  /** GitHub's own id of the owner: it stays when the owner is renamed. */
  readonly ownerId?: string;
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
  /** True when everything was read: only then is what is not here gone. */
  readonly whole: boolean;
  /** What a glance of the same moment sees: while it sees the same, nothing moved. Absent: nobody can tell. */
  readonly glance?: string | undefined;
};

/** A release with the date that the list is ordered by. */
type DatedRelease = RepositoryRelease & { readonly createdAt: Instant | undefined };
/** Rows of a list, how many were not understood, and where it goes on (undefined: it ends). */
export type Page<T> = { readonly rows: readonly T[]; readonly dropped: number; readonly after: string | undefined };
/** One step into both lists. */
export type Pages = { readonly releases: Page<DatedRelease>; readonly tags: Page<RepositoryTag> };
/** The first step, with what is read only once. */
export type FirstPages = {
  readonly about: Omit<RepositorySweep, "releases" | "tags" | "complete" | "whole">;
  readonly pages: Pages;
};
/** A further step into the lists that have a cursor. */
export type PagesRequest = {
  readonly owner: string;
  readonly name: string;
  readonly tagPrefix: string;
  readonly releasesAfter: string | undefined;
  readonly tagsAfter: string | undefined;
};

const ANYTHING = z.unknown().optional();

/** What a row may lack is looked at by hand: a schema that forgives costs three times as much, and a sweep reads forty rows of each repository. */
const OID = z.object({ oid: z.string() });
const COMMIT = OID.extend({ committedDate: ANYTHING, tree: ANYTHING });

/** A commit, or an annotated tag around one; a tag of a tag of a tag is nobody's release. */
const TARGET = COMMIT.extend({
  tagger: ANYTHING,
  target: COMMIT.extend({ target: COMMIT.nullish() }).nullish(),
});

const REF = z.object({ name: z.string(), target: TARGET });

function toTag({ name, target }: z.infer<typeof REF>): RepositoryTag {
  const commit = target.target?.target ?? target.target ?? target;
  const tree = textIn(commit.tree, "oid");
  const committedAt = toInstant(textIn(target.tagger, "date")) ?? toInstant(textIn(commit, "committedDate"));
  return {
    name,
    commit: commit.oid,
    ...(tree !== undefined && { tree }),
    ...(committedAt !== undefined && { committedAt }),
  };
}

const RELEASE = z.object({
  tagName: z.string().min(1),
  name: ANYTHING,
  isDraft: ANYTHING,
  isPrerelease: ANYTHING,
  publishedAt: ANYTHING,
  createdAt: ANYTHING,
  url: ANYTHING,
  immutable: ANYTHING,
  tagCommit: ANYTHING,
});

function toRelease(row: z.infer<typeof RELEASE>): DatedRelease {
  const publishedAt = toInstant(textIn(row, "publishedAt"));
  const commit = textIn(row.tagCommit, "oid");
  return {
    tag: row.tagName,
    name: textIn(row, "name") ?? "",
    draft: row.isDraft === true,
    prerelease: row.isPrerelease === true,
    url: textIn(row, "url") ?? "",
    createdAt: toInstant(textIn(row, "createdAt")),
    ...(publishedAt !== undefined && { publishedAt }),
    ...(commit !== undefined && { commit }),
    ...(typeof row.immutable === "boolean" && { immutable: row.immutable }),
  };
}

function textIn(part: unknown, key: string): string | undefined {
  if (typeof part !== "object" || part === null) return undefined;
  const text = own<unknown>(part as Readonly<Record<string, unknown>>, key);
  return typeof text === "string" ? text : undefined;
}

function page<Row, T>(row: z.ZodType<Row>, read: (row: Row) => T) {
  const info = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }).nullish().catch(undefined);
  return z
    .object({ pageInfo: info, nodes: looseArray(row) })
    .nullish()
    .catch(undefined)
    .transform((list): Page<T> => {
      const after = list?.pageInfo?.hasNextPage === true ? (list.pageInfo.endCursor ?? undefined) : undefined;
      return { rows: (list?.nodes.rows ?? []).map(read), dropped: list?.nodes.dropped ?? 0, after };
    });
}

const PAGES = z.object({ releases: page(RELEASE, toRelease), tags: page(REF, toTag) });

const ABOUT = z.object({
  nameWithOwner: z.string(),
  databaseId: z.number(),
  owner: z.object({ id: z.string() }).nullish().catch(undefined),
  isArchived: z.boolean().catch(false),
  isDisabled: z.boolean().catch(false),
  isLocked: z.boolean().catch(false),
  defaultBranchRef: z.object({ name: z.string(), target: OID }).nullish().catch(undefined),
});

/** Reads one step into the lists; rows that are not understood are counted. */
export function readPages(repository: unknown, { owner, name }: { owner: string; name: string }): Pages | Failure {
  const pages = PAGES.safeParse(repository);
  return pages.success ? pages.data : notUnderstood(owner, name);
}

/** Reads the first step. Failure `unreadable` when the answer is not about a repository. */
export function readFirst(repository: unknown, request: SweepRequest): FirstPages | Failure {
  const { owner, name } = request;
  const pages = readPages(repository, request);
  const about = ABOUT.safeParse(repository);
  if (isFailure(pages) || !about.success) return notUnderstood(owner, name);
  const byAlias = repository as Readonly<Record<string, unknown>>; // an object: it has a name
  const byName = (names: readonly string[], alias: string) =>
    names.flatMap((spelled, index) => {
      const ref = REF.safeParse(own(byAlias, `${alias}${index}`));
      return ref.success ? [{ ...toTag(ref.data), name: spelled }] : [];
    });
  const { nameWithOwner, databaseId, owner: keeper, isArchived, isDisabled, isLocked, defaultBranchRef } = about.data;
  return {
    pages,
    about: {
      nameWithOwner,
      databaseId,
      ...(keeper && { ownerId: keeper.id }),
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
