import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { failureOfStatus } from "../http/status.ts";

const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** The tags that Docker builds of an official image, and where its recipes are. A tag that is not among them is never built again. */
export type OfficialImage = { readonly tags: readonly string[]; readonly repository?: string };

/**
 * An official image's file (https://github.com/docker-library/official-images#library-definition-files); undefined when
 * there is no official image of that name.
 */
export async function readOfficialImage(
  fetcher: Fetcher,
  base: string,
  name: string,
): Promise<OfficialImage | undefined | Failure> {
  if (!NAME.test(name)) return undefined;
  const response = await fetcher.fetch({ url: `${base}/library/${name}` });
  if (isFailure(response)) return response;
  if (response.status === 404) return undefined;
  if (response.status !== 200) return failureOfStatus(response, `the official image ${name}`);
  const text = new TextDecoder().decode(response.body);
  const tags = [...text.matchAll(/^(?:Shared)?Tags:[ \t]*(.+(?:\n[ \t]+.+)*)$/gm)].flatMap(([, list = ""]) =>
    list.split(/[\s,]+/).filter((tag) => tag !== ""),
  );
  const repository = /^GitRepo:[ \t]*(\S+)[ \t]*$/m.exec(text)?.[1];
  if (tags.length > 0) return { tags: [...new Set(tags)], ...(repository !== undefined && { repository }) };
  return new Failure("unreadable", `the file of the official image ${name} names no tags`);
}
