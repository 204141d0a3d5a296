import { z } from "zod";
import { toInstant } from "../domain/instant.ts";
import { Failure, isFailure } from "./failure.ts";
import type { Fetcher } from "./fetcher.ts";
import { failureOfStatus, readJson } from "./http-status.ts";

const pageSchema = z.object({ next: z.string().nullish(), results: z.array(z.unknown()) });
const tagSchema = z.object({
  name: z.string().min(1),
  last_updated: z.string().nullish().catch(null),
  tag_last_pushed: z.string().nullish().catch(null),
  digest: z.string().nullish().catch(null),
});
type HubTag = { readonly name: string; readonly pushedAt?: string; readonly digest?: string };
type HubTags = { readonly tags: readonly HubTag[]; readonly complete: boolean; readonly problem?: Failure };

const MOST_PAGES = 500;

/**
 * The tags of a repository from Docker Hub's web API: with the time of their last push and their digest, newest first,
 * a hundred a page, and at no cost in pulls (docs.docker.com/reference/api/hub).
 */
export async function hubTags(fetcher: Fetcher, hub: string, repository: string): Promise<HubTags | Failure> {
  const tags = new Map<string, HubTag>();
  for (let page = 1; page <= MOST_PAGES; page++) {
    const read = await hubPage(fetcher, hub, repository, page);
    if (isFailure(read)) return tags.size === 0 ? read : { tags: [...tags.values()], complete: false, problem: read };
    for (const tag of read.tags) if (!tags.has(tag.name)) tags.set(tag.name, tag);
    if (read.last) return { tags: [...tags.values()], complete: true };
  }
  const problem = new Failure("too-large", `${repository} has more than ${MOST_PAGES * 100} tags`);
  return { tags: [...tags.values()], complete: false, problem };
}

async function hubPage(
  fetcher: Fetcher,
  hub: string,
  repository: string,
  page: number,
): Promise<{ readonly tags: readonly HubTag[]; readonly last: boolean } | Failure> {
  const url = `${hub}/v2/repositories/${repository}/tags?page_size=100&ordering=last_updated&page=${page}`;
  const response = await fetcher.fetch({ url });
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfStatus(response, `the tags of ${repository} on Docker Hub`);
  const read = readJson(response, pageSchema);
  if (isFailure(read)) return read;
  return { tags: read.results.flatMap(readTag), last: typeof read.next !== "string" };
}

function readTag(row: unknown): HubTag[] {
  const { success, data } = tagSchema.safeParse(row);
  if (!success || /^sha256-[0-9a-f]{64}(?:\.|$)/.test(data.name)) return [];
  const pushedAt = toInstant(data.tag_last_pushed ?? data.last_updated);
  const digest = /^sha256:[0-9a-f]{64}$/.test(data.digest ?? "") ? data.digest : undefined;
  return [
    {
      name: data.name,
      ...(pushedAt !== undefined && { pushedAt }),
      ...(typeof digest === "string" && { digest }),
    },
  ];
}
