import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Failure, toFailure } from "../../lib/failure.ts";
import { makeFolder } from "../../lib/make-folder.ts";

/** The right to use a data directory alone. */
export type DirectoryLock = { readonly release: () => void };

/**
 * Takes a data directory for this process, creating it for its owner only. The lock is one of the operating system, by
 * way of SQLite: it ends with the process, however that ends. A `conflict` failure names who holds it.
 */
export function lockDirectory(directory: string): DirectoryLock | Failure {
  try {
    makeFolder(directory, 0o700);
    chmodSync(directory, 0o700); // the database's own files are readable by everybody who gets this far
  } catch (thrown) {
    return toFailure(thrown, "misconfigured", `The data directory ${directory} cannot be used`);
  }
  const database = new DatabaseSync(join(directory, "headgate.lock"), { timeout: 0 });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (thrown) {
    database.close();
    return isLocked(thrown) ? taken(directory) : toFailure(thrown, "misconfigured", `No lock in ${directory}`);
  }
  writeFileSync(join(directory, "headgate.pid"), `${process.pid}\n`, { mode: 0o600 });
  return {
    release: () => {
      if (database.isOpen) database.close();
    },
  };
}

function isLocked(thrown: unknown): boolean {
  return thrown instanceof Error && /locked|busy/i.test(thrown.message);
}

function taken(directory: string): Failure {
  const holder = holderOf(directory);
  return new Failure(
    "conflict",
    `The store in ${directory} is in use by ${holder}, and only one process can use it. Stop that one first, or give ` +
      "this one another data directory. To let several processes work together, set DATABASE_URL to a PostgreSQL server.",
  );
}

function holderOf(directory: string): string {
  try {
    return `process ${Number.parseInt(readFileSync(join(directory, "headgate.pid"), "utf8"), 10)}`;
  } catch {
    return "another process";
  }
}
