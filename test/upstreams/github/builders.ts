import { createHash } from "node:crypto";
import type { Instant } from "../../../src/domain/instant.ts";
import { openPullRequest } from "./change-pull-requests.ts";
import { type GivenCommit, identity, writeCommit } from "./commits.ts";
import { ALL_PERMISSIONS, DEFAULTS } from "./defaults.ts";
import { putObject, type Verification } from "./git-objects.ts";
import type { GivenFile } from "./git-trees.ts";
import {
  type Credential,
  findRepository,
  fullName,
  type GithubWorld,
  type Installation,
  type Label,
  type Release,
  type ReleaseAsset,
  type Repository,
  resolveCommit,
} from "./world.ts";

/** An asset as tests write it: its content, and what GitHub says about it when that differs. */
export type GivenAsset = string | (Partial<Omit<ReleaseAsset, "content">> & { name: string; content?: string });

/** A world with nothing in it but what is given. */
export function githubWorld(given: Partial<Pick<GithubWorld, "clock" | "limits">> = {}): GithubWorld {
  return {
    repositories: new Map(),
    tokens: new Map(),
    installations: [],
    renamed: new Map(),
    limits: { core: 5000, graphql: 5000, anonymous: 60 },
    treeLimit: 100_000,
    clock: () => new Date().toISOString(),
    nextId: 1000,
    ...given,
  };
}

/** A personal token that may do everything Headgate asks for, everywhere, unless told otherwise. Returns its secret. */
export function addToken(world: GithubWorld, given: Partial<Credential> & { readonly secret?: string } = {}): string {
  const { secret = `github_pat_${world.nextId++}`, ...rest } = given;
  world.tokens.set(secret, {
    kind: "token",
    login: "headgate-user",
    permissions: { ...ALL_PERMISSIONS },
    repositories: "all",
    ...rest,
  });
  return secret;
}

/** An App installed on everything, unless told otherwise. */
export function addInstallation(world: GithubWorld, given: Partial<Installation> = {}): Installation {
  const installation: Installation = {
    id: world.nextId++,
    appSlug: "headgate",
    repositories: "all",
    permissions: { ...ALL_PERMISSIONS },
    suspended: false,
    ...given,
  };
  world.installations.push(installation);
  return installation;
}

/** A repository with one commit on its default branch (`files`), and then the given commits, oldest first. */
export function addRepository(
  world: GithubWorld,
  name: string,
  given: Partial<Omit<Repository, "owner" | "name" | "objects" | "refs">> & {
    readonly files?: Readonly<Record<string, GivenFile>>;
    readonly commits?: readonly GivenCommit[];
  } = {},
): Repository {
  const [owner, repositoryName] = partsOf(name);
  const { files = { "README.md": `# ${repositoryName}\n` }, commits = [], ...facts } = given;
  const createdAt = given.createdAt ?? "2020-01-01T00:00:00.000Z";
  const repository: Repository = {
    ...DEFAULTS,
    owner,
    name: repositoryName,
    databaseId: world.nextId++,
    createdAt,
    pushedAt: createdAt,
    protectedBranches: [],
    objects: new Map(),
    refs: new Map(),
    checks: new Map(),
    releases: [],
    pullRequests: [],
    labels: [],
    collaborators: { maintainer: "write" },
    statuses: [],
    ...facts,
  };
  world.repositories.set(name.toLowerCase(), repository);
  pushCommit(world, repository, { files, message: "First commit", at: createdAt });
  for (const commit of commits) pushCommit(world, repository, commit);
  return repository;
}

/** A commit by a person on a branch, which is made from the default branch when it does not exist. Returns its id. */
export function pushCommit(
  world: GithubWorld,
  repository: Repository,
  given: GivenCommit & { readonly branch?: string } = {},
): string {
  const branch = given.branch ?? repository.defaultBranch;
  const parent = resolveCommit(repository, `refs/heads/${branch}`) ?? resolveCommit(repository, "HEAD");
  const oid = writeCommit(repository, { at: world.clock(), ...given }, parent);
  repository.refs.set(`refs/heads/${branch}`, oid);
  const at = given.at ?? world.clock();
  if (at > repository.pushedAt) repository.pushedAt = at;
  for (const pull of repository.pullRequests) {
    if (pull.state === "OPEN" && pull.headRefName === branch && pull.headRepository === fullName(repository)) {
      pull.headRefOid = oid;
    }
  }
  return oid;
}

