import type { Failure } from "../failure.ts";
import type { Tree } from "../tree.ts";
import type { CommitRequest, RepositoryName, WriteQuestion, WriteState } from "./branch.ts";
import type { Grants } from "./grants.ts";
import type { ForgeProfile } from "./profile.ts";
import type { CommitStatus, Decoration, OpenPullRequest, PullRequestLife } from "./pull-request.ts";

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
