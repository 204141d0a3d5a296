import { prerelease, valid } from "semver";
import { z } from "zod";
import { toInstant } from "../../domain/instant.ts";
import type { Asset, ObservedRelease, Ref } from "../../domain/release.ts";
import { parsePurl, pathOfPurl, toPurl } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { readClaimedDetails } from "../../lib/github/upstream/wanted-releases.ts";
import { fetchChanged } from "../../lib/http/fetch-changed.ts";
import { failureOfStatus, readJson } from "../../lib/http/status.ts";
import { privateIndexOf } from "../../lib/http/urls.ts";
import { repositoryOfUrl } from "../../lib/packages/repository.ts";
import type { PollAnswer, PollContext, PollRequest, Source } from "../source.ts";

/** Packages with some thousand versions have documents of some ten megabytes. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * npm packages, by the full document of a package: one conditional request. Its `time` is the registry's own clock
 * (https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md).
 */
export const npm: Source = {
  id: "npm",
  title: "npm packages",
  scheme: "semver",
  matches: (purl) => parsePurl(purl)?.type === "npm",
  service: (urls) => urls.npm.url,
  poll: pollNpm,
  details: async (purl, tags, context) => {
    const name = packageOf(purl, context)?.name;
    if (name === undefined) return [];
    const wanted = tags.map((tag) => ({ tags: [`v${tag}`, tag, `${name}@${tag}`], as: tag })); // the last: workspaces
    return readClaimedDetails(context.github, await repositoryOf(purl, context), wanted);
  },
  repository: repositoryOf,
};

const text = z.string().optional().catch(undefined);
const versionSchema = z.object({
  deprecated: z.union([z.string(), z.boolean()]).optional().catch(undefined),
  _npmUser: z
    .object({ name: z.string().min(1).max(214), trustedPublisher: z.unknown().optional() })
    .optional()
    .catch(undefined),
  dist: z.object({ tarball: text, integrity: text, shasum: text }).optional().catch(undefined),
});
const documentSchema = z.object({
  versions: z.record(z.string(), z.unknown()).optional(),
  time: z.record(z.string(), z.unknown()).optional().catch(undefined),
  "dist-tags": z.record(z.string(), z.unknown()).optional().catch(undefined),
});
const unpublishedSchema = z.object({ time: text });
const manifestSchema = z.object({
  repository: z
    .union([z.string(), z.object({ url: z.string() }).transform(({ url }) => url)])
    .optional()
    .catch(undefined),
});

type Document = z.output<typeof documentSchema>;
type Package = { readonly name: string; readonly url: string };

/** A private registry is asked alone: its names can be anybody's on the public one. */
function packageOf(purl: string, { urls }: PollContext): Package | undefined {
  const parts = parsePurl(purl);
  if (parts?.type !== "npm") return undefined;
  const name = pathOfPurl(parts);
  const own = parts.qualifiers.repository_url ?? privateIndexOf(name, urls.npm.private);
  const registry = own?.replace(/(?<!\/)\/+$/, "") ?? urls.npm.url;
  if (registry === "") return undefined;
  return { name, url: `${registry}/${encodeURIComponent(name).replace(/^%40/, "@")}` };
}

const NO_REGISTRY = "no npm registry is known: set upstreams.npm.url";

async function pollNpm(request: PollRequest, context: PollContext): Promise<PollAnswer | Failure> {
  const known = packageOf(request.upstream, context);
  if (known === undefined) return new Failure("misconfigured", NO_REGISTRY);
  const answer = await fetchChanged(context.fetcher, {
    request: { url: known.url, maxBytes: MAX_BYTES, headers: { accept: "application/json" } },
    what: `the npm package ${known.name}`,
    names: request.pinnedRefs,
    last: request.last?.validator,
  });
  if (isFailure(answer) || answer.state === "unchanged") return answer;
  const document = readJson(answer.response, documentSchema);
  if (isFailure(document)) return document;
  if (document.versions === undefined) return withoutVersions(known.name, document);
  return { ...answerOf(known.name, document, request.pinnedRefs), validator: answer.validator };
}

/** What is left of a package when all of it was taken back: `time.unpublished`. */
function withoutVersions(name: string, { time }: Document): Failure {
  const unpublished = unpublishedSchema.safeParse(time?.unpublished);
  if (!unpublished.success) return new Failure("unreadable", `the npm package ${name}: its document has no versions`);
  const at = unpublished.data.time === undefined ? "" : ` at ${unpublished.data.time}`;
  return new Failure("gone", `the npm package ${name} was unpublished${at}: none of its versions can be had any more`);
}

