import type { FileChange } from "../domain/bump.ts";
import type { Instant } from "../domain/instant.ts";
import type { Place } from "../domain/pin.ts";
import type { ForgeId } from "../domain/project.ts";
import type { Failure } from "./failure.ts";
import type { Tree } from "./tree.ts";

/** A repository by name. */
export type RepositoryName = { readonly owner: string; readonly name: string };

/** A branch with its id and the commit it points at. */
export type Branch = { readonly id: string; readonly oid: string };

/** Somebody on the forge. Bots close what they think is old; that is no decision. */
export type Actor = { readonly login: string; readonly bot: boolean };

/** A pull request as it is now. `id` is its node id, which nobody can copy. */
export type PullRequest = {
  readonly id: string;
  readonly number: number;
  readonly url: string;
  readonly state: "OPEN" | "CLOSED" | "MERGED";
  readonly title: string;
  readonly body: string;
  /** The branch that it asks to be merged into. */
  readonly base: string;
  readonly headOid: string;
  readonly commits: number;
  /** Who closed or merged it, and when; absent while it is open, and where the forge does not know. */
  readonly endedBy?: Actor;
  readonly endedAt?: Instant;
};

/** A branch's last commit, as far as it tells who made it. */
export type HeadCommit = Branch & {
  readonly message: string;
  readonly parents: number;
  /**
   * Made through the forge, as far as it tells: signed by it, or, where it signs nothing, with the account of our
   * credential as author and committer.
   */
  readonly madeThroughForge: boolean;
};

/** What must be known of a repository before something is written to it. */
export type WriteState = {
  readonly repositoryId: string;
  readonly archived: boolean;
  readonly base: { readonly name: string; readonly oid: string; readonly tree: string };
  readonly head: HeadCommit | undefined;
  /** Pull requests from our branch of this very repository, newest first; a known one first. */
  readonly pulls: readonly PullRequest[];
  readonly labelIds: readonly string[];
  /** Labels that were asked for and that the repository does not have. */
  readonly missingLabels: readonly string[];
  /** How a commit of this credential is signed off (https://developercertificate.org); absent where the forge does not tell. */
  readonly signOff?: SignOff;
};

/** Whether every commit must be signed off there, and who commits with this credential: `name <address>`. */
type SignOff = { readonly required: boolean; readonly by: string };

/** What is asked: the base (absent: the default branch), our branch, labels, and a pull request known by its node id. */
export type WriteQuestion = {
  readonly base: string | undefined;
  readonly head: string;
  readonly labels: readonly string[];
  readonly pullRequestId: string | undefined;
};

/** A commit to be made: the files that change against the base, and the message. */
export type CommitRequest = {
  readonly repository: RepositoryName;
  readonly repositoryId: string;
  readonly base: WriteState["base"];
  readonly branch: string;
  /** The branch as it is now; absent when there is none. */
  readonly existing: Branch | undefined;
  /** True when a pull request shows the branch: it must never point at the base in between, or the forge closes it. */
  readonly shown: boolean;
  readonly changes: readonly FileChange[];
  readonly message: { readonly headline: string; readonly body: string };
};

/** What became of a pull request of ours: who ended it, and what people wrote under it. */
export type PullRequestLife = {
  readonly id: string;
  readonly number: number;
  readonly url: string;
  readonly state: PullRequest["state"];
  readonly headOid: string;
  readonly headBranch: string;
  /** Absent while it is open, and where the forge does not know. */
  readonly endedBy?: Actor;
  readonly endedAt?: Instant;
  /** Who opened it again last, and when; absent where nobody ever did, and once it ended after that. */
  readonly reopened?: { readonly by: Actor; readonly at: Instant };
  /** The newest ones, oldest first. */
  readonly comments: readonly {
    readonly id: string;
    readonly author: Actor;
    readonly body: string;
    readonly at: Instant;
  }[];
  /** Labels that were put on it or taken off it: the newest events, oldest first. */
  readonly labelEvents: readonly LabelEvent[];
};

/** Somebody put a label on a pull request, or took it off. `id` is the event's own. */
export type LabelEvent = {
  readonly id: string;
  readonly name: string;
  readonly added: boolean;
  readonly by: Actor;
  readonly at: Instant;
};

