import { constants, type Stats } from "node:fs";
import { lstat, open, realpath, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Failure, isFailure, toFailure } from "../failure.ts";
import { blobId } from "./blob-id.ts";

/** A file as it will be. `before`: git's id of the content that the change was made from. */
export type FileToWrite = { readonly path: string; readonly before: string; readonly text: string };

/** What was done, by path. `already`: the file had the new content before. */
export type WrittenFiles = { readonly written: readonly string[]; readonly already: readonly string[] };

type Checked = { readonly path: string; readonly full: string; readonly stats: Stats; readonly text: string };

/**
 * Writes a change into a folder: all of it or nothing. Each file must be a regular one that has the content which the
 * change was made from; it keeps its mode and its owner. Nothing is written outside the folder or through a symlink.
 * Failures: `misconfigured` (no such folder), `conflict` (another content), `refused` (not a plain file inside it).
 */
export async function writeFiles(folder: string, files: readonly FileToWrite[]): Promise<WrittenFiles | Failure> {
  const root = await realpath(resolve(folder)).catch(() => undefined);
  if (root === undefined || !(await lstat(root)).isDirectory())
    return new Failure("misconfigured", `${folder} is not a folder. Name the folder of a checkout.`);
  const checked: Checked[] = [];
  const already: string[] = [];
  for (const file of files) {
    const result = await check(root, file);
    if (isFailure(result)) return result;
    if (result === "already") already.push(file.path);
    else checked.push(result);
  }
  const failure = await replaceAll(checked);
  return failure ?? { written: checked.map(({ path }) => path), already };
}

async function check(root: string, { path, before, text }: FileToWrite): Promise<Checked | "already" | Failure> {
  if (!isInside(path)) return new Failure("refused", `${path} is not a path inside the folder.`);
  const full = join(root, path);
  try {
    if ((await realpath(dirname(full))) !== dirname(full))
      return new Failure("refused", `${path} lies behind a symbolic link: nothing is written through one.`);
    // Without O_NONBLOCK, opening a named pipe would wait for a writer.
    await using handle = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await handle.stat();
    if (!stats.isFile()) return new Failure("refused", `${path} is not a regular file.`);
    const found = blobId(await handle.readFile());
    if (found === blobId(text)) return "already";
    if (found === before) return { path, full, stats, text };
    return new Failure("conflict", `${path} is not what the change was planned from. Nothing was written.`);
  } catch (error) {
    return toRefusal(path, error);
  }
}

function isInside(path: string): boolean {
  const segments = path.split("/");
  return !path.includes("\0") && segments.every((segment) => !["", ".", "..", ".git"].includes(segment.toLowerCase()));
}

function toRefusal(path: string, error: unknown): Failure {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ELOOP")
    return new Failure("refused", `${path} is a symbolic link: nothing is written through one.`, { cause: error });
  if (code === "ENOENT" || code === "ENOTDIR")
    return new Failure("conflict", `${path} does not exist there. Nothing was written.`, { cause: error });
  return toFailure(error, "refused", `${path} cannot be changed`);
}

/** Every new file is written beside the old one first, so that a full disk leaves all of them as they were. */
async function replaceAll(files: readonly Checked[]): Promise<Failure | undefined> {
  const staged: { readonly from: string; readonly file: Checked }[] = [];
  try {
    for (const file of files) {
      const from = `${file.full}.headgate-${process.pid}`;
      staged.push({ from, file });
      await stage(from, file);
    }
    for (const { from, file } of staged) await rename(from, file.full);
    return undefined;
  } catch (error) {
    await Promise.all(staged.map(({ from }) => rm(from, { force: true })));
    const path = staged.at(-1)?.file.path ?? "";
    return toFailure(error, "refused", `${path} could not be written, look at the folder with git status`);
  }
}

async function stage(from: string, { stats, text }: Checked): Promise<void> {
  await using handle = await open(from, "wx", 0o600);
  await handle.writeFile(text);
  const owner = await handle.stat();
  if (owner.uid !== stats.uid || owner.gid !== stats.gid) await handle.chown(stats.uid, stats.gid);
  await handle.chmod(stats.mode & 0o777);
  await handle.sync();
}
