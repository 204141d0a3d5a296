import { z } from "zod";
import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { failureOfStatus, readJson } from "../http/status.ts";

/** Docker Hub's programmes. */
export type HubBadge = "official" | "verified_publisher" | "open_source";

const repositorySchema = z.object({ pull_count: z.number().nonnegative().nullish().catch(undefined) });
const said = z.string().nullish().catch(undefined);
const describedSchema = z.object({ description: said, full_description: said });
const searchSchema = z.object({
  results: z.array(z.object({ name: z.string(), badge: z.string().nullish() }).catch({ name: "", badge: null })),
});
const MAX_BYTES = 2_000_000;

/** The address of a repository's page (https://docs.docker.com/reference/api/hub/latest/). `path` is `namespace/name`. */
export function hubRepositoryUrl(hub: string, path: string): string {
  return `${hub}/v2/repositories/${path}`;
}

/** How often images of a repository were ever pulled; undefined where Docker Hub does not say. */
export async function hubPulls(fetcher: Fetcher, hub: string, path: string): Promise<number | undefined | Failure> {
  const response = await fetcher.fetch({ url: hubRepositoryUrl(hub, path), maxBytes: MAX_BYTES });
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfStatus(response, `the repository ${path} on Docker Hub`);
  const found = readJson(response, repositorySchema);
  return isFailure(found) ? found : (found.pull_count ?? undefined);
}

/** What a repository's page says of it, in Markdown; undefined where it says nothing. */
export async function hubDescription(
  fetcher: Fetcher,
  hub: string,
  path: string,
): Promise<string | undefined | Failure> {
  const response = await fetcher.fetch({ url: hubRepositoryUrl(hub, path), maxBytes: MAX_BYTES });
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfStatus(response, `the repository ${path} on Docker Hub`);
  const found = readJson(response, describedSchema);
  return isFailure(found) ? found : [found.description, found.full_description].filter(Boolean).join("\n") || undefined;
}

/** The programme that a repository is in; undefined: none. */
export async function hubBadge(fetcher: Fetcher, hub: string, path: string): Promise<HubBadge | undefined | Failure> {
  const url = `${hub}/api/search/v4?query=${encodeURIComponent(path)}&size=10`;
  const response = await fetcher.fetch({ url, maxBytes: MAX_BYTES });
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfStatus(response, `the programme of ${path} on Docker Hub`);
  const found = readJson(response, searchSchema);
  if (isFailure(found)) return found;
  const badge = found.results.find((result) => result.name === path)?.badge;
  // Docker's published specification misspells the second one
  if (badge === "verified_publisher" || badge === "verfified_publisher") return "verified_publisher";
  return badge === "official" || badge === "open_source" ? badge : undefined;
}
