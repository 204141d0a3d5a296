import { z } from "zod";
import { toInstant } from "../../../domain/instant.ts";
import type { Asset } from "../../../domain/release.ts";
import { Failure, isFailure } from "../../failure.ts";
import { looseArray } from "../../loose-array.ts";
import { type Bind, createAliasedReads } from "../aliases.ts";
import type { GitHubClient } from "../client.ts";
import type { OptionalFields } from "./optional-fields.ts";

type DetailRequest = { readonly owner: string; readonly name: string; readonly tag: string };
type PageRequest = DetailRequest & { readonly after: string | undefined };

type Detail = {
  readonly tag: string;
  readonly notes: string;
  readonly url: string;
  readonly assets: readonly Asset[];
  readonly author?: string;
};

type DetailPage = Detail & { readonly next: string | undefined };

/** GitHub allows 1,000 assets of a release. */
const MORE_PAGES = 10;

/**
 * Notes and assets of single releases, coalesced. For a tag without a release: its own message and no assets. Digests
 * come from the REST API where the GraphQL schema has none.
 */
export function createReleaseDetail(
  github: GitHubClient,
  optional: () => Promise<OptionalFields>,
): (request: DetailRequest) => Promise<Detail | Failure> {
  const pages = createAliasedReads<PageRequest, DetailPage>(github, {
    operation: "ReleaseDetail",
    first: 10,
    largest: 25,
    fragments: async () => [DETAIL, assetsFragment((await optional()).assetDigest)],
    select: selectPage,
    read: readPage,
  });
  return async (request) => {
    const first = await pages({ ...request, after: undefined });
    if (isFailure(first)) return first;
    const assets = [...first.assets];
    let next = first.next;
    for (let page = 0; next !== undefined && page < MORE_PAGES; page++) {
      const more = await pages({ ...request, after: next });
      if (isFailure(more)) return more;
      assets.push(...more.assets);
      next = more.next;
    }
    const { next: _cursor, ...detail } = first;
    const hasDigests = assets.length === 0 || (await optional()).assetDigest;
    return { ...detail, assets: hasDigests ? assets : await withDigests(github, request, assets) };
  };
}

const DETAIL = "fragment Detail on Release{tagName description url author{login}}";

function assetsFragment(digest: boolean): string {
  return `fragment Assets on ReleaseAssetConnection{pageInfo{hasNextPage endCursor}
nodes{name size downloadUrl updatedAt uploadedBy{login}${digest ? " digest" : ""}}}`;
}

function selectPage({ tag, after }: PageRequest, bind: Bind): string {
  const release = `release(tagName:${bind("String!", tag)})`;
  const from = after === undefined ? "" : `,after:${bind("String!", after)}`;
  const ref = `ref(qualifiedName:${bind("String!", `refs/tags/${tag}`)}){target{...on Tag{message}}}`;
  return `url ${release}{...Detail releaseAssets(first:100${from}){...Assets}} ${ref}`;
}

const DIGEST = z
  .string()
  .regex(/^[a-z0-9]+:[0-9a-f]+$/)
  .nullish()
  .catch(undefined);

const ASSET = z
  .object({
    name: z.string(),
    size: z.number().nullish(),
    downloadUrl: z.string().nullish(),
    updatedAt: z.string().nullish(),
    uploadedBy: z.object({ login: z.string() }).nullish(),
    digest: DIGEST,
  })
  .transform(({ name, size, downloadUrl, updatedAt, uploadedBy, digest }): Asset => {
    const updated = toInstant(updatedAt);
    return {
      name,
      ...(typeof size === "number" && { size }),
      ...(typeof digest === "string" && { digest }),
      ...(typeof downloadUrl === "string" && { url: downloadUrl }),
      ...(updated !== undefined && { updatedAt: updated }),
      ...(uploadedBy && { uploader: uploadedBy.login }),
    };
  });

const REPOSITORY = z.object({
  url: z.string(),
  release: z
    .object({
      description: z.string().nullish(),
      url: z.string(),
      author: z.object({ login: z.string() }).nullish().catch(undefined),
      releaseAssets: z.object({
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
        nodes: looseArray(ASSET),
      }),
    })
    .nullish(),
  ref: z.object({ target: z.object({ message: z.string().nullish() }).nullish() }).nullish(),
});

function readPage(repository: unknown, { owner, name, tag }: PageRequest): DetailPage | Failure {
  const read = REPOSITORY.safeParse(repository);
  if (!read.success)
    return new Failure("unreadable", `GitHub's answer about ${tag} of ${owner}/${name} was not understood.`);
  const { url, release, ref } = read.data;
  if (release) {
    const { pageInfo, nodes } = release.releaseAssets;
    return {
      tag,
      notes: release.description ?? "",
      url: release.url,
      assets: nodes.rows,
      next: pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined,
      ...(release.author && { author: release.author.login }),
    };
  }
  if (!ref) return new Failure("not-found", `${owner}/${name} has no release or tag ${tag}.`);
  const page = `${url}/releases/tag/${tag.split("/").map(encodeURIComponent).join("/")}`;
  return { tag, notes: ref.target?.message ?? "", url: page, assets: [], next: undefined };
}

const REST_RELEASE = z.object({ assets: looseArray(z.object({ name: z.string(), digest: DIGEST })) });

/** A failure here leaves the digests unknown, which is what they are. */
async function withDigests(
  github: GitHubClient,
  { owner, name, tag }: DetailRequest,
  assets: readonly Asset[],
): Promise<readonly Asset[]> {
  const [o, n, t] = [owner, name, tag].map(encodeURIComponent);
  const answer = await github.rest("GET", `/repos/${o}/${n}/releases/tags/${t}`);
  const release = isFailure(answer) ? undefined : REST_RELEASE.safeParse(answer.data).data;
  const digests = new Map(release?.assets.rows.map((asset) => [asset.name, asset.digest]));
  return assets.map((asset) => {
    const digest = digests.get(asset.name);
    return typeof digest === "string" ? { ...asset, digest } : asset;
  });
}
