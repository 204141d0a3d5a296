import { connection, sorted } from "./connection.ts";
import { covers } from "./credentials.ts";
import { getObject, type ObjectStore } from "./git-objects.ts";
import { entryAt } from "./git-trees.ts";
import {
  type Arguments,
  type Context,
  commitHandle,
  type Fields,
  gitObject,
  nodeId,
  type RepositoryHandle,
  refHandle,
} from "./handles.ts";
import { fullName, type Label, type PullRequest, type Release, type Repository, resolveCommit } from "./world.ts";

/** `Repository`: its facts, and the ways to releases, refs, objects and pull requests. */
export const REPOSITORY: Fields<RepositoryHandle> = {
  id: ({ repository }) => nodeId("R", repository),
  databaseId: ({ repository }) => repository.databaseId,
  name: ({ repository }) => repository.name,
  nameWithOwner: ({ repository }) => fullName(repository),
  description: ({ repository }) => repository.description,
  owner: ({ repository }) => ({
    __typename: repository.ownerType,
    id: `O_${Buffer.from(repository.ownerId ?? repository.owner).toString("base64url")}`,
    login: repository.owner,
    databaseId: ownerId(repository.owner),
    isVerified: repository.ownerVerified,
  }),
  url: ({ repository }, _, { web }) => `${web}/${fullName(repository)}`,
  homepageUrl: ({ repository }) => repository.homepage,
  visibility: ({ repository }) => repository.visibility,
  isPrivate: ({ repository }) => repository.visibility === "PRIVATE",
  isArchived: ({ repository }) => repository.archivedAt !== undefined,
  archivedAt: ({ repository }) => repository.archivedAt,
  isDisabled: ({ repository }) => repository.disabled,
  isLocked: ({ repository }) => repository.locked,
  lockReason: ({ repository }) => (repository.locked ? "MIGRATING" : null),
  isFork: ({ repository }) => repository.fork,
  isInOrganization: ({ repository }) => repository.ownerType === "Organization",
  createdAt: ({ repository }) => repository.createdAt,
  pushedAt: ({ repository }) => repository.pushedAt,
  updatedAt: ({ repository }) => repository.pushedAt,
  stargazerCount: ({ repository }) => repository.stars,
  forkCount: ({ repository }) => repository.forks,
  stargazers: ({ repository }) => counted(repository.stars),
  forks: ({ repository }) => counted(repository.forks),
  watchers: ({ repository }) => counted(repository.watchers),
  mentionableUsers: ({ repository }) => counted(repository.contributors),
  issues: ({ repository }, given) => ({
    ...connection(issuesOf(repository, given), given, ({ comments, ...issue }) => ({
      ...issue,
      comments: { nodes: comments, totalCount: comments.length },
    })),
    totalCount: issueCount(repository, given.states),
  }),
  licenseInfo: ({ repository }) => (repository.licence === undefined ? null : licence(repository.licence)),
  isSecurityPolicyEnabled: ({ repository }) => securityPolicy(repository) !== undefined,
  securityPolicyUrl: ({ repository }, _, { web }) =>
    securityPolicy(repository) === undefined ? null : `${web}/${fullName(repository)}/security/policy`,
  contributingGuidelines: ({ repository }, _, { web }) =>
    existing(repository, ["CONTRIBUTING.md", ".github/CONTRIBUTING.md"]) === undefined
      ? null
      : { url: `${web}/${fullName(repository)}/blob/${repository.defaultBranch}/CONTRIBUTING.md` },
  autoMergeAllowed: ({ repository }) => repository.autoMergeAllowed,
  mergeCommitAllowed: () => true,
  squashMergeAllowed: () => true,
  rebaseMergeAllowed: () => true,
  webCommitSignoffRequired: ({ repository }) => repository.signoffRequired,
  viewerPermission: ({ repository }, _, { credential }) =>
    credential?.permissions.contents === "write" && covers(credential, repository) ? "WRITE" : "READ",
  defaultBranchRef: ({ repository }) => refHandle(repository, `refs/heads/${repository.defaultBranch}`),
  ref: ({ repository }, { qualifiedName }) => findRef(repository, qualifiedName ?? ""),
  refs: ({ repository }, given) => connection(refsOf(repository, given), given, (name) => refHandle(repository, name)),
  object: ({ repository }, given) => findObject(repository, given),
  releases: ({ repository }, given, context) =>
    connection(releasesOf(repository, given, context), given, (release) => show(repository, release)),
  release: ({ repository }, { tagName }, context) =>
    releasesOf(repository, {}, context)
      .filter(({ tag }) => tag === tagName)
      .map((release) => show(repository, release))[0],
  latestRelease: ({ repository }) => {
    const latest = latestRelease(repository);
    return latest === undefined ? null : show(repository, latest);
  },
  label: ({ repository }, { name }) => labelsOf(repository, (label) => label.name === name)[0],
  labels: ({ repository }, given) =>
    connection(
      labelsOf(repository, (label) => label.name.includes(given.query ?? "")),
      given,
      (label) => label,
    ),
  pullRequests: ({ repository }, given) =>
    connection(pullRequestsOf(repository, given), given, (pull) => ({ __typename: "PullRequest", repository, pull })),
  pullRequest: ({ repository }, { number }) =>
    repository.pullRequests
      .filter((pull) => pull.number === number)
      .map((pull) => ({ __typename: "PullRequest", repository, pull }))[0],
};

