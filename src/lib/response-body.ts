import { pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { Failure } from "./failure.ts";

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** What `readBody` can decode, as an `Accept-Encoding` header. Always the same, since PyPI's ETag depends on it. */
export const ACCEPT_ENCODING = "gzip, br, deflate";

/**
 * Reads a body to its end, decoded. Bytes are counted after decoding, so a small body that unpacks to a large one is
 * a `too-large` failure as soon as the limit is passed. Errors of the stream itself are thrown.
 */
export async function readBody(
  body: Readable,
  headers: Readonly<Record<string, string>>,
  maxBytes: number,
): Promise<Uint8Array | Failure> {
  const decoded = decode(body, headers["content-encoding"]);
  if (decoded instanceof Failure) return discard(body, decoded);
  if (decoded === body && Number(headers["content-length"] ?? 0) > maxBytes) return discard(body, tooLarge(maxBytes));
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of decoded as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return discard(body, tooLarge(maxBytes));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

function decode(body: Readable, header: string | undefined): Readable | Failure {
  const codings = (header ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity");
  const [coding] = codings;
  if (coding === undefined) return body;
  const create = codings.length === 1 ? DECODERS[coding] : undefined;
  if (create === undefined) return new Failure("unreadable", "the body has an encoding that was not asked for");
  return pipeline(body, create(), () => {}); // an error of either side surfaces where the decoded stream is read
}

function discard(body: Readable, failure: Failure): Failure {
  body.on("error", () => {}); // destroying a body that is under way makes it emit an error nobody waits for
  body.destroy();
  return failure;
}

function tooLarge(maxBytes: number): Failure {
  return new Failure("too-large", `the body is larger than ${maxBytes} bytes`);
}
