import { once } from "node:events";
import { createReadStream, createWriteStream, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { finished } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import type pg from "pg";
import type { Instant } from "../../domain/instant.ts";
import { Failure, toFailure } from "../../lib/failure.ts";
import { makeFolder } from "../../lib/make-folder.ts";
import type { Database } from "../database.ts";
import { dumpStore } from "./dump.ts";
import { type Restored, restoreStore } from "./restore.ts";

/** What was written, and where. */
export type WrittenBackup = { readonly file: string; readonly rows: number };

/** How many backups that nobody asked for are kept. */
const KEPT = 3;
const ENDING = ".jsonl.gz";

/**
 * Writes the store into a file (gzip of lines of JSON, see `dump.ts`), readable by its owner only. It gets its name when it
 * is whole. A file that is there already is a `conflict`.
 */
export async function writeBackup(db: Database, file: string, now: Instant): Promise<WrittenBackup | Failure> {
  if (existsSync(file)) return new Failure("conflict", `${file} is there already: name another file, or remove it.`);
  const unfinished = `${file}.part`;
  try {
    makeFolder(dirname(file));
    const packed = createGzip({ level: 6 });
    const out = packed.pipe(createWriteStream(unfinished, { mode: 0o600 }));
    const ended = finished(out);
    const failed = new Promise<never>((_resolve, reject) => out.once("error", reject));
    // whichever of the two nobody waits for at that moment must not end the process
    failed.catch(() => undefined);
    ended.catch(() => undefined);
    const write = async (line: string) => {
      if (!packed.write(`${line}\n`)) await Promise.race([once(packed, "drain"), failed]);
    };
    const { rows } = await dumpStore(db, now, write);
    packed.end();
    await ended;
    renameSync(unfinished, file);
    return { file, rows };
  } catch (thrown) {
    if (existsSync(unfinished)) rmSync(unfinished);
    return toFailure(thrown, "unavailable", `The backup ${file} cannot be written`);
  }
}

/** Fills an empty store from a file that `writeBackup` wrote. */
export async function readBackup(pool: pg.Pool, file: string): Promise<Restored | Failure> {
  const packed = createReadStream(file);
  const text = packed.pipe(createGunzip());
  packed.on("error", (error) => text.destroy(error));
  try {
    return await restoreStore(pool, linesOf(text));
  } catch (thrown) {
    return toFailure(thrown, "unreadable", `The backup ${file} cannot be read`);
  } finally {
    packed.destroy();
    text.destroy();
  }
}

/** Characters of one row. A file is at most 5 MiB, and JSON makes at most six characters of one. */
const LONGEST_LINE = 64 * 1024 * 1024;

/** Lines end with a line feed and nothing else: Node's readline also breaks at U+2028, which texts of upstreams contain. */
async function* linesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let begun: string[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    const [first = "", ...others] = decoder.decode(chunk, { stream: true }).split("\n");
    begun.push(first);
    length += first.length;
    if (length > LONGEST_LINE) throw new Failure("unreadable", "It holds a line that no backup has.");
    const next = others.pop();
    if (next === undefined) continue;
    yield begun.join("");
    yield* others;
    begun = [next];
    length = next.length;
  }
  if (length > 0) yield begun.join("");
}

/** Writes a backup that nobody asked for beside an embedded store, and forgets the oldest of them. */
export async function keepBackup(db: Database, dataDir: string, now: Instant): Promise<WrittenBackup | Failure> {
  const written = await writeBackup(db, join(folderOf(dataDir), `${now.replace(/[:.]/g, "-")}${ENDING}`), now);
  for (const old of keptBackups(dataDir).slice(KEPT)) rmSync(old, { force: true });
  return written;
}

/** Backups beside an embedded store, newest first. */
export function keptBackups(dataDir: string): string[] {
  const folder = folderOf(dataDir);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith(ENDING));
  return names
    .sort()
    .reverse()
    .map((name) => join(folder, name));
}

function folderOf(dataDir: string): string {
  return join(dataDir, "backups");
}