/** An open pull request of anybody, and the paths it changes (the first hundred). */
export type OpenPullRequest = {
  readonly id: string;
  readonly number: number;
  readonly url: string;
  readonly author: Actor;
  readonly headBranch: string;
  readonly paths: readonly string[];
};

/** What a new pull request is given besides its text. */
export type Decoration = {
  readonly labelIds: readonly string[];
  readonly reviewers: readonly string[];
  readonly teamReviewers: readonly string[];
  readonly assignees: readonly string[];
  /** The milestone's number. */
  readonly milestone?: number;
};

/** A verdict as a commit status. `pending` keeps a required status from passing; `failure` says that it must not. */
export type CommitStatus = {
  readonly state: "success" | "pending" | "failure";
  /** At most 140 characters. */
  readonly description: string;
  readonly url?: string;
};

/** Something that Headgate does on a forge, and the permission that it takes. */
export type PermissionUse = {
  /** As the forge's API names it. */
  readonly permission: string;
  /** As the forge's pages name it. */
  readonly title: string;
  readonly level: "read" | "write";
  /** What has to be configured for it to be used at all. */
  readonly part: "reading" | "pull-requests" | "status" | "labels" | "teams";
  /** Without it, what is configured does not work at all. */
  readonly essential: boolean;
  readonly for: string;
  /** What happens without it. */
  readonly without: string;
  /** Scopes of an old kind of token, each of which gives it. */
  readonly scopes: readonly string[];
};

/**
 * How it is known whether a permission was given: the forge says so (`known`), a harmless request was answered as if
 * (`inferred`), or nothing tells (`unknown`). `because`: a phrase for people.
 */
export type Grant = {
  readonly use: PermissionUse;
  readonly certainty: "known" | "inferred" | "unknown";
  /** Undefined exactly when it is unknown. */
  readonly given: boolean | undefined;
  readonly because: string;
};

/** What a credential may do in a repository: every permission of the forge's list. `settings`: where that is changed, below the forge's address. */
export type Grants = { readonly settings: string; readonly grants: readonly Grant[] };

/** What a forge makes of the text of a pull request. */
type BodyRules = {
  /** Characters that are filled: the forge's limit, with some room. */
  readonly longest: number;
  /**
   * Where a link from somebody else's text leads instead, if the forge would write into what it names ("mentioned in");
   * undefined: nowhere, only its words stay. `web`: where the forge's pages are.
   */
  readonly quietLink: (url: URL, web: string) => URL | undefined;
};

/** What is lacking where a forge has no credential, as phrases. */
type WithoutCredential = {
  /** The variable that is set for it, the first of them. */
  readonly variable: string;
  /** What cannot be done for projects there. */
  readonly projects: string;
  /** What upstreams lack as well, whoever is watched; absent: upstreams need none. */
  readonly upstreams?: string;
  /** How to get one. */
  readonly advice: string;
};

/** What is known of a forge before anything is asked of it. The list of them is `lib/forges.ts`. */
export type ForgeProfile = {
  readonly id: ForgeId;
  readonly title: string;
  /** What runs on its servers, after "a": `Forgejo or Gitea`. */
  readonly software: string;
  /** Servers of it that everybody knows; projects are on the first while nobody says otherwise. */
  readonly hosts: readonly string[];
  /** What other servers of it are usually called: the first part of their names. */
  readonly names: readonly string[];
  /** Whether owners lie within owners: `group/subgroup/name`. */
  readonly nested: boolean;
  /** What stands in the way where there is no credential, and what to set. */
  readonly noCredential: string;
  readonly without: WithoutCredential;
  readonly body: BodyRules;
  /** What a person has to give, where a write was refused for lack of it: a phrase; undefined for any other failure. */
  readonly lackingIn: (failure: Failure) => string | undefined;
  readonly permissions: readonly PermissionUse[];
  /** The page of a repository, or of a line of a file at a commit. `web`: where the forge's pages are. */
  readonly pageOf: (web: string, repository: RepositoryName, at?: Place & { readonly commit: string }) => string;
};

/** A forge as this process reaches it; `forge` is absent without a credential. */
export type WatchedForge = ForgeProfile & { readonly web: string; readonly forge: Forge | undefined };

