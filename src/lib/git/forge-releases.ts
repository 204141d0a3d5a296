import { z } from "zod";
import { type Instant, toInstant } from "../../domain/instant.ts";
import { own } from "../../domain/own.ts";
import type { Asset } from "../../domain/release.ts";
import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher, FetchResponse } from "../fetcher.ts";
import type { ReleaseDetail } from "../github/upstream/reader.ts";
import { nextPageQuery } from "../http/next-page.ts";
import { failureOfStatus, readJson } from "../http/status.ts";
import type { ForgeKind } from "../http/urls.ts";
import { looseArray } from "../loose-array.ts";

/** A repository on a forge: `base` is the forge's URL, `path` the repository's below it. */
export type ForgeRepository = { readonly kind: ForgeKind; readonly base: string; readonly path: string };

/** A release as a forge lists it. Its dates are the publisher's. */
export type ForgeRelease = {
  readonly tag: string;
  readonly publishedAt?: Instant;
  /** Announced for a later day, or marked as a prerelease. */
  readonly prerelease: boolean;
  readonly url?: string;
};

/** Releases, the newest first. `complete`: all there are were read. */
export type ForgeReleases = { readonly releases: readonly ForgeRelease[]; readonly complete: boolean };

/** Hosts whose names do not say what runs there. */
const KNOWN: Readonly<Record<string, ForgeKind>> = {
  "salsa.debian.org": "gitlab",
  "invent.kde.org": "gitlab",
  "code.videolan.org": "gitlab",
  "codeberg.org": "gitea",
};
const MOST_PAGES = 20;
const MAX_BYTES = 32 * 1024 * 1024;

/** What runs on a host, as far as its name tells: `gitlab.gnome.org`, `gitea.example.org`; undefined: nobody knows. */
export function forgeOfHost(host: string): ForgeKind | undefined {
  const [, named] = /^(gitlab|gitea|forgejo)\./.exec(host) ?? [];
  if (named === undefined) return own(KNOWN, host);
  return named === "gitlab" ? "gitlab" : "gitea";
}

/** Reads releases, page by page, until those of the wanted tags were seen or there are no more. */
export async function listForgeReleases(
  fetcher: Fetcher,
  repository: ForgeRepository,
  wanted: readonly string[],
): Promise<ForgeReleases | Failure> {
  const missing = new Set(wanted);
  const releases: ForgeRelease[] = [];
  let query: string | undefined = FORGES[repository.kind].firstPage;
  for (let page = 0; query !== undefined; page++) {
    if (page === MOST_PAGES) return { releases, complete: false };
    const response = await ask(fetcher, repository, `releases?${query}`);
    if (isFailure(response)) return response;
    const rows = readJson(response, FORGES[repository.kind].list);
    if (isFailure(rows)) return rows;
    releases.push(...rows.rows.map(toRelease));
    for (const { tag } of rows.rows) missing.delete(tag);
    query = nextPageQuery(response);
    if (wanted.length > 0 && missing.size === 0) break;
  }
  return { releases, complete: query === undefined };
}

/** Notes and assets of the releases of some tags; tags without a release are left out. */
export async function readForgeDetails(
  fetcher: Fetcher,
  repository: ForgeRepository,
  tags: readonly string[],
): Promise<readonly ReleaseDetail[] | Failure> {
  const answers = await Promise.all(tags.map((tag) => readDetail(fetcher, repository, tag)));
  const details = answers.filter((answer): answer is ReleaseDetail => !isFailure(answer));
  const failure = answers.filter(isFailure).find(({ code }) => code !== "not-found");
  return details.length === 0 && failure !== undefined ? failure : details;
}

