import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type Failure, toFailure } from "../failure.ts";
import { makeFolder } from "../make-folder.ts";

/**
 * Which letters a mail server took, noted in the data directory the moment it says so. The store learns it a moment
 * later; a process that ends in between, or a store that cannot be reached, does not make it forgotten.
 */
export type TakenLetters = {
  /** Notes that the letter with this key was taken. Synchronous, and on the disk when it returns. */
  readonly note: (key: string) => Failure | undefined;
  readonly has: (key: string) => boolean;
  /** The store knows it too: the note is dropped. */
  readonly forget: (key: string) => void;
  /** Drops notes made before a moment (milliseconds since the epoch). */
  readonly prune: (before: number) => void;
};

/** Notes in a folder of their own, one small file each: several processes may share it. */
export function takenLetters(dataDirectory: string): TakenLetters {
  const folder = join(dataDirectory, "taken");
  const pathOf = (key: string) => join(folder, createHash("sha256").update(key).digest("hex"));
  return {
    note: (key) => {
      try {
        makeFolder(folder, 0o700);
        writeDurably(pathOf(key), `${key}\n`);
        syncFolder(folder);
        return undefined;
      } catch (error) {
        return toFailure(error, "unavailable", `${folder} cannot be written`);
      }
    },
    has: (key) => existsSync(pathOf(key)),
    forget: (key) => rmSync(pathOf(key), { force: true }),
    prune: (before) => {
      for (const name of existsSync(folder) ? readdirSync(folder) : []) {
        const path = join(folder, name);
        const stats = statSync(path, { throwIfNoEntry: false });
        if (stats !== undefined && stats.mtimeMs < before) rmSync(path, { force: true });
      }
    },
  };
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, "w", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A new name lasts when its folder is on the disk (fsync(2)). */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
