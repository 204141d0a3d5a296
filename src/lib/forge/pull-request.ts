import type { Instant } from "../../domain/instant.ts";

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