/** A tag on its own commit (`at`), on a given commit, or annotated when it has a message. Returns the commit. */
export function addTag(
  repository: Repository,
  tag: string,
  given: {
    readonly commit?: string;
    readonly at?: Instant;
    readonly message?: string;
    readonly verification?: Verification;
  } = {},
): string {
  const { at = repository.pushedAt, message, verification = { reason: "unsigned" } } = given;
  const head = resolveCommit(repository, "HEAD");
  const commit = given.commit ?? writeCommit(repository, { message: `Release ${tag}`, at, verification }, head);
  const target =
    message === undefined
      ? commit
      : putObject(repository.objects, {
          type: "tag",
          name: tag,
          target: commit,
          tagger: identity("maintainer", at),
          message: `${message}\n`,
          verification,
        });
  repository.refs.set(`refs/tags/${tag}`, target);
  return commit;
}

/** Lets an existing tag point at another commit: what integrity checks must notice. */
export function moveTag(repository: Repository, tag: string, commit: string): void {
  repository.refs.set(`refs/tags/${tag}`, commit);
}

/** A published release; its tag is made when it does not exist. Dates default to the world's present. */
export function addRelease(
  world: GithubWorld,
  repository: Repository,
  given: Partial<Omit<Release, "assets" | "databaseId">> & {
    readonly tag: string;
    readonly assets?: readonly GivenAsset[];
  },
): Release {
  const { assets = [], ...facts } = given;
  const publishedAt = given.publishedAt ?? world.clock();
  const createdAt = given.createdAt ?? publishedAt;
  if (!repository.refs.has(`refs/tags/${given.tag}`)) addTag(repository, given.tag, { at: createdAt });
  const release: Release = {
    databaseId: world.nextId++,
    name: given.tag,
    notes: "",
    draft: false,
    prerelease: false,
    immutable: false,
    author: "maintainer",
    ...facts,
    createdAt,
    publishedAt,
    updatedAt: given.updatedAt ?? publishedAt,
    assets: [],
  };
  repository.releases.push(release);
  for (const asset of assets) addAsset(world, release, asset);
  return release;
}

/** Uploads an asset; one of the same name is replaced in place, as mutable releases allow. */
export function addAsset(world: GithubWorld, release: Release, given: GivenAsset): ReleaseAsset {
  const { content, ...facts } = typeof given === "string" ? { name: given, content: undefined } : given;
  const bytes = Buffer.from(content ?? `content of ${facts.name} ${release.tag}`);
  const asset: ReleaseAsset = {
    databaseId: world.nextId++,
    content: bytes,
    contentType: "application/octet-stream",
    digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`,
    size: bytes.length,
    state: "uploaded",
    uploader: release.author,
    downloads: 0,
    updatedAt: release.publishedAt,
    ...facts,
  };
  const place = release.assets.findIndex((one) => one.name === asset.name);
  release.assets.splice(place < 0 ? release.assets.length : place, place < 0 ? 0 : 1, asset);
  return asset;
}

/** A label that pull requests can carry. */
export function addLabel(world: GithubWorld, repository: Repository, name: string): Label {
  const label: Label = { databaseId: world.nextId++, name, color: "ededed", description: "" };
  repository.labels.push(label);
  return label;
}

/** Renames or transfers a repository; the old name leads to it until somebody takes that name. */
export function renameRepository(world: GithubWorld, from: string, to: string): Repository {
  const repository = findRepository(world, ...partsOf(from), false);
  if (repository === undefined) throw new Error(`there is no ${from} to rename`);
  const [newOwner, newName] = partsOf(to);
  world.repositories.delete(from.toLowerCase());
  world.renamed.set(from.toLowerCase(), repository.databaseId);
  world.repositories.set(to.toLowerCase(), Object.assign(repository, { owner: newOwner, name: newName }));
  return repository;
}

/** Merges an open pull request as its reviewers would: the base branch gets the head's files in one commit. */
export function mergePullRequest(
  world: GithubWorld,
  repository: Repository,
  number: number,
  by = "maintainer",
): string {
  const pull = repository.pullRequests.find((one) => one.number === number);
  const head = repository.objects.get(pull?.headRefOid ?? "");
  const base = resolveCommit(repository, `refs/heads/${pull?.baseRefName}`);
  if (pull?.state !== "OPEN" || head?.type !== "commit" || base === undefined) {
    throw new Error(`pull request ${number} cannot be merged`);
  }
  const at = world.clock();
  const oid = putObject(repository.objects, {
    ...head,
    parents: [base, pull.headRefOid],
    committer: identity("GitHub", at),
    message: `Merge pull request #${number}\n\n${pull.title}\n`,
    verification: { reason: "valid", byGithub: true },
  });
  repository.refs.set(`refs/heads/${pull.baseRefName}`, oid);
  Object.assign(pull, { state: "MERGED", mergedAt: at, closedAt: at, updatedAt: at, mergedBy: by });
  return oid;
}

