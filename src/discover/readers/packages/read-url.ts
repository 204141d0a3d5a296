import { type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import { CDN_RULES } from "../../addresses/cdn-rules.ts";
import { locateUrl } from "../../addresses/upstream-of-url.ts";
import type { Checksum, Reference } from "../../format.ts";

/** True for an address that a page loads a library from. */
export function isLibraryUrl(url: string): boolean {
  return url.length < 1_000 && CDN_RULES.some(({ address }) => address.test(url));
}

/**
 * An address in data: a download when a version in it is stated beside it, too, or when a checksum is. `versions` are what
 * is stated, the nearest first. Undefined for every other address.
 */
export function readStatedDownload(
  value: Value,
  versions: readonly Value[],
  checksums: readonly Checksum[],
): Reference | undefined {
  const url = visibleText(value);
  const part = /^https?:\/\/\S+$/.test(url) ? locateUrl(url)?.part : undefined;
  if (part === undefined || part.kind === "branch") return undefined;
  const written = url.slice(part.start, part.end);
  const stated = versions.find((version) => {
    const number = visibleText(version).replace(/^v/, "");
    return /\d/.test(number) && written.includes(number);
  });
  if (stated === undefined && checksums.length === 0) return undefined;
  const hashes = checksums.length === 0 ? {} : { checksums };
  return { kind: "url", value, ...(stated === undefined ? {} : { stated }), ...hashes };
}
