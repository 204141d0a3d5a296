import { inflateRawSync } from "node:zlib";
import { Failure } from "../failure.ts";

/** A file inside a zip archive. Offsets are from the start of the archive. */
export type ZipEntry = {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
};

const END = Buffer.from([0x50, 0x4b, 5, 6]);
const END_SIZE = 22;
const LOCATOR_64 = 0x07064b50;
const LOCATOR_SIZE = 20;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** An extra field with another name for the file (APPNOTE.TXT, 4.6.9), behind a version and a checksum. */
const UNICODE_PATH = 0x7075;

/** Where the list of files is, from the start of the archive, and how many files it says it has. */
export type ZipDirectory = { readonly offset: number; readonly size: number; readonly files: number };

/**
 * Where the list of files is (APPNOTE.TXT, 4.3.16), from the last bytes of an archive, which begin at `start`. What
 * programs read differently is not read at all: some go by the offset that is written, some by where the list must end;
 * some prefer the numbers of ZIP64; some take another end for the end.
 */
export function findDirectory(tail: Buffer, start: number): ZipDirectory | Failure {
  const at = tail.length < END_SIZE ? -1 : tail.lastIndexOf(END, tail.length - END_SIZE);
  if (at < 0) return new Failure("unreadable", "not a zip archive: its end is missing");
  const [disk, firstDisk, here, files] = [4, 6, 8, 10].map((field) => tail.readUInt16LE(at + field));
  const [size, offset] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
  if (offset === 0xffffffff || size === 0xffffffff) return new Failure("too-large", "a zip archive of over 4 GB");
  const parts = disk !== 0 || firstDisk !== 0 || here !== files;
  const ends = at + END_SIZE + tail.readUInt16LE(at + 20) === tail.length;
  const has64 = at >= LOCATOR_SIZE ? tail.readUInt32LE(at - LOCATOR_SIZE) === LOCATOR_64 : start > 0;
  if (parts || !ends || has64 || offset + size !== start + at)
    return new Failure("unreadable", "a zip archive in which programs find different lists of files");
  return { offset, size, files: files ?? 0 };
}

/**
 * The files that the list names (APPNOTE.TXT, 4.3.12), at most `most`, and as many as the archive says it has. A file
 * that has two names is listed under each. Nothing is unpacked.
 */
export function readDirectory(
  directory: Buffer,
  { files, most }: { files: number; most: number },
): ZipEntry[] | Failure {
  const entries: ZipEntry[] = [];
  let [at, read] = [0, 0];
  while (at + 46 <= directory.length && directory.readUInt32LE(at) === CENTRAL) {
    if (read === most) return new Failure("too-large", `a zip archive with more than ${most} files`);
    const lengths = [28, 30, 32].map((field) => directory.readUInt16LE(at + field));
    const [name = 0, extra = 0, comment = 0] = lengths;
    const entry = {
      method: directory.readUInt16LE(at + 10),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    };
    const from = at + 46 + name;
    for (const one of namesOf(directory.subarray(at + 46, from), directory.subarray(from, from + extra)))
      entries.push({ name: one, ...entry });
    at = from + extra + comment;
    read += 1;
  }
  if (at !== directory.length) return new Failure("unreadable", "the list of a zip archive's files is cut off");
  return read === files ? entries : new Failure("unreadable", `a zip archive of ${files} files lists ${read}`);
}

/** The name, and what the extra fields call the file besides. Python ends names at a NUL. */
function namesOf(written: Buffer, extra: Buffer): Set<string> {
  const names = new Set([plainName(written)]);
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    const field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    if (extra.readUInt16LE(at) === UNICODE_PATH && field.length > 5) names.add(plainName(field.subarray(5)));
  }
  return names;
}

function plainName(bytes: Buffer): string {
  return bytes.toString("utf8").split("\0", 1)[0] ?? "";
}

/** The content of one file, from its local header on; at most `most` bytes (APPNOTE.TXT, 4.3.7). */
export function readEntry(bytes: Buffer, entry: ZipEntry, most: number): Buffer | Failure {
  if (bytes.length < 30 || bytes.readUInt32LE(0) !== LOCAL)
    return new Failure("unreadable", `${entry.name} is not where it is said to be`);
  const start = 30 + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
  const packed = bytes.subarray(start, start + entry.packed);
  if (entry.size > most || packed.length < entry.packed)
    return new Failure("too-large", `${entry.name} is too large to look into`);
  if (entry.method === 0) return packed;
  if (entry.method !== 8) return new Failure("unreadable", `${entry.name} is packed in an unknown way`);
  try {
    return inflateRawSync(packed, { maxOutputLength: most });
  } catch (error) {
    return new Failure("unreadable", `${entry.name} cannot be unpacked`, { cause: error });
  }
}
