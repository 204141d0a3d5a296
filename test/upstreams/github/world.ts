import type { Instant } from "../../../src/domain/instant.ts";
import { type CommitObject, getObject, type ObjectStore, peel } from "./git-objects.ts";

/** What a stand-in of GitHub knows: plain data that tests change between requests. */
export type GithubWorld = {
  /** By `owner/name` in lower case. */
  readonly repositories: Map<string, Repository>;
  /** Credentials by their secret. */
  readonly tokens: Map<string, Credential>;
  readonly installations: Installation[];
  /** Old `owner/name` in lower case to the id of the repository that left it. */
  readonly renamed: Map<string, number>;
  /** Points an hour per credential; `anonymous` is for requests without one. */
  readonly limits: { core: number; graphql: number; anonymous: number };
  /** Longer listings of a tree are cut, and say so. */
  treeLimit: number;
  /** What time it is there. */
  clock: () => Instant;
  nextId: number;
};

/** A credential and what it may do. `repositories` limits writing, and seeing what is private. */
export type Credential = {
  readonly kind: "app" | "token";
  readonly login: string;
  permissions: Record<string, "read" | "write">;
  repositories: "all" | string[];
  expiresAt?: Instant;
  /** What its account may do in repositories, where that is less than write. */
  role?: "read";
  /** What a classic token says of itself in `x-oauth-scopes`; other credentials say nothing. */
  scopes?: string;
};

/** An App installed on an account. */
export type Installation = {
  readonly id: number;
  readonly appSlug: string;
  repositories: "all" | string[];
  permissions: Record<string, "read" | "write">;
  suspended: boolean;
};

export type Repository = {
  owner: string;
  name: string;
  databaseId: number;
  ownerType: "Organization" | "User";
  /** What stays when the owner is renamed; absent: the owner's name. */
  ownerId?: string;
  ownerVerified: boolean;
  visibility: "PUBLIC" | "PRIVATE";
  archivedAt?: Instant;
  disabled: boolean;
  locked: boolean;
  fork: boolean;
  /** GitHub answers 403 for what it took down. */
  blocked: boolean;
  stars: number;
  forks: number;
  watchers: number;
  contributors: number;
  openIssues: number;
  /** Issues with what was said under them; those that are only counted are not here. */
  issues?: readonly GivenIssue[];
  /** Where people say that they work, by their login. */
  companies?: Readonly<Record<string, string>>;
  closedIssues: number;
  licence?: string;
  homepage?: string;
  description?: string;
  createdAt: Instant;
  pushedAt: Instant;
  defaultBranch: string;
  autoMergeAllowed: boolean;
  signoffRequired: boolean;
  /** Branches that only reviewed pull requests may change. */
  protectedBranches: string[];
  /** Git objects by id, and full ref names with the id they point at. */
  readonly objects: ObjectStore;
  readonly refs: Map<string, string>;
  /** Combined result of the checks that ran on a commit. */
  readonly checks: Map<string, "SUCCESS" | "FAILURE" | "PENDING">;
  readonly releases: Release[];
  readonly pullRequests: PullRequest[];
  readonly labels: Label[];
  /** What people may do here, by login; who is not named may read. */
  readonly collaborators: Record<string, "admin" | "write" | "read">;
  /** Commit statuses, in the order in which they were set. */
  readonly statuses: { sha: string; state: string; context: string; description: string }[];
};

/** What somebody said, and what they are to the repository. */
type Said = {
  readonly createdAt: Instant;
  readonly authorAssociation: "OWNER" | "MEMBER" | "COLLABORATOR" | "CONTRIBUTOR" | "NONE";
};
type GivenIssue = Said & { readonly updatedAt: Instant; readonly comments: readonly Said[] };

export type Release = {
  readonly databaseId: number;
  tag: string;
  name: string;
  notes: string;
  draft: boolean;
  prerelease: boolean;
  immutable: boolean;
  author: string;
  /** GitHub's `created_at` is the date of the commit, not of the publication. */
  createdAt: Instant;
  publishedAt: Instant;
  updatedAt: Instant;
  readonly assets: ReleaseAsset[];
};

