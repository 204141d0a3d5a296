import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { readPart } from "./file-parts.ts";
import { findDirectory, readDirectory, readEntry, type ZipEntry } from "./zip-directory.ts";

/** The end of an archive, where its list of files begins for nearly all of them. */
const TAIL = 64 * 1024;
const MOST_DIRECTORY = 8 * 1024 * 1024;
const MOST_FILES = 50_000;
const MOST_CONTENT = 1024 * 1024;

/** A zip archive on a host: the names in it, and what is in single files. Only the parts that are needed are fetched. */
export type ZipArchive = {
  readonly entries: readonly ZipEntry[];
  /** The content of one file, at most a megabyte of it. */
  readonly read: (entry: ZipEntry) => Promise<Buffer | Failure>;
};

/** An archive on a host. `what` names it in failures. */
type Remote = { readonly fetcher: Fetcher; readonly url: string; readonly what: string };

/** Reads the list of files of an archive, by two or three parts of it. `what` names it in failures. */
export async function openZip(fetcher: Fetcher, url: string, what: string): Promise<ZipArchive | Failure> {
  const remote = { fetcher, url, what };
  const tail = await readPart(fetcher, url, { range: `bytes=-${TAIL}`, most: TAIL, what });
  if (isFailure(tail)) return tail;
  const place = findDirectory(tail.bytes, tail.start);
  if (isFailure(place)) return place;
  if (place.size > MOST_DIRECTORY) return new Failure("too-large", `the list of files of ${what} is too long`);
  const directory = await directoryOf(remote, place, tail);
  if (isFailure(directory)) return directory;
  const entries = readDirectory(directory, { files: place.files, most: MOST_FILES });
  if (isFailure(entries)) return entries;
  return { entries, read: (entry) => contentOf(remote, entry) };
}

async function directoryOf(
  remote: Remote,
  { offset, size }: { readonly offset: number; readonly size: number },
  tail: { readonly bytes: Buffer; readonly start: number },
): Promise<Buffer | Failure> {
  if (size === 0) return Buffer.alloc(0);
  if (offset >= tail.start) return tail.bytes.subarray(offset - tail.start, offset - tail.start + size);
  return bytesFrom(remote, offset, size);
}

/** A local header is followed by two fields of at most 64 KiB each. */
const HEADER = 30 + 2 * 65_535;

async function contentOf(remote: Remote, entry: ZipEntry): Promise<Buffer | Failure> {
  if (entry.packed > MOST_CONTENT) return new Failure("too-large", `${entry.name} is too large to look into`);
  const local = await bytesFrom(remote, entry.offset, HEADER + entry.packed);
  return isFailure(local) ? local : readEntry(local, entry, MOST_CONTENT);
}

async function bytesFrom({ fetcher, url, what }: Remote, offset: number, size: number): Promise<Buffer | Failure> {
  const part = await readPart(fetcher, url, { range: `bytes=${offset}-${offset + size - 1}`, most: size, what });
  return isFailure(part) ? part : part.bytes;
}