/** The newest release that is neither draft nor prerelease, by the date of its commit. */
export function latestRelease(repository: Repository): Release | undefined {
  return sorted(
    repository.releases.filter(({ draft, prerelease }) => !draft && !prerelease),
    ({ createdAt }) => createdAt,
    "DESC",
  )[0];
}

/** Releases in the asked order (default: newest last); drafts only for those who may write. */
export function releasesOf(
  repository: Repository,
  { orderBy }: Pick<Arguments, "orderBy">,
  { credential }: Pick<Context, "credential">,
): Release[] {
  const writes = credential?.permissions.contents === "write" && covers(credential, repository);
  const visible = repository.releases.filter(({ draft }) => writes || !draft);
  const key = (release: Release) => (orderBy?.field === "NAME" ? release.name : release.createdAt);
  return sorted(visible, key, orderBy?.direction ?? "ASC");
}

function refsOf(repository: Repository, { refPrefix, query, orderBy }: Arguments): string[] {
  const prefix = refPrefix?.endsWith("/") === false ? `${refPrefix}/` : (refPrefix ?? "");
  const names = [...repository.refs.keys()].filter(
    (name) => name.startsWith(prefix) && name.slice(prefix.length).includes(query ?? ""),
  );
  if (orderBy?.field !== "TAG_COMMIT_DATE") return sorted(names, (name) => name, orderBy?.direction ?? "ASC");
  const date = (name: string) => commitHandle(repository, resolveCommit(repository, name))?.commit.committer.date ?? "";
  return sorted(names, date, orderBy.direction);
}

function findRef(repository: Repository, name: string) {
  const candidates = [name, `refs/${name}`, `refs/heads/${name}`, `refs/tags/${name}`];
  const found = candidates.find((candidate) => repository.refs.has(candidate));
  return found === undefined ? null : refHandle(repository, found);
}

/** `main:path`, `HEAD:`, a branch, a tag or an id, as `git rev-parse` reads them. */
function findObject(repository: Repository, { expression, oid }: Arguments) {
  if (typeof oid === "string") return gitObject(repository, oid);
  const [revision = "", ...path] = (expression ?? "").split(":");
  const commit = resolveCommit(repository, revision);
  if (path.length === 0)
    return gitObject(repository, repository.refs.get(`refs/tags/${revision}`) ?? commit ?? revision);
  const entry = entryIn(repository, commit, path.join(":"));
  return entry === undefined ? null : gitObject(repository, entry.sha, entry.path);
}

function entryIn(repository: Repository, commit: string | undefined, path: string) {
  const { objects }: { objects: ObjectStore } = repository;
  const tree = getObject(objects, commit, "commit")?.tree;
  return tree === undefined ? undefined : entryAt(objects, tree, path);
}

function securityPolicy(repository: Repository) {
  return existing(repository, ["SECURITY.md", ".github/SECURITY.md", "docs/SECURITY.md"]);
}

function existing(repository: Repository, paths: readonly string[]): string | undefined {
  return paths.find((path) => entryIn(repository, resolveCommit(repository, "HEAD"), path) !== undefined);
}

function pullRequestsOf(repository: Repository, given: Arguments): PullRequest[] {
  const { states, headRefName, baseRefName, labels, orderBy } = given;
  const wanted = repository.pullRequests.filter(
    (pull) =>
      (states?.includes(pull.state) ?? true) &&
      (headRefName === undefined || headRefName === null || pull.headRefName === headRefName) &&
      (baseRefName === undefined || baseRefName === null || pull.baseRefName === baseRefName) &&
      (labels?.some((label) => pull.labels.includes(label)) ?? true),
  );
  const key = (pull: PullRequest) => (orderBy?.field === "UPDATED_AT" ? pull.updatedAt : pull.createdAt);
  return orderBy === undefined || orderBy === null ? wanted : sorted(wanted, key, orderBy.direction);
}

function labelsOf(repository: Repository, matches: (label: Label) => boolean) {
  return repository.labels.filter(matches).map((label) => ({ __typename: "Label", repository, label }));
}

function show(repository: Repository, release: Release) {
  return { __typename: "Release", repository, release };
}

function counted(totalCount: number) {
  return { totalCount };
}

/** An id that follows from the name, as long as nobody renames the owner. */
function ownerId(owner: string): number {
  return [...owner].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 7);
}

function issuesOf({ issues = [] }: Repository, { filterBy, orderBy }: Arguments) {
  const since = filterBy?.since ?? "";
  const wanted = issues.filter(
    ({ updatedAt }) => Date.parse(updatedAt) >= Date.parse(since === "" ? "1970-01-01" : since),
  );
  const key = (issue: (typeof wanted)[number]) => (orderBy?.field === "UPDATED_AT" ? issue.updatedAt : issue.createdAt);
  return sorted(wanted, key, orderBy?.direction ?? "ASC");
}

function issueCount(repository: Repository, states: readonly string[] | null | undefined): number {
  const open = (states?.includes("OPEN") ?? true) ? repository.openIssues : 0;
  return open + ((states?.includes("CLOSED") ?? true) ? repository.closedIssues : 0);
}

function licence(spdxId: string) {
  return { key: spdxId.toLowerCase(), name: spdxId, spdxId };
}
