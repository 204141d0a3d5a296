import type { FileChange } from "../../domain/bump.ts";
import type { PullRequest } from "./pull-request.ts";

/** A repository by name. */
export type RepositoryName = { readonly owner: string; readonly name: string };

/** A branch with its id and the commit it points at. */
export type Branch = { readonly id: string; readonly oid: string };

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

/** Whether every commit must be signed off there, and who commits with this credential: `name <address>`. */
type SignOff = { readonly required: boolean; readonly by: string };

/** What must be known of a repository before something is written to it. */
export type WriteState = {
  readonly repositoryId: string;
  readonly archived: boolean;
  readonly base: { readonly name: string; readonly oid: string; readonly tree: string };
  readonly head: HeadCommit | undefined;
  /** Pull requests from our branch of this very repository, newest first; a known one first. */
  readonly pulls: readonly PullRequest[];
  /** Of the labels that there are, in the order in which they were asked for. */
  readonly labelIds: readonly string[];
  /** Labels that were asked for and that the repository does not have. */
  readonly missingLabels: readonly string[];
  /** How a commit of this credential is signed off (https://developercertificate.org); absent where the forge does not tell. */
  readonly signOff?: SignOff;
};

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
