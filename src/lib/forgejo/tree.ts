import { z } from "zod";
import { Failure, isFailure } from "../failure.ts";
import type { RepositoryName } from "../forge/branch.ts";
import type { Tree, TreeEntry } from "../tree.ts";
import { blobId } from "../trees/blob-id.ts";
import { MAX_FILE_BYTES, toFileText, tooLarge } from "../trees/file-text.ts";
import type { BlobCache } from "../trees/github.ts";
import { type Forgejo, pathOf, segments } from "./client.ts";
import { readBranch, readCommit } from "./write-state.ts";

/** Entries of a page of a tree; servers may give fewer. */
const PER_PAGE = 1000;
const MOST_PAGES = 500;

const ENTRY = z.object({ path: z.string(), mode: z.string(), sha: z.string(), size: z.number().nullish() });
const PAGE = z.object({ tree: z.array(ENTRY).nullable(), truncated: z.boolean().catch(false) });
const BLOB = z.object({ content: z.string(), encoding: z.literal("base64") });
type Entry = z.output<typeof ENTRY>;

/** A repository's files at the head of a branch (absent: the default one): the listing at once, files when they are read. */
export async function readForgejoTree(
  forgejo: Forgejo,
  repository: RepositoryName,
  { branch: wanted, cache }: { readonly branch: string | undefined; readonly cache: BlobCache },
): Promise<Tree | Failure> {
  const { owner, name } = repository;
  const about = await forgejo.read(pathOf(repository), z.object({ default_branch: z.string() }));
  if (isFailure(about)) return about;
  const branch = wanted ?? about.default_branch;
  const head = await readBranch(forgejo, repository, branch);
  if (isFailure(head)) return head;
  if (head === undefined) return new Failure("not-found", `${owner}/${name} has no branch ${branch}.`);
  const commit = await readCommit(forgejo, repository, head.oid);
  if (isFailure(commit)) return commit;
  const listed = await listTree(forgejo, repository, commit.commit.tree.sha);
  if (isFailure(listed)) return listed;
  const sizes = new Map(listed.entries.map((entry) => [entry.sha, entry.size ?? 0]));
  return {
    commit: head.oid,
    branch,
    entries: listed.entries.map(({ path, mode, sha }) => ({ path, mode, oid: sha })),
    problems: listed.complete ? [] : [{ path: ".", message: "The repository has more files than are listed." }],
    read: (entry) => readFile(forgejo, { repository, cache, sizes }, entry),
  };
}

/** Blob ids of paths at a commit; undefined where there is no file. */
export async function readBlobIds(
  forgejo: Forgejo,
  repository: RepositoryName,
  { commit, paths }: { readonly commit: string; readonly paths: readonly string[] },
): Promise<ReadonlyMap<string, string | undefined> | Failure> {
  const contents = z.object({ type: z.string(), sha: z.string() });
  const read = await Promise.all(
    paths.map((path) => forgejo.read(`${pathOf(repository)}/contents/${segments(path)}?ref=${commit}`, contents)),
  );
  const failure = read.find((one): one is Failure => isFailure(one) && one.code !== "not-found");
  if (failure !== undefined) return failure;
  return new Map(
    paths.map((path, index) => {
      const file = read[index];
      return [path, file === undefined || isFailure(file) ? undefined : file.sha];
    }),
  );
}

async function listTree(forgejo: Forgejo, repository: RepositoryName, tree: string) {
  const entries: Entry[] = [];
  for (let page = 1; page <= MOST_PAGES; page++) {
    const path = `${pathOf(repository)}/git/trees/${tree}?recursive=true&per_page=${PER_PAGE}&page=${page}`;
    const read = await forgejo.read(path, PAGE);
    if (isFailure(read)) return read;
    entries.push(...(read.tree ?? []));
    if (!read.truncated || (read.tree ?? []).length === 0) return { entries: files(entries), complete: true };
  }
  return { entries: files(entries), complete: false };
}

/** In the order of their paths. */
function files(entries: readonly Entry[]): Entry[] {
  return entries.filter(({ mode }) => mode !== "040000").sort((a, b) => (a.path < b.path ? -1 : 1));
}

type Reading = {
  readonly repository: RepositoryName;
  readonly cache: BlobCache;
  readonly sizes: ReadonlyMap<string, number>;
};

async function readFile(
  forgejo: Forgejo,
  { repository, cache, sizes }: Reading,
  { path, mode, oid }: TreeEntry,
): Promise<string | Failure> {
  if (oid === undefined || !mode.startsWith("100"))
    return new Failure("unreadable", `${path} is not a regular file and was not read.`);
  if ((sizes.get(oid) ?? 0) > MAX_FILE_BYTES) return tooLarge(path);
  const cached = await cache.get(oid);
  if (cached !== undefined) return cached;
  const blob = await forgejo.read(`${pathOf(repository)}/git/blobs/${oid}`, BLOB);
  if (isFailure(blob)) return blob;
  const bytes = Buffer.from(blob.content, "base64");
  if (blobId(bytes) !== oid) return new Failure("unreadable", `Forgejo's answer about ${path} is not the blob ${oid}.`);
  const text = toFileText(path, bytes);
  if (!isFailure(text)) await cache.put(oid, text);
  return text;
}
