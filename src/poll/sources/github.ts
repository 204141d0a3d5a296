import { createHash } from "node:crypto";
import { between, DAY, type Instant } from "../../domain/instant.ts";
import type { ObservedRelease, Ref } from "../../domain/release.ts";
import { tagOfVersion } from "../../domain/release.ts";
import { parsePurl } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { GitHubReader } from "../../lib/github/upstream/reader.ts";
import type { RepositoryRelease, RepositorySweep, RepositoryTag } from "../../lib/github/upstream/sweep-answer.ts";
import { readReleaseDetails } from "../../lib/github/upstream/wanted-releases.ts";
import { commonTagPrefix, versionByTemplates } from "../../lib/versions/tag-version.ts";
import type { PollAnswer, PollContext, PollRequest, Source } from "../source.ts";

type Repository = { readonly owner: string; readonly name: string };
type Changed = Extract<PollAnswer, { state: "changed" }>;

/** Releases and tags of repositories on GitHub; without a credential, tags alone by the git protocol. */
export const github: Source = {
  id: "github",
  title: "GitHub releases and tags",
  scheme: "loose",
  matches: (purl) => repositoryOf(purl) !== undefined,
  poll: async (request, context) => {
    const repository = repositoryOf(request.upstream);
    if (repository === undefined)
      return new Failure("misconfigured", `${request.upstream} names no GitHub repository.`);
    return context.github === undefined
      ? pollByGit(request, repository, context)
      : pollByReader(request, repository, context.github, context);
  },
  details: async (purl, tags, context) => {
    const repository = repositoryOf(purl);
    if (repository === undefined) return new Failure("misconfigured", `${purl} names no GitHub repository.`);
    return readReleaseDetails(
      context.github,
      repository,
      tags.map((tag) => ({ tags: [tag], as: tag })),
    );
  },
};

/** An action may sit in a folder of its repository: `pkg:githubactions/actions/cache/restore`. */
function repositoryOf(purl: string): Repository | undefined {
  const parts = parsePurl(purl);
  if (parts === undefined || (parts.type !== "github" && parts.type !== "githubactions")) return undefined;
  const [owner, name] = [...parts.namespace.split("/"), parts.name];
  return owner === undefined || owner === "" || name === undefined ? undefined : { owner, name };
}

async function pollByReader(
  request: PollRequest,
  repository: Repository,
  reader: GitHubReader,
  { urls, now }: PollContext,
): Promise<PollAnswer | Failure> {
  const { web } = urls.github;
  const names = namesToRead(request);
  const tagPrefix = commonTagPrefix(request.tagTemplates);
  const asked = { ...repository, tagPrefix, pinnedTags: names, branches: names };
  const last = readValidator(request.last?.validator);
  if (last?.glance !== undefined && between(last.readAt, now) < WHOLE_EVERY) {
    const glance = await reader.glance(asked);
    if (isFailure(glance)) return glance;
    if (glance === last.glance) return { state: "unchanged", validator: request.last?.validator ?? "" };
  }
  const sweep = await reader.sweep(asked);
  if (isFailure(sweep)) return sweep;
  if (sweep.disabled)
    return new Failure("unavailable", `GitHub has disabled or locked ${repository.owner}/${repository.name}.`);
  const changed: Changed = {
    state: "changed",
    releases: toReleases(sweep, request.tagTemplates, `${web}/${sweep.nameWithOwner}`),
    refs: toRefs(request, sweep.pinned, sweep.branches),
    complete: sweep.whole,
    identity: {
      id: `${sweep.databaseId}`,
      name: sweep.nameWithOwner,
      ...(sweep.ownerId !== undefined && { owner: sweep.ownerId }),
      ...(sweep.archived && { lifecycle: "archived" as const }),
    },
    notChecked: [...renamed(sweep, repository), ...(sweep.complete || sweep.pinned.length === 0 ? [] : [OLDER])],
  };
  return unlessUnchanged(
    changed,
    { origin: `${sweep.databaseId}`, glance: sweep.glance, now },
    request.last?.validator,
  );
}

/** A glance sees no change of what is old and not pinned, such as a release that becomes a prerelease: everything is read once a day. */
const WHOLE_EVERY = DAY;

const OLDER = "some versions between the pinned one and the newest: there are more than are read in one poll";

function renamed(sweep: RepositorySweep, { owner, name }: Repository): string[] {
  const now = sweep.nameWithOwner;
  if (now.toLowerCase() === `${owner}/${name}`.toLowerCase()) return [];
  return [
    `the name: ${owner}/${name} is ${now} on GitHub now; write the new name, since the old one can be taken over`,
  ];
}

/** Pinned names as written, and as tags of the templates. Commits are no names. */
function namesToRead({ pinnedRefs, tagTemplates }: PollRequest): string[] {
  const names = pinnedRefs.filter((name) => !isCommit(name));
  const tags = names.flatMap((name) => tagTemplates.map((template) => tagOfVersion(name, template)));
  return [...new Set([...names, ...tags])];
}

function isCommit(name: string): boolean {
  return /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(name);
}