/** A pull request of somebody else, from a branch of the repository with the given files changed. Returns its number. */
export function openPullRequestOf(
  world: GithubWorld,
  repository: Repository,
  login: string,
  given: { readonly branch: string; readonly title: string; readonly files: GivenCommit["files"] },
): number {
  pushCommit(world, repository, { branch: given.branch, message: given.title, files: given.files ?? {} });
  const credential: Credential = {
    kind: login.endsWith("[bot]") ? "app" : "token",
    login,
    permissions: { ...ALL_PERMISSIONS },
    repositories: "all",
  };
  const { branch: head, title } = given;
  const pull = { title, body: "", base: repository.defaultBranch, head, draft: false };
  return openPullRequest({ world, credential }, repository, pull).number;
}

/** Closes a pull request as somebody would who does not want it. A login that ends with `[bot]` is a bot's. */
export function closePullRequest(world: GithubWorld, repository: Repository, number: number, by = "maintainer"): void {
  const at = world.clock();
  Object.assign(pullNumbered(repository, number), { state: "CLOSED", closedAt: at, updatedAt: at, closedBy: by });
}

/** Opens a closed pull request again, as somebody would who wants it after all. */
export function reopenPullRequest(world: GithubWorld, repository: Repository, number: number, by = "maintainer"): void {
  const pull = pullNumbered(repository, number);
  const at = world.clock();
  Object.assign(pull, { state: "OPEN", updatedAt: at, reopened: { by, at } });
  delete pull.closedAt;
  delete pull.closedBy;
}

/** Writes a comment under a pull request. */
export function commentOn(
  world: GithubWorld,
  repository: Repository,
  number: number,
  body: string,
  by = "maintainer",
): void {
  const comment = { id: world.nextId++, author: by, body, createdAt: world.clock() };
  pullNumbered(repository, number).comments.push(comment);
}

/** Puts a label on a pull request, or takes it off, as somebody would on its page. */
export function labelPullRequest(
  world: GithubWorld,
  repository: Repository,
  number: number,
  given: { readonly name: string; readonly by?: string; readonly added?: boolean },
): void {
  const { name, by = "maintainer", added = true } = given;
  const { labels, labelEvents } = pullNumbered(repository, number);
  labels.splice(0, labels.length, ...labels.filter((one) => one !== name), ...(added ? [name] : []));
  labelEvents.push({ name, added, by, at: world.clock() });
}

/** Owner and name; on some forges owners lie within owners. */
function partsOf(name: string): [owner: string, name: string] {
  const slash = name.lastIndexOf("/");
  return [name.slice(0, slash), name.slice(slash + 1)];
}

function pullNumbered(repository: Repository, number: number) {
  const pull = repository.pullRequests.find((one) => one.number === number);
  if (pull === undefined) throw new Error(`there is no pull request ${number}`);
  return pull;
}
