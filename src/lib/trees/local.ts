import { constants, type Dirent, type Stats } from "node:fs";
import { lstat, open, readdir, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Failure, toFailure } from "../failure.ts";
import { createGate } from "../limits/gate.ts";
import type { Tree, TreeEntry, TreeProblem } from "../tree.ts";
import { MAX_FILE_BYTES, toFileText, tooLarge } from "./file-text.ts";
import { listWithGit } from "./git-listing.ts";

const SYMLINK = "120000";
const SUBMODULE = "160000";

/** Folders that hold other people's files, at any depth. */
const SKIPPED = new Set([".git", "node_modules"]);

/** Open files at once: below every usual limit. */
const OPEN_FILES = 64;

type Listing = { readonly entries: TreeEntry[]; readonly problems: TreeProblem[] };

/**
 * A local checkout as it is now. With git: files that are tracked or would be, so ignored ones stay out; without: every
 * file. Nothing is followed through a symlink and nothing is executed. Failures: `not-found`, `misconfigured` (not a
 * folder), `unreadable`.
 */
export async function readLocalTree(path: string): Promise<Tree | Failure> {
  const root = await toFolder(path);
  if (root instanceof Failure) return root;
  const listed = await listWithGit(root);
  // Inside a folder that an outer repository ignores, git lists nothing at all.
  const used = listed === undefined || listed.entries.length === 0 ? await walk(root, "") : listed;
  const entries = used.entries.filter(({ path }) => !path.split("/").some((segment) => SKIPPED.has(segment)));
  const checked = await withModes(root, entries);
  const gate = createGate(OPEN_FILES);
  return {
    ...(listed?.commit === undefined ? {} : { commit: listed.commit }),
    ...(listed?.branch === undefined ? {} : { branch: listed.branch }),
    entries: checked.entries.sort((a, b) => (a.path < b.path ? -1 : 1)),
    problems: [...used.problems, ...checked.problems],
    read: (entry) => gate(() => readFileText(root, entry)),
  };
}

async function toFolder(path: string): Promise<string | Failure> {
  try {
    const root = await realpath(resolve(path));
    const isFolder = (await lstat(root)).isDirectory();
    return isFolder ? root : new Failure("misconfigured", `${path} is not a folder. Name the folder of a checkout.`);
  } catch (error) {
    return toReadFailure(path, error);
  }
}

async function walk(root: string, folder: string): Promise<Listing> {
  const rows = await listFolder(root, folder);
  if (rows instanceof Failure) return { entries: [], problems: [{ path: folder || ".", message: rows.message }] };
  if (folder !== "" && rows.some((row) => row.name === ".git")) {
    return { entries: [{ path: folder, mode: SUBMODULE }], problems: [] };
  }
  const kept = rows.filter((row) => !SKIPPED.has(row.name));
  const below: Listing[] = [];
  for (const row of kept.filter((row) => row.isDirectory())) below.push(await walk(root, inside(folder, row.name)));
  const here = kept.filter((row) => !row.isDirectory()).map((row) => ({ path: inside(folder, row.name), mode: "" }));
  return {
    entries: [...here, ...below.flatMap((listing) => listing.entries)],
    problems: below.flatMap((listing) => listing.problems),
  };
}

async function listFolder(root: string, folder: string): Promise<Dirent[] | Failure> {
  try {
    return await readdir(join(root, folder), { withFileTypes: true });
  } catch (error) {
    return toReadFailure(folder || ".", error);
  }
}

function inside(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** Fills in modes that the listing did not name. What is neither file nor symlink becomes a problem. */
async function withModes(root: string, entries: readonly TreeEntry[]): Promise<Listing> {
  const gate = createGate(OPEN_FILES);
  const checked: Listing = { entries: [], problems: [] };
  await Promise.all(
    entries.map(async (entry) => {
      const mode = entry.mode === "" ? await gate(() => modeOf(root, entry.path)) : entry.mode;
      if (mode instanceof Failure) checked.problems.push({ path: entry.path, message: mode.message });
      else checked.entries.push({ ...entry, mode });
    }),
  );
  return checked;
}

async function modeOf(root: string, path: string): Promise<string | Failure> {
  try {
    return gitMode(await lstat(join(root, path))) ?? notRegular(path);
  } catch (error) {
    return toReadFailure(path, error);
  }
}

function gitMode(stats: Stats): string | undefined {
  if (stats.isSymbolicLink()) return SYMLINK;
  if (!stats.isFile()) return undefined;
  return (stats.mode & 0o100) === 0 ? "100644" : "100755";
}

async function readFileText(root: string, { path }: TreeEntry): Promise<string | Failure> {
  try {
    const full = join(root, path);
    // A folder on the way that was replaced by a symlink would lead outside.
    if ((await realpath(full)) !== full) return notRegular(path);
    // Without O_NONBLOCK, opening a named pipe would wait for a writer.
    await using handle = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await handle.stat();
    if (!stats.isFile()) return notRegular(path);
    return stats.size > MAX_FILE_BYTES ? tooLarge(path) : toFileText(path, await handle.readFile());
  } catch (error) {
    return toReadFailure(path, error);
  }
}

function notRegular(path: string): Failure {
  return new Failure("unreadable", `${path} is not a regular file and was not read.`);
}

function toReadFailure(path: string, error: unknown): Failure {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return new Failure("not-found", `${path} does not exist.`);
  if (code === "EACCES" || code === "EPERM") return new Failure("unreadable", `${path} may not be read by this user.`);
  return toFailure(error, "unreadable", `${path} could not be read`);
}
