import { z } from "zod";
import { type Instant, toInstant } from "../../domain/instant.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { failureOfStatus, readJson } from "../http/status.ts";

const pageSchema = z.object({
  count: z.number().optional().catch(undefined),
  next: z.string().nullish(),
  results: z.array(z.unknown()),
});
const ANYTHING = z.unknown().optional();
/** What a row may lack is looked at by hand: a schema that forgives costs three times as much, and there are hundreds of tags. */
const tagSchema = z.object({
  name: z.string().min(1),
  last_updated: ANYTHING,
  tag_last_pushed: ANYTHING,
  digest: ANYTHING,
});
type HubTag = { readonly name: string; readonly pushedAt?: string; readonly digest?: string };
type HubTags = {
  readonly tags: readonly HubTag[];
  readonly complete: boolean;
  readonly problem?: Failure;
  readonly validator?: string;
};
type HubPage = { readonly tags: readonly HubTag[]; readonly last: boolean; readonly validator: string | undefined };

const MOST_PAGES = 500;
const PAGE_SIZE = 100;

/**
 * The tags of a repository from Docker Hub's web API: with the time of their last push and their digest, newest first,
 * a hundred a page, and at no cost in pulls (docs.docker.com/reference/api/hub). `unchanged` after a page of one tag when
 * the number of tags and the newest push are those of `validator`.
 */
export async function hubTags(
  fetcher: Fetcher,
  asked: { readonly hub: string; readonly repository: string; readonly validator: string | undefined },
): Promise<HubTags | "unchanged" | Failure> {
  if (asked.validator !== undefined) {
    const newest = await hubPage(fetcher, asked.hub, asked.repository, { page: 1, size: 1 });
    if (isFailure(newest)) return newest;
    if (newest.validator === asked.validator) return "unchanged";
  }
  const first = await hubPage(fetcher, asked.hub, asked.repository, { page: 1, size: PAGE_SIZE });
  if (isFailure(first)) return first;
  const tags = new Map(first.tags.map((tag) => [tag.name, tag]));
  let last = first.last;
  for (let page = 2; !last && page <= MOST_PAGES; page++) {
    const read = await hubPage(fetcher, asked.hub, asked.repository, { page, size: PAGE_SIZE });
    if (isFailure(read)) return { tags: [...tags.values()], complete: false, problem: read };
    for (const tag of read.tags) if (!tags.has(tag.name)) tags.set(tag.name, tag);
    last = read.last;
  }
  if (last) return { tags: [...tags.values()], complete: true, ...validatorField(first.validator) };
  const problem = new Failure("too-large", `${asked.repository} has more than ${MOST_PAGES * PAGE_SIZE} tags`);
  return { tags: [...tags.values()], complete: false, problem };
}

async function hubPage(
  fetcher: Fetcher,
  hub: string,
  repository: string,
  { page, size }: { readonly page: number; readonly size: number },
): Promise<HubPage | Failure> {
  const url = `${hub}/v2/repositories/${repository}/tags?page_size=${size}&ordering=last_updated&page=${page}`;
  const draw = { budget: `${new URL(hub).host} api`, cost: 1, urgent: false };
  const response = await fetcher.fetch({ url, draw });
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfStatus(response, `the tags of ${repository} on Docker Hub`);
  const read = readJson(response, pageSchema);
  if (isFailure(read)) return read;
  const rows = read.results.flatMap(readRow);
  return {
    tags: rows.flatMap((row) => (row.isSignature ? [] : [row.tag])),
    last: typeof read.next !== "string",
    validator: validatorOf(read.count, rows),
  };
}

/** The order is not documented: only a page that keeps it says which change is the newest. */
function validatorOf(count: number | undefined, rows: readonly { readonly updatedAt: string }[]): string | undefined {
  const newest = rows[0]?.updatedAt ?? "";
  const inOrder = rows.every(
    (row, index) => row.updatedAt !== "" && row.updatedAt <= (rows[index - 1]?.updatedAt ?? newest),
  );
  return count === undefined || newest === "" || !inOrder ? undefined : `${count} ${newest}`;
}

function validatorField(validator: string | undefined): { readonly validator?: string } {
  return validator === undefined ? {} : { validator };
}

/** A row of a page, unless it is no tag. Some tags only carry signatures. */
function readRow(row: unknown): { readonly tag: HubTag; readonly updatedAt: string; readonly isSignature: boolean }[] {
  const { success, data } = tagSchema.safeParse(row);
  if (!success) return [];
  const updatedAt = instantOf(data.last_updated);
  const pushedAt = typeof data.tag_last_pushed === "string" ? instantOf(data.tag_last_pushed) : updatedAt;
  const digest = typeof data.digest === "string" && DIGEST.test(data.digest) ? data.digest : undefined;
  const tag = { name: data.name, ...(pushedAt !== undefined && { pushedAt }), ...(digest !== undefined && { digest }) };
  return [{ tag, updatedAt: updatedAt ?? "", isSignature: SIGNATURE.test(data.name) }];
}

const SIGNATURE = /^sha256-[0-9a-f]{64}(?:\.|$)/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

function instantOf(said: unknown): Instant | undefined {
  return typeof said === "string" ? toInstant(said) : undefined;
}
