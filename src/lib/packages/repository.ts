import { z } from "zod";
import { toPurl } from "../../domain/upstream.ts";
import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { failureOfStatus, readJson } from "../http/status.ts";

const schema = z.object({
  info: z.object({
    home_page: z.string().nullish().catch(null),
    project_urls: z.record(z.string(), z.string().nullish().catch(null)).nullish().catch(null),
  }),
});

/** Labels under which projects name their sources, likeliest first (packaging.python.org, "Well-known Project URLs in Metadata"). */
const LABELS = [
  "source",
  "sourcecode",
  "repository",
  "github",
  "code",
  "changelog",
  "releasenotes",
  "homepage",
  "home",
];

/**
 * The GitHub repository that a Python package's metadata claims (https://docs.pypi.org/api/json/), as a purl; undefined
 * when it claims none. Anybody can claim any repository: whoever shows facts of it says that it is claimed.
 */
export async function claimedRepository(
  fetcher: Fetcher,
  index: string,
  name: string,
): Promise<string | undefined | Failure> {
  const response = await fetcher.fetch({ url: `${index}/pypi/${encodeURIComponent(name)}/json` });
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfStatus(response, `the Python package ${name}`);
  const read = readJson(response, schema);
  if (isFailure(read)) return read;
  const urls = Object.entries(read.info.project_urls ?? {}).flatMap(([label, url]) =>
    url ? [{ label: label.toLowerCase().replace(/[^a-z]/g, ""), url }] : [],
  );
  const ranked = LABELS.flatMap((label) => urls.filter((one) => one.label === label));
  return [...ranked.map((one) => one.url), read.info.home_page ?? ""]
    .map(repositoryOfUrl)
    .find((purl) => purl !== undefined);
}

/** The repository on GitHub that an address leads into, in any of the spellings git and registries know; else undefined. */
export function repositoryOfUrl(url: string): string | undefined {
  const match =
    /^(?:(?:git\+)?(?:https?|git|ssh):\/\/(?:[\w.-]{1,50}@)?|git@)(?:www\.)?github\.com[/:]([A-Za-z0-9-]{1,39})\/([A-Za-z0-9._-]{1,100})(?:[/?#]|$)/.exec(
      url,
    );
  if (match?.[1] === undefined || match[2] === undefined || match[1] === "sponsors") return undefined;
  return toPurl("github", `${match[1]}/${match[2].replace(/\.git$/, "")}`);
}
