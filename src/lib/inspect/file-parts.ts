import { once } from "node:events";
import { PassThrough } from "node:stream";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher, FetchResponse } from "../fetcher.ts";
import type { TakeBytes } from "../http/response-body.ts";
import { failureOfStatus } from "../http/status.ts";

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
  const { start, ...known } = rangeOf(answer);
  if (start === undefined) return new Failure("unreadable", "the host does not say which part it sent");
  return { bytes, start, ...known };
}

/**
 * A whole file in pieces, asked for part after part, so that little of it is in memory; also from a host that knows no
 * parts and sends all of it. Throws a `Failure`: `too-large` as soon as it is known to be longer than `most` bytes,
 * `unreadable` where a host sends other parts than were asked for.
 */
export async function* partsOf(fetcher: Fetcher, url: string, most: number, what: string): AsyncGenerator<Buffer> {
  const tooLarge = new Failure("too-large", `${what} is larger than ${most / 1024 / 1024} MiB`);
  for (let from = 0; ; ) {
    const part = openPart(fetcher, url, from, most);
    try {
      for await (const bytes of part.pieces) {
        from += bytes.length;
        if (from > most) throw tooLarge;
        yield bytes;
      }
    } finally {
      part.close();
    }
    const outcome = outcomeOf(await part.answer, { from: part.from, next: from, most, what });
    if (isFailure(outcome)) throw outcome.code === "too-large" ? tooLarge : outcome;
    if (from >= outcome) return;
  }
}

/** How long the file is, after a part of it was read from `from` up to `next`. */
function outcomeOf(
  answer: FetchResponse | Failure,
  { from, next, most, what }: { from: number; next: number; most: number; what: string },
): number | Failure {
  if (isFailure(answer)) return answer;
  if (answer.status === 200) return next;
  if (answer.status !== 206) return failureOfStatus(answer, what);
  const { start, total = next } = rangeOf(answer);
  if (start === undefined) return new Failure("unreadable", "the host does not say which part it sent");
  if (start !== from) return new Failure("unreadable", `${what}: the host sent another part than was asked for`);
  if (total > most) return new Failure("too-large", what);
  return next === from && next < total ? new Failure("unreadable", `${what} is cut off`) : total;
}

/** Bytes that wait for whoever reads them; the host waits meanwhile. */
const HELD = 256 * 1024;

/** Asks for the part that begins at `from`, or all from there on of a host that sends everything. `close` ends it early. */
function openPart(fetcher: Fetcher, url: string, from: number, most: number) {
  const pieces = new PassThrough({ highWaterMark: HELD });
  const closing = new AbortController();
  let next = from; // a further try begins where the last one ended
  const receive = (head: Pick<FetchResponse, "status" | "headers">): TakeBytes | undefined => {
    const { start, total = 0 } = rangeOf(head);
    let at = head.status === 200 ? 0 : start;
    if (![200, 206].includes(head.status) || at === undefined || at > next || total > most) return undefined;
    return async (bytes) => {
      const fresh = bytes.subarray(Math.max(0, next - (at ?? 0)));
      at = (at ?? 0) + bytes.length;
      next += fresh.length;
      if (fresh.length > 0 && !pieces.write(fresh)) await once(pieces, "drain", { signal: closing.signal });
    };
  };
  const headers = { range: `bytes=${from}-${from + PART - 1}`, "accept-encoding": "identity" };
  const maxBytes = (from === 0 ? most : from + PART) + 1024;
  const answer = fetcher
    .fetch({ url, headers, maxBytes, receive, signal: closing.signal })
    .finally(() => void pieces.end());
  return { from, pieces: pieces as AsyncIterable<Buffer>, answer, close: () => closing.abort() };
}

/** What a `Content-Range` says: where the part begins, and how long the whole is, where its host knows. */
function rangeOf({ headers }: Pick<FetchResponse, "headers">): { readonly start?: number; readonly total?: number } {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)/.exec(headers["content-range"] ?? "") ?? [];
  return {
    ...(start !== undefined && { start: Number(start) }),
    ...(total !== undefined && total !== "*" && { total: Number(total) }),
  };
}

function whole(bytes: Buffer, range: string): FilePart {
  const start = Number(/^bytes=(\d+)-/.exec(range)?.[1] ?? 0);
  return { bytes: bytes.subarray(start), start, total: bytes.length };
}
