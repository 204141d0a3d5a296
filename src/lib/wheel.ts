import { Failure, isFailure } from "./failure.ts";
import type { Fetcher } from "./fetcher.ts";
import { failureOfStatus } from "./http-status.ts";
import { findDirectory, readDirectory, readEntry } from "./zip-directory.ts";

/** The end of an archive, where its list of files begins for nearly all wheels. */
const TAIL = 64 * 1024;
const MOST_DIRECTORY = 8 * 1024 * 1024;
const MOST_FILES = 50_000;
const MOST_CONTENT = 64 * 1024;
const MOST_LOOKED_INTO = 10;

/**
 * The `.pth` files in a wheel that hold code: lines that begin with `import` run at every start of Python
 * (https://docs.python.org/3/library/site.html). Only the list of files and those files are fetched, in memory, with
 * limits; nothing is run and nothing written. A host that sends no parts of files cannot be asked.
 */
export async function readStartupFiles(fetcher: Fetcher, url: string): Promise<string[] | Failure> {
  const tail = await part(fetcher, url, `bytes=-${TAIL}`, TAIL);
  if (isFailure(tail)) return tail;
  const place = findDirectory(tail.bytes);
  if (isFailure(place)) return place;
  if (place.size > MOST_DIRECTORY) return new Failure("too-large", "the wheel's list of files is too long");
  const directory = await directoryOf(fetcher, url, place, tail);
  if (isFailure(directory)) return directory;
  const entries = readDirectory(directory, MOST_FILES);
  if (isFailure(entries)) return entries;
  const startup = entries.filter(({ name }) =>
    /^[^/]+\.pth$|^[^/]+\.data\/(?:purelib|platlib)\/[^/]+\.pth$/.test(name),
  );
  const found: string[] = [];
  for (const entry of startup.slice(0, MOST_LOOKED_INTO)) {
    const end = entry.offset + 30 + 2 * 65_535 + entry.packed;
    const local = await part(
      fetcher,
      url,
      `bytes=${entry.offset}-${Math.min(end, entry.offset + 3 * MOST_CONTENT)}`,
      4 * MOST_CONTENT,
    );
    if (isFailure(local)) return local;
    const content = readEntry(local.bytes, entry, MOST_CONTENT);
    // what cannot be read is told, not passed over: nobody puts much into such a file
    if (isFailure(content) || /^import[ \t]/m.test(content.toString("utf8"))) found.push(entry.name);
  }
  return found;
}

type Part = { readonly bytes: Buffer; readonly start: number };

async function directoryOf(
  fetcher: Fetcher,
  url: string,
  { offset, size }: { readonly offset: number; readonly size: number },
  tail: Part,
): Promise<Buffer | Failure> {
  if (size === 0) return Buffer.alloc(0);
  if (offset >= tail.start) return tail.bytes.subarray(offset - tail.start, offset - tail.start + size);
  const answer = await part(fetcher, url, `bytes=${offset}-${offset + size - 1}`, size);
  return isFailure(answer) ? answer : answer.bytes;
}

/** A part of a file (RFC 9110, section 14). A small file may come as a whole. */
async function part(fetcher: Fetcher, url: string, range: string, most: number): Promise<Part | Failure> {
  const answer = await fetcher.fetch({ url, headers: { range, "accept-encoding": "identity" }, maxBytes: most + 1024 });
  if (isFailure(answer)) return answer;
  const bytes = Buffer.from(answer.body);
  if (answer.status === 200) return whole(bytes, range);
  if (answer.status !== 206) return failureOfStatus(answer, "the wheel");
  const start = Number(/^bytes (\d+)-/.exec(answer.headers["content-range"] ?? "")?.[1] ?? Number.NaN);
  return Number.isNaN(start) ? new Failure("unreadable", "the host does not say which part it sent") : { bytes, start };
}

function whole(bytes: Buffer, range: string): Part {
  const start = Number(/^bytes=(\d+)-/.exec(range)?.[1] ?? 0);
  return { bytes: bytes.subarray(start), start };
}