async function readDetail(
  fetcher: Fetcher,
  repository: ForgeRepository,
  tag: string,
): Promise<ReleaseDetail | Failure> {
  const { byTag, row } = FORGES[repository.kind];
  const response = await ask(fetcher, repository, `${byTag}/${encodeURIComponent(tag)}`);
  if (isFailure(response)) return response;
  const release = readJson(response, row);
  if (isFailure(release)) return release;
  const { notes, url, assets, author } = release;
  const page = url ?? `${repository.base}/${repository.path}`;
  return { tag, notes, url: page, assets, ...(author !== undefined && { author }) };
}

async function ask(fetcher: Fetcher, repository: ForgeRepository, path: string): Promise<FetchResponse | Failure> {
  const { base, path: name } = repository;
  const url = `${base}/${FORGES[repository.kind].api(name)}/${path}`;
  const response = await fetcher.fetch({ url, maxBytes: MAX_BYTES, headers: { accept: "application/json" } });
  if (isFailure(response) || response.status === 200) return response;
  return failureOfStatus(response, `the releases of ${name}`);
}

type Row = {
  readonly tag: string;
  readonly publishedAt: Instant | undefined;
  readonly prerelease: boolean;
  readonly url: string | undefined;
  readonly notes: string;
  readonly assets: readonly Asset[];
  readonly author: string | undefined;
};

function toRelease({ tag, publishedAt, prerelease, url }: Row): ForgeRelease {
  return { tag, prerelease, ...(publishedAt !== undefined && { publishedAt }), ...(url !== undefined && { url }) };
}

const text = z.string().nullish().catch(undefined);

/** https://docs.gitlab.com/api/releases/ */
const gitlabRow = z
  .object({
    tag_name: z.string().min(1),
    description: text,
    released_at: text,
    upcoming_release: z.boolean().nullish().catch(false),
    author: z.object({ username: z.string() }).nullish().catch(undefined),
    assets: z
      .object({ links: looseArray(z.object({ name: z.string(), url: z.string(), direct_asset_url: text })) })
      .nullish()
      .catch(undefined),
    _links: z.object({ self: z.string() }).nullish().catch(undefined),
  })
  .transform(
    (row): Row => ({
      tag: row.tag_name,
      publishedAt: toInstant(row.released_at),
      prerelease: row.upcoming_release === true,
      url: row._links?.self,
      notes: row.description ?? "",
      assets: (row.assets?.links.rows ?? []).map(({ name, url, direct_asset_url }) => ({
        name,
        url: direct_asset_url ?? url,
      })),
      author: row.author?.username,
    }),
  );

/** https://docs.gitea.com/api (`repoListReleases`), the shape of GitHub's REST API. */
const giteaRow = z
  .object({
    tag_name: z.string().min(1),
    body: text,
    published_at: text,
    prerelease: z.boolean().nullish().catch(false),
    html_url: text,
    author: z.object({ login: z.string() }).nullish().catch(undefined),
    assets: looseArray(z.object({ name: z.string(), size: z.number(), browser_download_url: z.string() })),
  })
  .transform(
    (row): Row => ({
      tag: row.tag_name,
      publishedAt: toInstant(row.published_at),
      prerelease: row.prerelease === true,
      url: row.html_url ?? undefined,
      notes: row.body ?? "",
      assets: row.assets.rows.map(({ name, size, browser_download_url: url }) => ({ name, size, url })),
      author: row.author?.login,
    }),
  );

const FORGES = {
  gitlab: {
    api: (path: string) => `api/v4/projects/${encodeURIComponent(path)}`,
    firstPage: "per_page=100&order_by=released_at&sort=desc",
    byTag: "releases",
    row: gitlabRow,
    list: z.array(z.unknown()).pipe(looseArray(gitlabRow)),
  },
  gitea: {
    api: (path: string) => `api/v1/repos/${path.split("/").map(encodeURIComponent).join("/")}`,
    firstPage: "draft=false&limit=50",
    byTag: "releases/tags",
    row: giteaRow,
    list: z.array(z.unknown()).pipe(looseArray(giteaRow)),
  },
} as const;
