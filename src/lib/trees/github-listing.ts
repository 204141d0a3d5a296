import { z } from "zod";
import { Failure, isFailure } from "../failure.ts";
import type { GitHub } from "../github/client.ts";
import type { RepositoryName } from "../github/installations.ts";
import { looseArray } from "../loose-array.ts";
import type { TreeProblem } from "../tree.ts";

/** A file of a listing. `size` is absent for submodules. */
export type ListedEntry = {
  readonly path: string;
  readonly mode: string;
  readonly oid: string;
  readonly size: number | undefined;
};

type Listing = { readonly entries: readonly ListedEntry[]; readonly problems: readonly TreeProblem[] };
type Folder = { readonly oid: string; readonly path: string };
type Rows = { readonly rows: readonly Row[]; readonly dropped: number; readonly truncated: boolean };
type Row = z.output<typeof ROW>;

const FOLDER = "040000";

const ROW = z.object({ path: z.string(), mode: z.string(), sha: z.string(), size: z.number().optional() });
const TREE = z.object({ tree: looseArray(ROW), truncated: z.boolean().catch(false) });

/**
 * All files below a tree (https://docs.github.com/en/rest/git/trees). One request where GitHub lists everything at once
 * (up to 100,000 entries or 7 MB); else folder by folder. A folder that cannot be listed is a problem; the root is a failure.
 */
export async function listGitHubTree(
  github: GitHub,
  repository: RepositoryName,
  root: string,
): Promise<Listing | Failure> {
  return listFolder(github, repository, { oid: root, path: "" });
}

async function listFolder(github: GitHub, repository: RepositoryName, folder: Folder): Promise<Listing | Failure> {
  const whole = await askTree(github, repository, folder, "?recursive=1");
  if (isFailure(whole)) return whole;
  if (!whole.truncated) return toListing(folder, whole);
  const own = await askTree(github, repository, folder, "");
  if (isFailure(own)) return own;
  const here = toListing(folder, own);
  const folders = own.rows.filter((row) => row.mode === FOLDER);
  const below = await Promise.all(
    folders.map((row) => listBelow(github, repository, { oid: row.sha, path: inside(folder, row.path) })),
  );
  return {
    entries: [...here.entries, ...below.flatMap((listing) => listing.entries)].sort((a, b) =>
      a.path < b.path ? -1 : 1,
    ),
    problems: [...here.problems, ...below.flatMap((listing) => listing.problems)],
  };
}

async function listBelow(github: GitHub, repository: RepositoryName, folder: Folder): Promise<Listing> {
  const listing = await listFolder(github, repository, folder);
  return isFailure(listing) ? { entries: [], problems: [{ path: folder.path, message: listing.message }] } : listing;
}

async function askTree(
  github: GitHub,
  { owner, name }: RepositoryName,
  folder: Folder,
  how: string,
): Promise<Rows | Failure> {
  const answer = await github.rest(
    "GET",
    `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/git/trees/${folder.oid}${how}`,
  );
  if (isFailure(answer)) return answer;
  const read = TREE.safeParse(answer.data);
  if (!read.success) return new Failure("unreadable", `GitHub's list of files of ${owner}/${name} was not understood.`);
  return { ...read.data.tree, truncated: read.data.truncated };
}

function toListing(folder: Folder, { rows, dropped, truncated }: Rows): Listing {
  const files = rows.filter((row) => row.mode !== FOLDER);
  const message = truncated
    ? "The folder has more files than GitHub lists."
    : `${dropped} entries of GitHub's list were not understood.`;
  return {
    entries: files.map(({ path, mode, sha, size }) => ({ path: inside(folder, path), mode, oid: sha, size })),
    problems: truncated || dropped > 0 ? [{ path: folder.path || ".", message }] : [],
  };
}

function inside(folder: Folder, path: string): string {
  return folder.path === "" ? path : `${folder.path}/${path}`;
}
