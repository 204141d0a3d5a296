import { posix } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { extract as createExtract } from "tar-stream";
import { Failure, toFailure } from "../failure.ts";
import { createHeaderWatch } from "./tar-headers.ts";

/** Beyond these an archive is not read on: it is too large for what it says to be, or made to keep us busy. */
const MOST_UNPACKED = 128 * 1024 * 1024;
const MOST_ENTRIES = 50_000;
/** What is kept of one file. */
const MOST_CONTENT = 1024 * 1024;
/** Long names travel in headers of their own, which the reader keeps in memory until they are whole; what is on its way counts, too. */
const LONGEST_HEADER = 1024 * 1024;
/** What is in memory is taken apart at once; nothing else is waited for. */
const PATIENCE = 30_000;
const BLOCK = 512;
const CHUNK = 64 * 1024;

/** What is kept of a file that is longer than that, so that it differs from every other. */
const CUT = Buffer.from("\n(cut off here)\n");

/**
 * The wanted files of a tar archive, by the name under which they are unpacked. Nothing is written to disk and no link is
 * followed: a link stands as the text `link to TARGET`. Files of one name are put together, since which of them counts is
 * up to who unpacks. The whole archive is read; a failure says what is wrong with it.
 */
export async function readTar(
  archive: AsyncIterable<Buffer>,
  { wanted, packed }: { readonly wanted: (name: string) => boolean; readonly packed: boolean },
): Promise<ReadonlyMap<string, Buffer> | Failure> {
  const found = new Map<string, Buffer>();
  const reader = createReader(wanted, (name, content) => {
    const before = found.get(name);
    found.set(name, before === undefined ? content : Buffer.concat([before, content]));
  });
  const source = Readable.from(archive);
  const bytes = packed ? source.pipe(createGunzip({ chunkSize: CHUNK })) : source;
  source.once("error", (error) => bytes.destroy(error)); // a pipe does not pass errors on
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) await reader.write(chunk);
    await reader.end();
    return found;
  } catch (error) {
    return toFailure(error, "unreadable", "the archive cannot be read");
  } finally {
    source.destroy();
    bytes.destroy();
    reader.stop();
  }
}

/** Pushes bytes through the library, keeps what is wanted, and stops where a limit is passed. */
function createReader(wanted: (name: string) => boolean, keep: (name: string, content: Buffer) => void) {
  const extract = createExtract();
  const watch = createHeaderWatch();
  const failed = new Promise<never>((_, reject) => extract.once("error", reject));
  failed.catch(() => undefined); // raced below; it may fail when nobody waits
  let [entries, read, explained] = [0, 0, 0];
  extract.on("entry", (header, content, next) => {
    entries += 1;
    explained = read + Math.ceil((header.size ?? 0) / BLOCK) * BLOCK; // the next header begins there, or before
    const name = posix.normalize(header.name).replace(/^\/+/, "");
    const isLink = header.type === "symlink" || header.type === "link";
    const refusal = refusalOf(entries, name, isLink);
    if (refusal !== undefined) return next(refusal);
    const kept = wanted(name) && header.type !== "directory" ? collect(content) : undefined;
    content.once("end", () => {
      if (kept !== undefined) keep(name, isLink ? Buffer.from(`link to ${header.linkname ?? ""}`) : kept());
      next();
    });
    content.once("error", next);
    content.resume();
  });
  const drained = () => new Promise<void>((resolve) => extract.once("drain", () => resolve()));
  const write = async (chunk: Buffer) => {
    read += chunk.length;
    if (read > MOST_UNPACKED) throw new Failure("too-large", "the archive unpacks to more than 128 MiB");
    if (read - explained > LONGEST_HEADER) throw new Failure("too-large", "a name in the archive is too long");
    watch(chunk);
    if (!extract.write(chunk)) await inTime(drained(), failed);
  };
  const end = async () => {
    const finished = new Promise<void>((resolve) => extract.once("finish", () => resolve()));
    extract.end();
    await inTime(finished, failed);
    if (entries === 0) throw new Failure("unreadable", "there is no file in the archive");
  };
  return { write, end, stop: () => void extract.destroy() };
}

/** Waits for a step of the library, but neither longer than it may take nor beyond its failure. */
async function inTime(step: Promise<void>, failed: Promise<never>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Failure("unreadable", "the archive holds up its reader")), PATIENCE);
  await Promise.race([step, failed, promise]).finally(() => clearTimeout(timer));
}

function refusalOf(entries: number, name: string, isLink: boolean): Failure | undefined {
  if (entries > MOST_ENTRIES) return new Failure("too-large", `the archive has more than ${MOST_ENTRIES} files`);
  return isLink && !name.includes("/") ? new Failure("unreadable", "the folder of the archive is a link") : undefined;
}

function collect(content: Readable): () => Buffer {
  const chunks: Buffer[] = [];
  let length = 0;
  content.on("data", (chunk: Buffer) => {
    if (length < MOST_CONTENT) chunks.push(chunk.subarray(0, MOST_CONTENT - length));
    length += chunk.length;
  });
  return () => Buffer.concat(length > MOST_CONTENT ? [...chunks, CUT] : chunks);
}
