import { pipeline, Readable, type Transform } from "node:stream";
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  gunzipSync,
  inflateSync,
  type ZlibOptions,
} from "node:zlib";
import { Failure } from "../failure.ts";
import { gather } from "./gather.ts";

type Decoder = {
  readonly stream: () => Transform;
  readonly atOnce: (body: Uint8Array, options: ZlibOptions) => Uint8Array;
};

const GZIP: Decoder = { stream: createGunzip, atOnce: gunzipSync };
/** A map: a header may say `constructor`. */
const DECODERS: ReadonlyMap<string, Decoder> = new Map([
  ["gzip", GZIP],
  ["x-gzip", GZIP],
  ["deflate", { stream: createInflate, atOnce: inflateSync }],
  ["br", { stream: createBrotliDecompress, atOnce: brotliDecompressSync }],
]);

/** What `readBody` can decode, as an `Accept-Encoding` header. Always the same, since PyPI's ETag depends on it. */
export const ACCEPT_ENCODING = "gzip, br, deflate";

/** Bodies that are no longer on the wire are decoded at once: a stream costs more than what it decodes. */
const SMALL = 64 * 1024;
/** How much a decoder sets aside at first, and at most. */
const [FIRST_OUTPUT, LARGEST_OUTPUT] = [16 * 1024, 256 * 1024];

/**
 * True for an answer that ends when its connection does (RFC 9112, section 6.3): with nothing that says where, whoever
 * can cut the connection makes a shorter one of it, also under TLS. A coding has an end of its own.
 */
export function saysNoEnd(headers: Readonly<Record<string, string>>): boolean {
  return ["content-length", "transfer-encoding", "content-encoding"].every((name) => headers[name] === undefined);
}

/** Takes some bytes of a body; the next come afterwards, and where it gives a promise not before that is kept. */
export type TakeBytes = (bytes: Uint8Array) => void | Promise<void>;

/**
 * Reads a body to its end, decoded; with `take` it goes there as it comes, and what is returned is empty. Bytes are counted after decoding, so a small body that unpacks to a large one is
 * a `too-large` failure as soon as the limit is passed. Errors of the stream itself are thrown.
 */
export async function readBody(
  body: Readable,
  headers: Readonly<Record<string, string>>,
  maxBytes: number,
  take?: TakeBytes,
): Promise<Uint8Array | Failure> {
  const decoder = decoderFor(headers["content-encoding"]);
  if (decoder instanceof Failure) return discard(body, decoder);
  if (decoder === undefined) {
    if (Number(headers["content-length"] ?? 0) > maxBytes) return discard(body, tooLarge(maxBytes));
    return collect(body, body, maxBytes, take);
  }
  const chunks = body.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>;
  const start = await readStart(chunks);
  if (start.isAll) return given(decodeAtOnce(decoder, Buffer.concat(start.chunks, start.bytes), maxBytes), take);
  const whole = Readable.from(restOf(start.chunks, chunks));
  const decoded = pipeline(whole, decoder.stream(), () => {}); // an error of either side surfaces where the decoded stream is read
  return collect(decoded, body, maxBytes, take);
}

/**
 * Decodes a body that came whole. As many bytes are counted as in `readBody`; what is decoded to more than a few of them
 * goes through a stream, which ends at the limit.
 */
export async function decodeBody(
  chunks: readonly Uint8Array[],
  headers: Readonly<Record<string, string>>,
  maxBytes: number,
): Promise<Uint8Array | Failure> {
  const decoder = decoderFor(headers["content-encoding"]);
  if (decoder instanceof Failure) return decoder;
  if (decoder === undefined) return chunks.length === 1 ? (chunks[0] ?? new Uint8Array()) : Buffer.concat(chunks);
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (bytes <= SMALL) return decodeAtOnce(decoder, Buffer.concat(chunks, bytes), maxBytes);
  const whole = Readable.from(chunks);
  const decoded = pipeline(whole, decoder.stream(), () => {}); // an error of either side surfaces where the decoded stream is read
  return collect(decoded, decoded, maxBytes, undefined);
}

function decoderFor(header: string | undefined): Decoder | undefined | Failure {
  const codings = (header ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity");
  const [coding] = codings;
  if (coding === undefined) return undefined;
  const decoder = codings.length === 1 ? DECODERS.get(coding) : undefined;
  return decoder ?? new Failure("unreadable", "the body has an encoding that was not asked for");
}

/** Reads until the end, or until it is clear that this is no small body. */
async function readStart(chunks: AsyncIterator<Uint8Array>) {
  const read: Uint8Array[] = [];
  let bytes = 0;
  while (bytes <= SMALL) {
    const { done, value } = await chunks.next();
    if (done === true) return { chunks: read, bytes, isAll: true };
    read.push(value);
    bytes += value.length;
  }
  return { chunks: read, bytes, isAll: false };
}

async function* restOf(start: readonly Uint8Array[], chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* start;
  yield* { [Symbol.asyncIterator]: () => chunks };
}

function decodeAtOnce(decoder: Decoder, body: Buffer, maxBytes: number): Uint8Array | Failure {
  try {
    return decoder.atOnce(body, { maxOutputLength: maxBytes, chunkSize: outputSize(decoder, body) });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") return tooLarge(maxBytes);
    throw error;
  }
}

/** A gzip body ends with its decoded length (RFC 1952, ISIZE). It may lie: it only decides how much is set aside at first. */
function outputSize(decoder: Decoder, body: Buffer): number {
  const said = decoder === GZIP && body.length >= 18 ? body.readUInt32LE(body.length - 4) + 1 : FIRST_OUTPUT;
  return Math.min(Math.max(said, 1024), LARGEST_OUTPUT);
}

async function given(body: Uint8Array | Failure, take: TakeBytes | undefined): Promise<Uint8Array | Failure> {
  if (take === undefined || body instanceof Failure) return body;
  await take(body);
  return new Uint8Array();
}

async function collect(
  decoded: Readable,
  body: Readable,
  maxBytes: number,
  take: TakeBytes | undefined,
): Promise<Uint8Array | Failure> {
  const chunks = gather();
  let bytes = 0;
  for await (const chunk of decoded as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return discard(body, tooLarge(maxBytes));
    if (take === undefined) chunks.add(chunk);
    else await take(chunk);
  }
  return Buffer.concat(chunks.all());
}

function discard(body: Readable, failure: Failure): Failure {
  body.on("error", () => {}); // destroying a body that is under way makes it emit an error nobody waits for
  body.destroy();
  return failure;
}

/** The failure of a body that is longer than is accepted. */
export function tooLarge(maxBytes: number): Failure {
  return new Failure("too-large", `the body is larger than ${maxBytes} bytes`);
}
