import { z } from "zod";
import { earliest, toInstant } from "../../domain/instant.ts";
import type { Asset, ObservedRelease, Ref } from "../../domain/release.ts";
import { parsePurl } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { readClaimedDetails } from "../../lib/github/upstream/wanted-releases.ts";
import { fetchChanged } from "../../lib/http/fetch-changed.ts";
import { failureOfStatus, readJson } from "../../lib/http/status.ts";
import { repositoryOfUrl } from "../../lib/packages/repository.ts";
import type { PollAnswer, PollContext, PollRequest, Source } from "../source.ts";

/** Gems with some thousand versions have lists of some megabytes. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Ruby gems by the versions API of RubyGems.org (https://guides.rubygems.org/rubygems-org-api/). Yanked versions vanish. */
export const rubygems: Source = {
  id: "rubygems",
  title: "Ruby gems",
  scheme: "loose",
  matches: (purl) => parsePurl(purl)?.type === "gem",
  service: (urls) => urls.rubygems.url,
  poll: pollGem,
  details: async (purl, tags, context) => {
    const wanted = tags.map((tag) => ({ tags: [`v${tag}`, tag], as: tag }));
    return readClaimedDetails(context.github, await repositoryOf(purl, context), wanted);
  },
  repository: repositoryOf,
};

const versionSchema = z.object({
  number: z.string(),
  platform: z.string().catch("ruby"),
  created_at: z.string().optional().catch(undefined),
  prerelease: z.boolean().catch(false),
  sha: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .catch(undefined),
});
const url = z.string().nullish().catch(undefined);
const gemSchema = z.object({ source_code_uri: url, homepage_uri: url, changelog_uri: url, bug_tracker_uri: url });

type GemFile = z.output<typeof versionSchema>;
type Gem = { readonly name: string; readonly server: string };

/** A private server is asked alone: its names can be anybody's on the public one. */
function gemOf(purl: string, { urls }: PollContext): Gem | undefined {
  const parts = parsePurl(purl);
  if (parts?.type !== "gem") return undefined;
  return { name: parts.name, server: parts.qualifiers.repository_url?.replace(/(?<!\/)\/+$/, "") ?? urls.rubygems.url };
}

async function pollGem(request: PollRequest, context: PollContext): Promise<PollAnswer | Failure> {
  const gem = gemOf(request.upstream, context);
  if (gem === undefined) return new Failure("misconfigured", `not a Ruby gem: ${request.upstream}`);
  const answer = await fetchChanged(context.fetcher, {
    request: { url: `${gem.server}/api/v1/versions/${encodeURIComponent(gem.name)}.json`, maxBytes: MAX_BYTES },
    what: `the Ruby gem ${gem.name}`,
    names: request.pinnedRefs,
    last: request.last?.validator,
  });
  if (isFailure(answer) || answer.state === "unchanged") return answer;
  const rows = readJson(answer.response, z.array(z.unknown()));
  if (isFailure(rows)) return rows;
  const files = rows.flatMap((row) => versionSchema.safeParse(row).data ?? []);
  const dropped = rows.length - files.length;
  if (files.length === 0 && dropped > 0)
    return new Failure("unreadable", `the Ruby gem ${gem.name}: none of its versions could be read`);
  const versions = Map.groupBy(files, (file) => file.number);
  return {
    state: "changed",
    releases: [...versions].map(([version, group]) => releaseOf(gem, version, group)),
    refs: request.pinnedRefs.flatMap((pinned) => refOf(pinned, versions)),
    complete: dropped === 0,
    notChecked: dropped === 0 ? [] : [`${dropped} files of ${gem.name}: their entries could not be read`],
    validator: answer.validator,
  };
}

/** A version has a file per platform: `ruby` for all, `java` or `x86_64-linux` with compiled parts. */
function releaseOf(gem: Gem, version: string, files: readonly GemFile[]): ObservedRelease {
  const publishedAt = files.map((file) => toInstant(file.created_at)).reduce(earliest, undefined);
  return {
    version,
    tag: version,
    publishedBy: "registry",
    state: files.some((file) => file.prerelease) ? "prerelease" : "released",
    digests: {},
    assets: files.map((file) => assetOf(gem, file)),
    ...(publishedAt !== undefined && { publishedAt }),
  };
}

function assetOf({ name, server }: Gem, file: GemFile): Asset {
  const platform = file.platform === "ruby" ? "" : `-${file.platform}`;
  const filename = `${name}-${file.number}${platform}.gem`;
  const updatedAt = toInstant(file.created_at);
  return {
    name: filename,
    url: `${server}/gems/${encodeURIComponent(filename)}`,
    ...(file.sha !== undefined && { digest: `sha256:${file.sha}` }),
    ...(updatedAt !== undefined && { updatedAt }),
  };
}

/** A version points at its first file: files of further platforms do not move it. */
function refOf(pinned: string, versions: ReadonlyMap<string, readonly GemFile[]>): Ref[] {
  const files = versions.get(pinned.replace(/^v/, "")) ?? [];
  const [first] = [...files].sort((a, b) => (orderKey(a) < orderKey(b) ? -1 : 1));
  if (first === undefined) return [];
  return [{ name: pinned, target: first.sha === undefined ? first.number : `sha256:${first.sha}` }];
}

function orderKey({ created_at, platform }: GemFile): string {
  return `${toInstant(created_at) ?? "unknown"} ${platform === "ruby" ? "" : platform}`;
}

async function repositoryOf(purl: string, context: PollContext): Promise<string | undefined | Failure> {
  const gem = gemOf(purl, context);
  if (gem === undefined) return undefined;
  const response = await context.fetcher.fetch({
    url: `${gem.server}/api/v1/gems/${encodeURIComponent(gem.name)}.json`,
  });
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfStatus(response, `the Ruby gem ${gem.name}`);
  const claims = readJson(response, gemSchema);
  if (isFailure(claims)) return claims;
  const { source_code_uri, homepage_uri, changelog_uri, bug_tracker_uri } = claims;
  return [source_code_uri, homepage_uri, changelog_uri, bug_tracker_uri]
    .map((address) => repositoryOfUrl(address ?? ""))
    .find((repository) => repository !== undefined);
}
