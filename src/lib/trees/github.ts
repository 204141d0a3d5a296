import { z } from "zod";
import { own } from "../../domain/own.ts";
import { Failure, isFailure } from "../failure.ts";
import { createAliasedReads } from "../github/aliases.ts";
import type { GitHub } from "../github/client.ts";
import { GRAPHQL_CODES } from "../github/failure.ts";
import type { RepositoryName } from "../github/installations.ts";
import type { Tree, TreeEntry } from "../tree.ts";
import { blobId } from "./blob-id.ts";
import { MAX_FILE_BYTES, toFileText, tooLarge } from "./file-text.ts";
import { type ListedEntry, listGitHubTree } from "./github-listing.ts";

/** Texts of blobs that were read before, by blob id. A blob id names its content, so nothing in it grows stale. */
export type BlobCache = {
  readonly get: (oid: string) => Promise<string | undefined>;
  readonly put: (oid: string, text: string) => Promise<void>;
};

/** Which repository and branch; without a branch, the default one. */
export type GitHubTreeOptions = RepositoryName & { readonly branch?: string; readonly cache: BlobCache };

/**
 * A repository's files at the head of a branch: the listing at once, blobs only when they are read, many in one query.
 * Failures: `not-found` (no such repository or branch, or nothing in it), or the client's own.
 */
export async function readGitHubTree(github: GitHub, options: GitHubTreeOptions): Promise<Tree | Failure> {
  const head = await readHead(github, options);
  if (isFailure(head)) return head;
  const listing = await listGitHubTree(github, options, head.tree);
  if (isFailure(listing)) return listing;
  return {
    commit: head.commit,
    branch: head.branch,
    entries: listing.entries.map(({ path, mode, oid }) => ({ path, mode, oid })),
    problems: listing.problems,
    read: createBlobReader(github, options, listing.entries),
  };
}

type Head = { readonly branch: string; readonly commit: string; readonly tree: string };

const HEAD_FIELDS = "name target{oid ...on Commit{tree{oid}}}";
const DEFAULT_HEAD = `query DefaultHead($owner:String!,$name:String!){
repository(owner:$owner,name:$name){head:defaultBranchRef{${HEAD_FIELDS}}}}`;
const BRANCH_HEAD = `query BranchHead($owner:String!,$name:String!,$ref:String!){
repository(owner:$owner,name:$name){head:ref(qualifiedName:$ref){${HEAD_FIELDS}}}}`;

const HEAD = z.object({
  name: z.string(),
  target: z.object({ oid: z.string(), tree: z.object({ oid: z.string() }) }),
});
const REPOSITORY = z.object({ repository: z.object({ head: HEAD.nullable() }) });

async function readHead(github: GitHub, { owner, name, branch }: GitHubTreeOptions): Promise<Head | Failure> {
  const repository = { owner, name };
  const answer =
    branch === undefined
      ? await github.graphql(DEFAULT_HEAD, repository, repository)
      : await github.graphql(BRANCH_HEAD, { ...repository, ref: `refs/heads/${branch}` }, repository);
  if (isFailure(answer)) return answer;
  const [error] = answer.errors;
  if (error !== undefined) {
    return new Failure(own(GRAPHQL_CODES, error.type) ?? "unavailable", `${owner}/${name}: ${error.message}`);
  }
  const read = REPOSITORY.safeParse(answer.data);
  if (!read.success) return new Failure("unreadable", `GitHub's answer about ${owner}/${name} was not understood.`);
  const { head } = read.data.repository;
  const missing = branch === undefined ? `${owner}/${name} is empty.` : `${owner}/${name} has no branch ${branch}.`;
  if (head === null) return new Failure("not-found", missing);
  return { branch: head.name, commit: head.target.oid, tree: head.target.tree.oid };
}

type BlobRequest = RepositoryName & { readonly oid: string };

/** A blob's text as GraphQL gives it: undefined when only its bytes, by REST, will do. */
type BlobText = { readonly text: string | undefined };

const BLOB = z.object({
  object: z
    .object({ text: z.string().nullish(), isTruncated: z.boolean(), isBinary: z.boolean().nullish() })
    .nullable(),
});

function createBlobReader(github: GitHub, { owner, name, cache }: GitHubTreeOptions, entries: readonly ListedEntry[]) {
  const sizes = new Map(entries.map((entry) => [entry.oid, entry.size]));
  const blobs = createAliasedReads<BlobRequest, BlobText>(github, {
    operation: "Blobs",
    first: 25,
    largest: 50,
    repository: { owner, name },
    fragments: async () => ["fragment Content on Blob{text isTruncated isBinary}"],
    select: ({ oid }, bind) => `object(oid:${bind("GitObjectID!", oid)}){...Content}`,
    read: (repository, { oid }) => toBlobText(repository, oid),
  });
  return async ({ path, mode, oid }: TreeEntry): Promise<string | Failure> => {
    if (oid === undefined || !mode.startsWith("100")) {
      return new Failure("unreadable", `${path} is not a regular file and was not read.`);
    }
    if ((sizes.get(oid) ?? 0) > MAX_FILE_BYTES) return tooLarge(path);
    const cached = await cache.get(oid);
    if (cached !== undefined) return cached;
    const blob = await blobs({ owner, name, oid });
    if (isFailure(blob)) return blob;
    const text = blob.text ?? (await readBytes(github, { owner, name, oid }, path));
    if (!isFailure(text)) await cache.put(oid, text);
    return text;
  };
}

/** GitHub guesses encodings and cuts long texts: a text counts only when it gives the blob's own id. */
function toBlobText(repository: unknown, oid: string): BlobText | Failure {
  const read = BLOB.safeParse(repository);
  if (!read.success) return new Failure("unreadable", `GitHub's answer about blob ${oid} was not understood.`);
  const text = read.data.object?.text;
  return { text: typeof text === "string" && blobId(text) === oid ? text : undefined };
}

const REST_BLOB = z.object({ content: z.string(), encoding: z.literal("base64") });

async function readBytes(github: GitHub, { owner, name, oid }: BlobRequest, path: string): Promise<string | Failure> {
  const answer = await github.rest(
    "GET",
    `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/git/blobs/${oid}`,
  );
  if (isFailure(answer)) return answer;
  const blob = REST_BLOB.safeParse(answer.data);
  if (!blob.success) return new Failure("unreadable", `GitHub's answer about ${path} was not understood.`);
  const bytes = Buffer.from(blob.data.content, "base64");
  if (blobId(bytes) !== oid) return new Failure("unreadable", `GitHub's answer about ${path} is not the blob ${oid}.`);
  return toFileText(path, bytes);
}