/** A pinned name is a tag, else a version of which a template makes a tag, else a branch. */
function toRefs(request: PollRequest, tags: readonly RepositoryTag[], branches: readonly RepositoryTag[]): Ref[] {
  const find = (list: readonly RepositoryTag[], name: string) => list.find((one) => one.name === name)?.commit;
  return request.pinnedRefs.flatMap((name) => {
    const byTemplate = request.tagTemplates.map((template) => find(tags, tagOfVersion(name, template)));
    const target = find(tags, name) ?? byTemplate.find((commit) => commit !== undefined) ?? find(branches, name);
    return target === undefined ? [] : [{ name, target }];
  });
}

/** Releases and bare tags, merged by tag name: a tag may have no release, and a release's tag may be older than the list. */
function toReleases(sweep: RepositorySweep, templates: readonly string[], page: string): ObservedRelease[] {
  const tags = new Map([...sweep.tags, ...sweep.pinned].map((tag) => [tag.name, tag]));
  const published = sweep.releases.filter((release) => !release.draft);
  const releases = new Map(published.map((release) => [release.tag, release]));
  return [...new Set([...releases.keys(), ...tags.keys()])].flatMap((tag) => {
    const version = versionByTemplates(tag, templates);
    if (version === undefined) return [];
    const release = releases.get(tag);
    return [
      release === undefined ? fromTag(version, tag, tags.get(tag), page) : fromRelease(version, release, tags.get(tag)),
    ];
  });
}

function fromRelease(version: string, release: RepositoryRelease, tag: RepositoryTag | undefined): ObservedRelease {
  const commit = tag?.commit ?? release.commit;
  return {
    version,
    tag: release.tag,
    publishedBy: "publisher",
    state: release.prerelease ? "prerelease" : "released",
    digests: {},
    assets: [],
    notesUrl: release.url,
    ...(release.publishedAt !== undefined && { publishedAt: release.publishedAt }),
    ...(commit !== undefined && { commit }),
    ...(tag?.tree !== undefined && tag.commit === commit && { tree: tag.tree }),
  };
}

function fromTag(version: string, tag: string, known: RepositoryTag | undefined, page: string): ObservedRelease {
  return {
    version,
    tag,
    publishedBy: "publisher",
    state: "released",
    digests: {},
    assets: [],
    notesUrl: `${page}/releases/tag/${tag.split("/").map(encodeURIComponent).join("/")}`,
    ...(known?.committedAt !== undefined && { publishedAt: known.committedAt }),
    ...(known !== undefined && { commit: known.commit }),
    ...(known?.tree !== undefined && { tree: known.tree }),
  };
}

async function pollByGit(
  request: PollRequest,
  { owner, name }: Repository,
  { git, urls, now }: PollContext,
): Promise<PollAnswer | Failure> {
  const page = `${urls.github.web}/${owner}/${name}`;
  const tags = await listNames(git, `${page}.git`, "refs/tags/");
  if (isFailure(tags)) return tags;
  const found = toRefs(request, tags, []).map((ref) => ref.name);
  const mayBeBranch = request.pinnedRefs.some((pinned) => !isCommit(pinned) && !found.includes(pinned));
  const branches = mayBeBranch ? await listNames(git, `${page}.git`, "refs/heads/") : [];
  if (isFailure(branches)) return branches;
  const releases = tags.flatMap((tag) => {
    const version = versionByTemplates(tag.name, request.tagTemplates);
    return version === undefined ? [] : [fromTag(version, tag.name, tag, page)];
  });
  const refs = toRefs(request, tags, branches);
  const notChecked = ["release notes and assets: no GitHub token"];
  return unlessUnchanged(
    { state: "changed", releases, refs, complete: true, notChecked },
    { origin: "git", now },
    request.last?.validator,
  );
}

async function listNames(git: PollContext["git"], url: string, folder: string): Promise<RepositoryTag[] | Failure> {
  const refs = await git.listRefs(url, folder);
  return isFailure(refs) ? refs : refs.map((ref) => ({ name: ref.name.slice(folder.length), commit: ref.commit }));
}

/** GitHub has no validator for this: the answer's own hash says whether anything moved. `origin` is the repository's id. */
function unlessUnchanged(
  changed: Changed,
  { origin, glance, now }: { readonly origin: string; readonly glance?: string | undefined; readonly now: Instant },
  last: string | undefined,
): PollAnswer {
  const hash = createHash("sha256").update(JSON.stringify(changed)).digest("base64url");
  const seen = glance === undefined ? "" : `:${glance}:${now}`;
  const validator = `github:${origin}:${hash}${seen}`;
  const known = readValidator(last);
  return known?.origin === origin && known.hash === hash
    ? { state: "unchanged", validator }
    : { ...changed, validator };
}

/** `github:<id>:<hash of the answer>[:<what a glance sees>:<when it was read whole>]` */
function readValidator(text: string | undefined) {
  const [, origin, hash, glance, readAt = ""] = /^github:([^:]+):([^:]+)(?::([^:]+):(.+))?$/.exec(text ?? "") ?? [];
  return origin === undefined ? undefined : { origin, hash, glance, readAt };
}
