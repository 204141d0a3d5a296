import type { Alert, Step } from "../bump.ts";
import type { CandidateState } from "../candidate-state.ts";
import type { SourceFreshness } from "../freshness.ts";
import type { Instant } from "../instant.ts";
import type { Standing } from "../standing.ts";
import type { LagSpread } from "./lag.ts";

/** A candidate as one line of a list. */
export type CandidateLine = {
  readonly id: string;
  readonly project: string;
  readonly upstream: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly step: Step;
  readonly state: CandidateState;
  readonly until?: Instant;
  readonly updatedAt: Instant;
  /** The first reason of its latest decision; of what is proposed, that it fixes an advisory before all others. */
  readonly reason?: string;
  /** Its pull request. */
  readonly url?: string;
};

/** How many there are, and the first of them. */
export type Some<Item> = { readonly total: number; readonly first: readonly Item[] };

/** What is left of a service's requests. */
type BudgetLine = {
  readonly name: string;
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: Instant;
};

/** A host that is left alone for a while. */
type PauseLine = { readonly host: string; readonly until?: Instant; readonly trouble: string };

/** A watched project: how much it takes, what of it waits for a person, and why it could not be read, if so. */
export type ProjectLine = {
  readonly id: string;
  readonly components: number;
  readonly held: number;
  readonly proposed: number;
  readonly readAt?: Instant;
  readonly failure?: { readonly message: string; readonly since: Instant };
};

/** Something scheduled: what it does, and when it does it next. */
export type NextRun = { readonly what: string; readonly at: Instant };

/** The first page: what needs somebody, what is on its way, and whether what it says is fresh. */
export type Overview = {
  readonly projects: readonly ProjectLine[];
  /** Alerts other than overdue advisories, worst first. */
  readonly alarms: Some<Alert>;
  readonly overdue: Some<Alert>;
  readonly held: Some<CandidateLine>;
  readonly proposed: Some<CandidateLine>;
  /** Candidates by where they stand. */
  readonly states: Readonly<Partial<Record<CandidateState, number>>>;
  readonly freshness: readonly SourceFreshness[];
  /** How far components are behind their upstreams. */
  readonly lag: LagSpread;
  /** How they stood on each of the last days. */
  readonly standings: readonly Standing[];
  readonly budgets: readonly BudgetLine[];
  readonly pauses: readonly PauseLine[];
};
