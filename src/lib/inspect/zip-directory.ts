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

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;

/** Where the list of files is, from the last bytes of an archive (APPNOTE.TXT, 4.3.16). */
export function findDirectory(tail: Buffer): { readonly offset: number; readonly size: number } | Failure {
  for (let at = tail.length - 22; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END) continue;
    const [size, offset] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
    if (offset === 0xffffffff || size === 0xffffffff) return new Failure("too-large", "a zip archive of over 4 GB");
    return { offset, size };
  }
  return new Failure("unreadable", "not a zip archive: its end is missing");
}

/** The files that the list names, at most `most` (APPNOTE.TXT, 4.3.12). Nothing is unpacked. */
export function readDirectory(directory: Buffer, most: number): ZipEntry[] | Failure {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at + 46 <= directory.length && directory.readUInt32LE(at) === CENTRAL) {
    if (entries.length === most) return new Failure("too-large", `a zip archive with more than ${most} files`);
    const lengths = [28, 30, 32].map((field) => directory.readUInt16LE(at + field));
    const [name = 0, extra = 0, comment = 0] = lengths;
    entries.push({
      name: directory.subarray(at + 46, at + 46 + name).toString("utf8"),
      method: directory.readUInt16LE(at + 10),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    });
    at += 46 + name + extra + comment;
  }
  return at === directory.length ? entries : new Failure("unreadable", "the list of a zip archive's files is cut off");
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