/**
 * Where files of projects are read and pull requests are opened. Everything is about one repository; failures are
 * values. A second forge is a second value of this type: nothing above it knows which one it talks to.
 */
export type Forge = {
  readonly id: string;
  /** How it is reached, for people: "GitHub, with a GitHub App". */
  readonly title: string;
  /** Git modes that a commit made through it keeps. */
  readonly keepsModes: readonly string[];
  /** A credential that keeps more of them, where there is one: `use a GitHub App`. */
  readonly modeAdvice?: string;
  /** Whether the credential is accepted: a phrase about it. */
  readonly checkCredential: () => Promise<string | Failure>;
  /** The files of a branch, or of the default one. `not-found`: no such repository or branch, or nothing in it. */
  readonly readTree: (repository: RepositoryName, branch: string | undefined) => Promise<Tree | Failure>;
  /** Every permission of the profile. A `not-found` or `forbidden` failure: the credential does not even see it. */
  readonly readGrants: (repository: RepositoryName) => Promise<Grants | Failure>;
  readonly readWriteState: (repository: RepositoryName, question: WriteQuestion) => Promise<WriteState | Failure>;
  /** Blob ids of paths at a commit; undefined where there is no file. */
  readonly readBlobIds: (
    repository: RepositoryName,
    commit: string,
    paths: readonly string[],
  ) => Promise<ReadonlyMap<string, string | undefined> | Failure>;
  /** Whether a commit is one of the last hundred that lead to `base`. */
  readonly isRecentCommitOf: (repository: RepositoryName, base: string, oid: string) => Promise<boolean | Failure>;
  readonly commit: (request: CommitRequest) => Promise<string | Failure>;
  readonly open: (
    repository: RepositoryName,
    input: {
      readonly repositoryId: string;
      readonly base: string;
      readonly head: string;
      readonly title: string;
      readonly body: string;
      readonly draft: boolean;
    },
  ) => Promise<{ readonly id: string; readonly number: number; readonly url: string } | Failure>;
  /** Writes title and body again. `base`: the branch that it is to be merged into from now on, where that is another one. */
  readonly update: (
    repository: RepositoryName,
    input: { readonly id: string; readonly title: string; readonly body: string; readonly base?: string },
  ) => Promise<Failure | undefined>;
  /** Labels, reviewers, assignees, milestone. What could not be given comes back as sentences; the rest was. */
  readonly decorate: (
    repository: RepositoryName,
    pull: { readonly id: string; readonly number: number },
    decoration: Decoration,
  ) => Promise<readonly string[]>;
  readonly comment: (repository: RepositoryName, id: string, body: string) => Promise<Failure | undefined>;
  readonly close: (repository: RepositoryName, id: string) => Promise<Failure | undefined>;
  readonly reopen: (repository: RepositoryName, id: string) => Promise<Failure | undefined>;
  /** Deletes a branch, unless it points elsewhere than at `oid` by now. */
  readonly deleteBranch: (repository: RepositoryName, branch: string, oid: string) => Promise<Failure | undefined>;
  /** Merges when everything that the repository requires has passed, and only this commit. */
  readonly autoMerge: (
    repository: RepositoryName,
    id: string,
    headOid: string,
    method: "merge" | "squash" | "rebase",
  ) => Promise<Failure | undefined>;
  readonly setStatus: (repository: RepositoryName, oid: string, status: CommitStatus) => Promise<Failure | undefined>;
  /** By id; ids that name nothing any more are left out. */
  readonly readLives: (
    repository: RepositoryName,
    ids: readonly string[],
  ) => Promise<ReadonlyMap<string, PullRequestLife> | Failure>;
  /** Whether somebody may write to the repository at this moment. */
  readonly mayWrite: (repository: RepositoryName, login: string) => Promise<boolean | Failure>;
  readonly listOpen: (repository: RepositoryName) => Promise<readonly OpenPullRequest[] | Failure>;
  /** The removed lines of each file of a pull request, as texts, by path. */
  readonly readRemovedLines: (
    repository: RepositoryName,
    number: number,
  ) => Promise<ReadonlyMap<string, readonly string[]> | Failure>;
};
