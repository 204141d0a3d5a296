import { createHash } from "node:crypto";
import type { ObservedRelease, Ref } from "../../domain/release.ts";
import { tagOfVersion } from "../../domain/release.ts";
import { type PurlParts, parsePurl } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import {
  type ForgeRelease,
  type ForgeRepository,
  forgeOfHost,
  listForgeReleases,
  readForgeDetails,
} from "../../lib/git/forge-releases.ts";
import type { ForgeKind } from "../../lib/http/urls.ts";
import { versionByTemplates } from "../../lib/versions/tag-version.ts";
import type { PollAnswer, PollContext, PollRequest, Source } from "../source.ts";

type Repository = { readonly host: string; readonly path: string; readonly forge: ForgeKind | undefined };
type Name = { readonly name: string; readonly commit: string };
type Changed = Extract<PollAnswer, { state: "changed" }>;

/**
 * Tags and branches of repositories on any git host, by the git protocol. Dates, notes and assets come from the API of
 * GitLab, Gitea and Forgejo, which is asked only when the tags have changed.
 */
export const git: Source = {
  id: "git",
  title: "Repositories on GitLab, Codeberg, Bitbucket and other git hosts",
  scheme: "loose",
  matches: (purl) => repositoryOf(purl) !== undefined,
  poll: async (request, context) => {
    const repository = repositoryOf(request.upstream, context);
    return repository === undefined
      ? new Failure("misconfigured", `${request.upstream} names no git repository.`)
      : pollRepository(request, repository, context);
  },
  details: async (purl, tags, context) => {
    const onForge = forgeRepository(repositoryOf(purl, context), context);
    return onForge === undefined ? [] : readForgeDetails(context.fetcher, onForge, tags);
  },
};

const NOT_TOLD = "dates, release notes and assets";

/**
 * `pkg:gitlab/group/name`, `pkg:bitbucket/owner/name`, `pkg:generic/git.example.org/path/name`, and whatever names its
 * repository in `vcs_url`. A generic upstream without a path on a host is a download, not a repository.
 */
function repositoryOf(purl: string, context?: PollContext): Repository | undefined {
  const place = placeOf(purl);
  if (place === undefined) return undefined;
  const named = parsePurl(purl)?.type === "gitlab" ? "gitlab" : forgeOfHost(place.host);
  return { ...place, forge: context?.urls.gitHosts[place.host]?.forge ?? named };
}

