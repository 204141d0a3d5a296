import type { Instant } from "./instant.ts";

/** Something that happened to one pull request. `event`: the number of the first event that says so. */
export type PullRequestNews = {
  readonly event: number;
  readonly step: "opened" | "updated" | "merged" | "closed" | "withdrawn";
  readonly project: string;
  readonly url: string;
  readonly at: Instant;
  readonly by?: string;
  readonly reason?: string;
  /** What it carries: one upstream, or those of a group. */
  readonly moves: readonly PullRequestMove[];
};

/** One upstream of a pull request, and from where to where it goes. */
export type PullRequestMove = {
  readonly candidate: string;
  readonly upstream: string;
  readonly from: readonly string[];
  readonly to: string;
};
