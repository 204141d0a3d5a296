import { z } from "zod";
import type { Instant } from "../../domain/instant.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { nextPageQuery } from "../http/next-page.ts";
import { failureOfStatus, readJson } from "../http/status.ts";
import { ask } from "./request.ts";
import type { Target } from "./target.ts";
import type { TokenKeeper } from "./token.ts";

/** A tag of an image. Only Docker Hub says when it was pushed last and what it points at, without a request of its own. */
export type ImageTag = { readonly name: string; readonly pushedAt?: Instant; readonly digest?: string };

/** The tags of one image. When a page could not be read `complete` is false and `problem` says why. */
export type ImageTags = {
  readonly tags: readonly ImageTag[];
  readonly complete: boolean;
  readonly problem?: Failure;
  /** Hand it back next time, and the answer is `unchanged` if no tag was pushed or removed. Docker Hub only. */
  readonly validator?: string;
};

const PAGE_SIZE = 1_000; // public ECR refuses more
const MOST_PAGES = 2_000;
/** Far beyond what any image that people pin has. */
const MOST_TAGS = 200_000;
const tagsSchema = z.object({ tags: z.array(z.unknown()).nullish() });
/** A tag as the distribution specification allows it. */
export const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** All tags, page after page; what was read before a page failed is kept. */
export async function registryTags(
  fetcher: Fetcher,
  tokens: TokenKeeper,
  target: Target,
): Promise<ImageTags | Failure> {
  const tags = new Map<string, ImageTag>();
  const what = `the tags of ${target.host}/${target.repository}`;
  const asked = new Set<string>();
  for (let query: string | undefined = `n=${PAGE_SIZE}`; query !== undefined; ) {
    asked.add(query);
    const page = await tagPage(fetcher, tokens, target, query);
    if (isFailure(page)) return tags.size === 0 ? page : { tags: [...tags.values()], complete: false, problem: page };
    for (const name of page.names) tags.set(name, { name });
    query = page.next;
    if (query === undefined || (!asked.has(query) && asked.size < MOST_PAGES && tags.size < MOST_TAGS)) continue;
    const problem = new Failure("unreadable", `${what}: page after page, without an end`);
    return { tags: [...tags.values()], complete: false, problem };
  }
  return { tags: [...tags.values()], complete: true };
}

async function tagPage(
  fetcher: Fetcher,
  tokens: TokenKeeper,
  target: Target,
  query: string,
): Promise<{ readonly names: readonly string[]; readonly next: string | undefined } | Failure> {
  const response = await ask(fetcher, tokens, target, { method: "GET", path: `tags/list?${query}` });
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfStatus(response, `the tags of ${target.host}/${target.repository}`);
  const page = readJson(response, tagsSchema);
  if (isFailure(page)) return page;
  const names = (page.tags ?? []).filter((tag): tag is string => typeof tag === "string" && isTag(tag));
  return { names, next: nextPageQuery(response) };
}

/** Tags as the specification allows them, without those under which signatures are stored. */
export function isTag(text: string): boolean {
  return TAG.test(text) && !/^sha256-[0-9a-f]{64}(?:\.|$)/.test(text);
}
