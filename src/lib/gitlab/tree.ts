import { z } from "zod";
import { Failure, isFailure } from "../failure.ts";
import type { RepositoryName } from "../forge/branch.ts";
import type { Tree, TreeEntry } from "../tree.ts";
import { blobId } from "../trees/blob-id.ts";
import { MAX_FILE_BYTES, toFileText, tooLarge } from "../trees/file-text.ts";
import type { BlobCache } from "../trees/github.ts";
import { readBranch } from "./branch.ts";
import { type GitLab, pathOf } from "./client.ts";

/** Pages of a hundred entries. */
const MOST_PAGES = 1000;

/** An entry of a tree, of whose size nothing is said (https://docs.gitlab.com/api/repositories/#list-repository-tree). */
const ENTRY = z.object({ id: z.string(), path: z.string(), mode: z.string() });

/** A project's files at the head of a branch (absent: the default one): the listing at once, files when they are read. */
export async function readGitLabTree(
  gitlab: GitLab,
  repository: RepositoryName,
  { branch: wanted, cache }: { readonly branch: string | undefined; readonly cache: BlobCache },
): Promise<Tree | Failure> {
  const { owner, name } = repository;
  const about = await gitlab.read(pathOf(repository), z.object({ default_branch: z.string().nullish() }));
  if (isFailure(about)) return about;
  const branch = wanted ?? about.default_branch;
  if (branch === undefined || branch === null) return new Failure("not-found", `${owner}/${name} is empty.`);
  const head = await readBranch(gitlab, pathOf(repository), branch);
  if (isFailure(head)) return head;
  if (head === undefined) return new Failure("not-found", `${owner}/${name} has no branch ${branch}.`);
  const path = `${pathOf(repository)}/repository/tree?ref=${head.commit.id}&recursive=true&pagination=keyset`;
  const listed = await gitlab.readPages(path, ENTRY, MOST_PAGES);
  if (isFailure(listed)) return listed;
  return {
    commit: head.commit.id,
    branch,
    entries: listed.rows
      .filter(({ mode }) => mode !== "040000")
      .map(({ path: at, mode, id }) => ({ path: at, mode, oid: id }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    problems: listed.complete ? [] : [{ path: ".", message: "The project has more files than are listed." }],
    read: (entry) => readFile(gitlab, repository, cache, entry),
  };
}

/** Blob ids of paths at a commit; undefined where there is no file. A project is given by its path below the API. */
export async function readBlobIds(
  gitlab: GitLab,
  project: string,
  { commit, paths }: { readonly commit: string; readonly paths: readonly string[] },
): Promise<ReadonlyMap<string, string | undefined> | Failure> {
  const read = await Promise.all(
    paths.map((path) => gitlab.readHead(`${project}/repository/files/${encodeURIComponent(path)}?ref=${commit}`)),
  );
  const failure = read.find((one): one is Failure => isFailure(one) && one.code !== "not-found");
  if (failure !== undefined) return failure;
  return new Map(
    paths.map((path, index) => {
      const head = read[index];
      return [path, head === undefined || isFailure(head) ? undefined : head["x-gitlab-blob-id"]];
    }),
  );
}

async function readFile(
  gitlab: GitLab,
  repository: RepositoryName,
  cache: BlobCache,
  { path, mode, oid }: TreeEntry,
): Promise<string | Failure> {
  if (oid === undefined || !mode.startsWith("100"))
    return new Failure("unreadable", `${path} is not a regular file and was not read.`);
  const cached = await cache.get(oid);
  if (cached !== undefined) return cached;
  const bytes = await gitlab.readBytes(`${pathOf(repository)}/repository/blobs/${oid}/raw`, MAX_FILE_BYTES);
  if (isFailure(bytes)) return bytes.code === "too-large" ? tooLarge(path) : bytes;
  if (blobId(bytes) !== oid) return new Failure("unreadable", `GitLab's answer about ${path} is not the blob ${oid}.`);
  const text = toFileText(path, bytes);
  if (!isFailure(text)) await cache.put(oid, text);
  return text;
}