export type ReleaseAsset = {
  readonly databaseId: number;
  name: string;
  content: Buffer;
  contentType: string;
  /** `sha256:<hex>`; null for what was uploaded before GitHub computed it. */
  digest: string | null;
  size: number;
  state: "uploaded" | "starter";
  uploader: string;
  downloads: number;
  updatedAt: Instant;
};

export type PullRequest = {
  readonly number: number;
  title: string;
  body: string;
  state: "OPEN" | "CLOSED" | "MERGED";
  draft: boolean;
  author: string;
  baseRefName: string;
  headRefName: string;
  /** `owner/name` the head branch lives in. */
  headRepository: string;
  /** The head of the branch, frozen when the pull request was closed. */
  headRefOid: string;
  createdAt: Instant;
  updatedAt: Instant;
  closedAt?: Instant;
  mergedAt?: Instant;
  mergedBy?: string;
  closedBy?: string;
  /** Who opened it again last. */
  reopened?: { readonly by: string; readonly at: Instant };
  mergeable: "MERGEABLE" | "CONFLICTING";
  /** GitHub answers UNKNOWN to the first who asks, and computes in the meantime. */
  mergeabilityAsked: boolean;
  reviewDecision?: "APPROVED" | "CHANGES_REQUESTED" | "REVIEW_REQUIRED";
  readonly approvals: string[];
  readonly labels: string[];
  /** Who put which label on it, or took it off, oldest first. */
  readonly labelEvents: { readonly name: string; readonly added: boolean; readonly by: string; readonly at: Instant }[];
  readonly reviewers: string[];
  readonly assignees: string[];
  milestone?: number;
  autoMerge?: "MERGE" | "SQUASH" | "REBASE";
  readonly comments: { readonly id: number; author: string; body: string; createdAt: Instant }[];
};

export type Label = { readonly databaseId: number; name: string; color: string; description: string };

/** `owner/name`. */
export function fullName(repository: Repository): string {
  return `${repository.owner}/${repository.name}`;
}

/** The repository of that name, or the one that left the name; names are compared without case. */
export function findRepository(
  world: GithubWorld,
  owner: string,
  name: string,
  followRenames = true,
): Repository | undefined {
  const wanted = `${owner}/${name}`.toLowerCase();
  const found = world.repositories.get(wanted);
  return found ?? (followRenames ? findRepositoryById(world, world.renamed.get(wanted)) : undefined);
}

/** The repository with that database id. */
export function findRepositoryById(world: GithubWorld, id: number | undefined): Repository | undefined {
  return world.repositories.values().find((one) => one.databaseId === id);
}

/** The commit a full ref name, a branch, a tag, `HEAD` or an object id stands for. */
export function resolveCommit(repository: Repository, name: string): string | undefined {
  const { refs, objects, defaultBranch } = repository;
  const ref = name === "HEAD" ? `refs/heads/${defaultBranch}` : name;
  const sha = refs.get(ref) ?? refs.get(`refs/${ref}`) ?? refs.get(`refs/heads/${ref}`) ?? refs.get(`refs/tags/${ref}`);
  if (sha !== undefined) return peel(objects, sha);
  return objects.has(name) ? peel(objects, name) : undefined;
}

/** The commits reachable from one, newest first, itself included. */
export function history(repository: Repository, from: string): { oid: string; commit: CommitObject }[] {
  const seen = new Map<string, CommitObject>();
  const queue = [from];
  for (let oid = queue.shift(); oid !== undefined; oid = queue.shift()) {
    const commit = seen.has(oid) ? undefined : getObject(repository.objects, oid, "commit");
    if (commit === undefined) continue;
    seen.set(oid, commit);
    queue.push(...commit.parents);
  }
  return [...seen]
    .map(([oid, commit]) => ({ oid, commit }))
    .sort((a, b) => b.commit.committer.date.localeCompare(a.commit.committer.date));
}

/** Whether `ancestor` is reachable from `descendant`; a commit is its own ancestor. */
export function isAncestor(repository: Repository, ancestor: string, descendant: string): boolean {
  return history(repository, descendant).some(({ oid }) => oid === ancestor);
}
