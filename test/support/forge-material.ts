import type { ForgeMaterial } from "../../src/lib/forge/forges.ts";
import { NO_BLOBS } from "./blob-cache.ts";
import { aFetcher } from "./fetcher.ts";
import { forgeUrls } from "./urls.ts";

/** What forges are made of where only GitHub is there. */
export function gitHubAlone({
  urls: github,
  ...given
}: Pick<ForgeMaterial, "github"> & { readonly urls: ForgeMaterial["urls"]["github"] }): ForgeMaterial {
  const urls = { github, ...forgeUrls("https://forge.invalid") };
  return { ...given, urls, fetcher: aFetcher([]), tokens: {}, blobs: NO_BLOBS };
}
