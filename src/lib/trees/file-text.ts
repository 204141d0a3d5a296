import { Failure } from "../failure.ts";

/** Files above this many bytes are not read: nothing that pins a version is that long. */
export const MAX_FILE_BYTES = 5 * 1024 * 1024;

/** How far git looks for a NUL byte before it calls a file binary. */
const BINARY_WINDOW = 8 * 1024;

/** A file's bytes as text that gives the same bytes again. Failures: `too-large`, `unreadable` (binary, not UTF-8). */
export function toFileText(path: string, bytes: Uint8Array): string | Failure {
  if (bytes.length > MAX_FILE_BYTES) return tooLarge(path);
  if (bytes.subarray(0, BINARY_WINDOW).includes(0)) return new Failure("unreadable", `${path} is a binary file.`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    return new Failure("unreadable", `${path} is not written in UTF-8.`, { cause: error });
  }
}

/** The failure for a file that is not read because of its size. */
export function tooLarge(path: string): Failure {
  return new Failure("too-large", `${path} is larger than 5 MiB and was not read.`);
}
