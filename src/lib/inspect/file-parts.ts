import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { failureOfStatus } from "../http-status.ts";

/** Some bytes of a file, and where they begin. `total`: how long the file is, where its host says so. */
type FilePart = { readonly bytes: Buffer; readonly start: number; readonly total?: number };

/** So much of a file is in memory at a time. */
const PART = 4 * 1024 * 1024;

/** A part of a file (RFC 9110, section 14), at most `most` bytes. A small file may come as a whole. `what` names it. */
export async function readPart(
  fetcher: Fetcher,
  url: string,
  { range, most, what }: { readonly range: string; readonly most: number; readonly what: string },
): Promise<FilePart | Failure> {
  const headers = { range, "accept-encoding": "identity" };
  const answer = await fetcher.fetch({ url, headers, maxBytes: most + 1024 });
  if (isFailure(answer)) return answer;
  const bytes = Buffer.from(answer.body.buffer, answer.body.byteOffset, answer.body.byteLength);
  if (answer.status === 200) return whole(bytes, range);
  if (answer.status !== 206) return failureOfStatus(answer, what);
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)/.exec(answer.headers["content-range"] ?? "") ?? [];
  if (start === undefined) return new Failure("unreadable", "the host does not say which part it sent");
  const known = total === undefined || total === "*" ? {} : { total: Number(total) };
  return { bytes, start: Number(start), ...known };
}

/**
 * A whole file, part after part, so that little of it is in memory. Throws a `Failure`: `too-large` as soon as it is
 * known to be longer than `most` bytes, `unreadable` where a host sends other parts than were asked for.
 */
export async function* partsOf(fetcher: Fetcher, url: string, most: number, what: string): AsyncGenerator<Buffer> {
  const tooLarge = new Failure("too-large", `${what} is larger than ${most / 1024 / 1024} MiB`);
  for (let from = 0; ; ) {
    const range = `bytes=${from}-${from + PART - 1}`;
    const part = await readPart(fetcher, url, { range, most: from === 0 ? most : PART, what });
    if (isFailure(part)) throw part.code === "too-large" ? tooLarge : part;
    if (part.start !== from) throw new Failure("unreadable", `${what}: the host sent another part than was asked for`);
    const total = part.total ?? part.bytes.length;
    if (total > most) throw tooLarge;
    yield part.bytes;
    from += part.bytes.length;
    if (from >= total) return;
    if (part.bytes.length === 0) throw new Failure("unreadable", `${what} is cut off`);
  }
}

function whole(bytes: Buffer, range: string): FilePart {
  const start = Number(/^bytes=(\d+)-/.exec(range)?.[1] ?? 0);
  return { bytes: bytes.subarray(start), start, total: bytes.length };
}
