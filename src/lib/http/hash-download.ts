import { createHash } from "node:crypto";
import { MINUTE } from "../../domain/instant.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";

/** Large files from slow hosts; what hangs is given up all the same. */
const TIMEOUT = 10 * MINUTE;

/**
 * The hash of a file as it is stored at its host, in hex: computed while it comes, so that no more than a piece of it is
 * in memory. A file of more than `maxBytes` is a `too-large` failure, one that is not there `not-found`.
 */
export async function hashDownload(
  fetcher: Fetcher,
  url: string,
  algorithm: string,
  maxBytes: number,
): Promise<string | Failure> {
  let hash = createHash(algorithm);
  const receive = () => {
    hash = createHash(algorithm);
    return (bytes: Uint8Array) => void hash.update(bytes);
  };
  const headers = { "accept-encoding": "identity" };
  const response = await fetcher.fetch({ url, headers, maxBytes, timeout: TIMEOUT, receive });
  if (isFailure(response)) return response.code === "too-large" ? tooLarge(url, maxBytes) : response;
  if (response.status !== 200)
    return new Failure("not-found", `${url} answered ${response.status}, so its checksum is not known.`);
  return hash.digest("hex");
}

function tooLarge(url: string, maxBytes: number): Failure {
  const most = `${Math.floor(maxBytes / 1024 / 1024)} MiB (network.largest-download)`;
  return new Failure("too-large", `${url} is larger than ${most}, so its checksum was not computed.`);
}
