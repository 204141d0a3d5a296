import { createHash } from "node:crypto";
import type { ObservedRelease, Ref } from "../../domain/release.ts";
import { tagOfVersion } from "../../domain/release.ts";
import { type PurlParts, parsePurl } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { versionByTemplates } from "../../lib/tag-version.ts";
import type { PollAnswer, PollContext, PollRequest, Source } from "../source.ts";

type Repository = { readonly host: string; readonly path: string };
type Name = { readonly name: string; readonly commit: string };

/** Tags and branches of repositories on any git host, by the git protocol alone: no dates, no notes, no credential. */
export const git: Source = {
  id: "git",
  title: "Repositories on GitLab, Bitbucket and other git hosts",
  scheme: "loose",
  matches: (purl) => repositoryOf(purl) !== undefined,
  poll: async (request, context) => {
    const repository = repositoryOf(request.upstream);
    return repository === undefined
      ? new Failure("misconfigured", `${request.upstream} names no git repository.`)
      : pollRepository(request, repository, context);
  },
};

const NOT_CHECKED = "dates, release notes and assets: the git protocol does not tell them";

/**
 * `pkg:gitlab/group/name`, `pkg:bitbucket/owner/name`, `pkg:generic/git.example.org/path/name`, and whatever names its
 * repository in `vcs_url`. A generic upstream without a path on a host is a download, not a repository.
 */
function repositoryOf(purl: string): Repository | undefined {
  const parts = parsePurl(purl);
  if (parts === undefined || parts.namespace === "") return vcsOf(parts);
  const path = `${parts.namespace}/${parts.name}`;
  const given = parts.qualifiers.repository_url?.replace(/^https:\/\//, "").replace(/\/+$/, "");
  if (parts.type === "gitlab") return { host: given ?? "gitlab.com", path };
  if (parts.type === "bitbucket") return { host: given ?? "bitbucket.org", path };
  const [, host, rest] = /^([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})\/([^/]+\/.+)$/i.exec(path) ?? [];
  if (parts.type !== "generic" || host === undefined || rest === undefined || given !== undefined) return vcsOf(parts);
  return { host: host.toLowerCase(), path: rest };
}

/** `git+https://host/path.git@commit`, as the purl specification and SPDX write it. */
function vcsOf(parts: PurlParts | undefined): Repository | undefined {
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
  const releases = tags.flatMap((tag): ObservedRelease[] => {
    const version = versionByTemplates(tag.name, request.tagTemplates);
    if (version === undefined) return [];
    return [
      {
        version,
        tag: tag.name,
        publishedBy: "publisher",
        state: "released",
        digests: {},
        assets: [],
        commit: tag.commit,
        ...notesOf(request.upstream, repository, tag.name),
      },
    ];
  });
  const answer = { releases, refs: refsOf(request, tags, branches), complete: true, notChecked: [NOT_CHECKED] };
  const validator = `git:${createHash("sha256").update(JSON.stringify(answer)).digest("base64url")}`;
  return validator === request.last?.validator
    ? { state: "unchanged", validator }
    : { state: "changed", ...answer, validator };
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

/** GitLab has a page per tag, with the notes of its release where there is one. */
function notesOf(purl: string, { host, path }: Repository, tag: string): { readonly notesUrl?: string } {
  if (parsePurl(purl)?.type !== "gitlab") return {};
  return { notesUrl: `https://${host}/${path}/-/tags/${encodeURIComponent(tag)}` };
}
