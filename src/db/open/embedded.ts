import { execFile } from "node:child_process";
import { existsSync, renameSync, rmSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type pg from "pg";
import { Failure, toFailure } from "../../lib/failure.ts";

const CREATE_WITHIN = 120_000;

/** As Node says it, or WebAssembly's system interface (`nospc` of wasi_snapshot_preview1, witx): also what the other process printed. */
const NO_ROOM = /ENOSPC|errno: 51\b/;

/**
 * Opens the embedded PostgreSQL in a directory that the caller has locked, creating it (some three seconds) where there is
 * none. Whoever starts the program should give Node `--liftoff-only`: compiling so large a WebAssembly module again takes
 * 500 MB for a moment, and queries as short as ours are no faster for it.
 */
export async function connectEmbedded(directory: string): Promise<pg.Pool | Failure> {
  try {
    if (!existsSync(directory)) await create(directory);
    // the engine would take this for a new directory, and put an empty store over what is left of the old one
    else if (!existsSync(join(directory, "PG_VERSION"))) throw new Error("PG_VERSION is gone");
    const [{ PGlite }, { PglitePool }] = await Promise.all([
      import("@electric-sql/pglite"),
      import("./pglite-pool.ts"),
    ]);
    const database = await PGlite.create({ dataDir: directory });
    await database.exec("SET search_path TO bullmq, public; SET timezone TO 'UTC'");
    await database.query("SELECT count(*) FROM pg_catalog.pg_class"); // a damaged one may open and answer nothing
    return new PglitePool(database) as unknown as pg.Pool; // the parts of it that drizzle, BullMQ and we use
  } catch (thrown) {
    if (NO_ROOM.test(String(thrown)))
      return new Failure(
        "unavailable",
        `The disk has no room for the embedded store in ${directory}: make some (a new store takes 50 MB), then start again. What it holds stays as it is`,
      );
    return toFailure(
      thrown,
      "unavailable",
      `The embedded store in ${directory} does not open. Restore it from a backup; if it never held anything, remove it`,
    );
  }
}

/**
 * In a process of its own, because creating takes 700 MB (without the option 1.1 GB, and twice the work) that a process
 * which runs for months would keep; under another name first, so that one that is killed in the middle leaves nothing that
 * looks like a store. It needs nothing of our environment, and gets nothing: the secrets are in there.
 */
async function create(directory: string): Promise<void> {
  const unfinished = `${directory}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  const program = fileURLToPath(new URL(`./create-embedded${extname(import.meta.url)}`, import.meta.url));
  await promisify(execFile)(process.execPath, ["--liftoff-only", program, unfinished], {
    timeout: CREATE_WITHIN,
    env: {},
  });
  renameSync(unfinished, directory);
}