function placeOf(purl: string): Omit<Repository, "forge"> | undefined {
  const parts = parsePurl(purl);
  if (parts === undefined || parts.namespace === "") return vcsOf(parts);
  const path = `${parts.namespace}/${parts.name}`;
  const given = parts.qualifiers.repository_url?.replace(/^https:\/\//, "").replace(/(?<!\/)\/+$/, "");
  if (parts.type === "gitlab") return { host: given ?? "gitlab.com", path };
  if (parts.type === "bitbucket") return { host: given ?? "bitbucket.org", path };
  const [, host, rest] = /^([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})\/([^/]+\/.+)$/i.exec(path) ?? [];
  if (parts.type !== "generic" || host === undefined || rest === undefined || given !== undefined) return vcsOf(parts);
  return { host: host.toLowerCase(), path: rest };
}

/** `git+https://host/path.git@commit`, as the purl specification and SPDX write it. */
function vcsOf(parts: PurlParts | undefined): Omit<Repository, "forge"> | undefined {
  if (parts?.type !== "generic") return undefined;
  const [, host, path] =
    /^(?:git\+)?https:\/\/([a-z0-9.-]+(?::\d+)?)\/([^?#@]+?)(?:\.git)?(?:[@?#].*)?$/i.exec(
      parts.qualifiers.vcs_url ?? "",
    ) ?? [];
  return host === undefined || path === undefined ? undefined : { host: host.toLowerCase(), path };
}

async function pollRepository(
  request: PollRequest,
  repository: Repository,
  context: PollContext,
): Promise<PollAnswer | Failure> {
  const tags = await namesOf(context, repository, "refs/tags/");
  if (isFailure(tags)) return tags;
  const found = refsOf(request, tags, []).map((ref) => ref.name);
  const mayBeBranch = request.pinnedRefs.some((pinned) => !found.includes(pinned));
  const branches = mayBeBranch ? await namesOf(context, repository, "refs/heads/") : [];
  if (isFailure(branches)) return branches;
  const refs = refsOf(request, tags, branches);
  const asked = [request.pinnedRefs, request.tagTemplates, tags, refs];
  const validator = `git:${createHash("sha256").update(JSON.stringify(asked)).digest("base64url")}`;
  if (validator === request.last?.validator) return { state: "unchanged", validator };
  const published = await publishedOf(request, repository, tags, context);
  const releases = tags.flatMap((tag) => toRelease(request, repository, tag, published.releases));
  const answer: Changed = { state: "changed", releases, refs, complete: true, notChecked: published.notChecked };
  // without a validator everything is asked again: what the forge's API could not say now
  return published.complete ? { ...answer, validator } : answer;
}

type Published = {
  readonly releases: ReadonlyMap<string, ForgeRelease>;
  readonly complete: boolean;
  readonly notChecked: readonly string[];
};

/** What the forge's API knows of the tags. Where it does not answer, the tags alone must do, and that is said. */
async function publishedOf(
  request: PollRequest,
  repository: Repository,
  tags: readonly Name[],
  context: PollContext,
): Promise<Published> {
  const onForge = forgeRepository(repository, context);
  if (onForge === undefined) {
    return { releases: new Map(), complete: true, notChecked: [`${NOT_TOLD}: the git protocol does not tell them`] };
  }
  const pinned = tags.filter(({ name }) => pinnedTags(request).has(name)).map(({ name }) => name);
  const found = await listForgeReleases(context.fetcher, onForge, pinned);
  if (isFailure(found)) {
    return { releases: new Map(), complete: false, notChecked: [`${NOT_TOLD}: ${found.message}`] };
  }
  const releases = new Map(found.releases.map((release) => [release.tag, release]));
  const unread = !found.complete && pinned.some((name) => !releases.has(name));
  return { releases, complete: true, notChecked: unread ? [`${NOT_TOLD} of old versions: there are too many`] : [] };
}

function pinnedTags({ pinnedRefs, tagTemplates }: PollRequest): Set<string> {
  return new Set(pinnedRefs.flatMap((name) => [name, ...tagTemplates.map((one) => tagOfVersion(name, one))]));
}

function forgeRepository(repository: Repository | undefined, { urls }: PollContext): ForgeRepository | undefined {
  if (repository?.forge === undefined) return undefined;
  const { forge: kind, host, path } = repository;
  return { kind, base: urls.gitHosts[host]?.url ?? `https://${host}`, path };
}

function toRelease(
  request: PollRequest,
  repository: Repository,
  tag: Name,
  published: ReadonlyMap<string, ForgeRelease>,
): ObservedRelease[] {
  const version = versionByTemplates(tag.name, request.tagTemplates);
  if (version === undefined) return [];
  const release = published.get(tag.name);
  const notesUrl = release?.url ?? tagPage(repository, tag.name);
  return [
    {
      version,
      tag: tag.name,
      publishedBy: "publisher",
      state: release?.prerelease === true ? "prerelease" : "released",
      digests: {},
      assets: [],
      commit: tag.commit,
      ...(release?.publishedAt !== undefined && { publishedAt: release.publishedAt }),
      ...(notesUrl !== undefined && { notesUrl }),
    },
  ];
}

/** Some hosts know a repository only with `.git` behind its path, some only without. */
async function namesOf({ git: remote, urls }: PollContext, { host, path }: Repository, folder: string) {
  const base = urls.gitHosts[host]?.url ?? `https://${host}`;
  const address = `${base}/${path.split("/").map(encodeURIComponent).join("/")}`;
  const usual = await remote.listRefs(`${address}.git`, folder);
  const refs = isFailure(usual) && usual.code === "not-found" ? await remote.listRefs(address, folder) : usual;
  return isFailure(refs) ? refs : refs.map(({ name, commit }): Name => ({ name: name.slice(folder.length), commit }));
}

/** A pinned name is a tag, else a version of which a template makes a tag, else a branch. Commits are no names. */
function refsOf({ pinnedRefs, tagTemplates }: PollRequest, tags: readonly Name[], branches: readonly Name[]): Ref[] {
  const find = (names: readonly Name[], name: string) => names.find((one) => one.name === name)?.commit;
  return pinnedRefs.flatMap((name) => {
    const written = tagTemplates.map((template) => find(tags, tagOfVersion(name, template)));
    const target = find(tags, name) ?? written.find((commit) => commit !== undefined) ?? find(branches, name);
    return target === undefined ? [] : [{ name, target }];
  });
}

/** Forges have a page per tag, also where there is no release. */
function tagPage({ host, path, forge }: Repository, tag: string): string | undefined {
  if (forge === undefined) return undefined;
  const page = forge === "gitlab" ? `-/tags/${encodeURIComponent(tag)}` : `src/tag/${encodeURIComponent(tag)}`;
  return `https://${host}/${path}/${page}`;
}