function answerOf(name: string, document: Document, pinnedRefs: readonly string[]) {
  const rows = Object.entries(document.versions ?? {}).map(([version, row]) => ({
    version,
    row: versionSchema.safeParse(row).data,
  }));
  const readable = rows.flatMap(({ version, row }) => (row === undefined ? [] : [releaseOf(version, row, document)]));
  const dropped = rows.length - readable.length;
  return {
    state: "changed" as const,
    releases: [...readable, ...unpublishedOf(document)],
    refs: pinnedRefs.flatMap((pinned) => refOf(pinned, readable, document)),
    complete: dropped === 0,
    notChecked:
      dropped === 0 ? [] : [`${dropped} versions of ${name}: their entries in the registry could not be read`],
  };
}

function releaseOf(version: string, row: z.output<typeof versionSchema>, document: Document): ObservedRelease {
  const publishedAt = timeOf(document, version);
  const reason = typeof row.deprecated === "string" && row.deprecated !== "" ? row.deprecated : undefined;
  const deprecated = reason !== undefined || row.deprecated === true;
  return {
    version,
    tag: version,
    publishedBy: "registry",
    state: deprecated ? "deprecated" : prerelease(version) === null ? "released" : "prerelease",
    digests: {},
    assets: assetsOf(row.dist),
    ...(publishedAt !== undefined && { publishedAt }),
    ...(reason !== undefined && { stateReason: reason }),
    ...accountOf(row),
  };
}

/** Who published it. A trusted publisher is no account of somebody: its provenance says who it is. */
function accountOf({ _npmUser: user }: z.output<typeof versionSchema>): Pick<ObservedRelease, "evidence"> {
  return user === undefined || user.trustedPublisher !== undefined ? {} : { evidence: { account: user.name } };
}

function assetsOf(dist: z.output<typeof versionSchema>["dist"]): Asset[] {
  if (dist?.tarball === undefined) return [];
  const name = dist.tarball.slice(dist.tarball.lastIndexOf("/") + 1);
  const digest = digestOf(dist.integrity, dist.shasum);
  return [{ name, url: dist.tarball, ...(digest !== undefined && { digest }) }];
}

/** Subresource Integrity: `sha512-<base64>`, perhaps several; old versions have only the SHA-1 of `shasum`. */
function digestOf(integrity: string | undefined, shasum: string | undefined): string | undefined {
  const base64 = /(?:^|\s)sha512-([A-Za-z0-9+/]{86}==)/.exec(integrity ?? "")?.[1];
  if (base64 !== undefined) return `sha512:${Buffer.from(base64, "base64").toString("hex")}`;
  return shasum !== undefined && /^[0-9a-f]{40}$/.test(shasum) ? `sha1:${shasum}` : undefined;
}

/** The registry keeps the time of a version that was taken back. */
function unpublishedOf(document: Document): ObservedRelease[] {
  const present = new Set(Object.keys(document.versions ?? {}));
  return Object.keys(document.time ?? {}).flatMap((version) => {
    const publishedAt = timeOf(document, version);
    if (present.has(version) || valid(version) === null || publishedAt === undefined) return [];
    const gone = { state: "deleted", stateReason: "unpublished from the npm registry" } as const;
    return [{ version, tag: version, publishedBy: "registry", publishedAt, ...gone, digests: {}, assets: [] }];
  });
}

function timeOf({ time }: Document, version: string) {
  const written = time?.[version];
  return typeof written === "string" ? toInstant(written) : undefined;
}

/** A pinned name is a version, or a distribution tag such as `latest`. */
function refOf(pinned: string, releases: readonly ObservedRelease[], document: Document): Ref[] {
  const tagged = document["dist-tags"]?.[pinned];
  const release =
    releases.find(({ version }) => version === pinned.replace(/^[=v\s]+/, "")) ??
    releases.find(({ version }) => version === tagged);
  return release === undefined ? [] : [{ name: pinned, target: release.assets[0]?.digest ?? release.version }];
}

/** What the newest version says of its sources (https://docs.npmjs.com/cli/configuring-npm/package-json#repository). */
async function repositoryOf(purl: string, context: PollContext): Promise<string | undefined | Failure> {
  const known = packageOf(purl, context);
  if (known === undefined) return undefined;
  const response = await context.fetcher.fetch({ url: `${known.url}/latest` });
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfStatus(response, `the npm package ${known.name}`);
  const manifest = readJson(response, manifestSchema);
  if (isFailure(manifest)) return manifest;
  const written = manifest.repository ?? "";
  const [, shorthand] = /^(?:github:)?([A-Za-z0-9-]{1,39}\/[\w.-]{1,100})$/.exec(written) ?? [];
  return shorthand === undefined ? repositoryOfUrl(written) : toPurl("github", shorthand);
}
