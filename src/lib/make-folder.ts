import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it, one after the other, and throws what `mkdir(2)` says when one cannot be made. Node's
 * own recursive way never ends where a file system answers ENOENT although the folder above is there, as /proc does
 * (proc(5)).
 */
export function makeFolder(path: string, mode = 0o777): void {
  if (isFolder(path)) return;
  const above = dirname(path);
  makeFolder(above, mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && isFolder(path)) return; // somebody else made it in this moment
    throw code === "ENOENT" ? new Error(`no folder can be made in ${above}`, { cause: error }) : error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
