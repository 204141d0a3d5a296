import { createHash } from "node:crypto";
import type { Asset } from "../../domain/release.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { partsOf } from "./file-parts.ts";

/** Larger archives are not fetched. */
export const MOST_PACKED = 32 * 1024 * 1024;

/**
 * Reads a file part after part, and compares its hash with the one that its registry names. A `conflict` failure says
 * that it is another file; then what was read of it does not count.
 */
export async function readHashed<Value>(
  fetcher: Fetcher,
  { name, url = "", digest = "", size = 0 }: Asset,
  what: string,
  read: (parts: AsyncIterable<Buffer>) => Promise<Value | Failure>,
): Promise<Value | Failure> {
  if (size > MOST_PACKED) return new Failure("not-checked", `${what} is larger than ${MOST_PACKED / 1024 / 1024} MiB.`);
  const [algorithm = "", expected = ""] = digest.split(":");
  const known = ["sha256", "sha512", "sha384", "sha1"].includes(algorithm);
  const hash = createHash(known ? algorithm : "sha256");
  const found = await read(hashed(partsOf(fetcher, url, MOST_PACKED, what), (bytes) => void hash.update(bytes)));
  if (isFailure(found) || !known || hash.digest("hex") === expected) return found;
  return new Failure("conflict", `${name} has another checksum than its registry says`);
}

async function* hashed(parts: AsyncIterable<Buffer>, update: (bytes: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const bytes of parts) {
    update(bytes);
    yield bytes;
  }
}
