import type { Step } from "./bump.ts";
import type { Dimension, Severity } from "./trust.ts";

/** Which candidates a rule is about. Every given field must match; globs know `*`, `**` and `?`. */
export type RuleMatch = {
  readonly project?: string;
  /** A glob over the purl, for example `pkg:pypi/*`. */
  readonly upstream?: string;
  /** A purl type, for example `docker`. */
  readonly kind?: string;
  /** A glob over the paths of the component's pins. */
  readonly path?: string;
  readonly step?: Step;
  /** True: only upstreams that somebody vouches for; false: only those that nobody vouches for. */
  readonly vouched?: boolean;
};

/** The group of images that were built again under their tags, where no rule names another one; others follow with a dash. */
export const REBUILT_IMAGES = "rebuilt-images";

/** How a candidate is delivered, where rules say so. Nothing here changes whether it is. */
export type DeliveryWish = {
  /** Candidates of one group share a branch and a pull request; false: each has its own, also where all of a kind share one. */
  readonly group?: string | false;
  /** Channels it may go to; absent: all that are on. */
  readonly channels?: readonly string[];
  /** When pull requests may be opened and changed, for example `Mon-Fri 08:00-17:00`. */
  readonly window?: string;
  readonly labels?: readonly string[];
  readonly reviewers?: readonly string[];
  readonly teamReviewers?: readonly string[];
  readonly assignees?: readonly string[];
  readonly draft?: boolean;
  readonly autoMerge?: "off" | "merge" | "squash" | "rebase";
  /** Pull requests of candidates that the rule matches which may be open at once; fixes of advisories do not wait. */
  readonly openLimit?: number;
};

/** The limit of a rule that matches a candidate. `rule`: its place, from 1. `counts`: false where a later one says otherwise. */
export type OpenLimit = { readonly rule: number; readonly most: number; readonly counts: boolean };

/** One rule of the configuration: what it matches, and what it changes. Later rules win over earlier ones. */
export type Rule = {
  readonly match: RuleMatch;
  /** Milliseconds; lengthens or shortens the policy's own wait, never below zero. */
  readonly wait?: number;
  /** A range in the component's scheme that targets must satisfy, with the reason people are shown. */
  readonly range?: { readonly text: string; readonly reason: string };
  readonly hold?: { readonly reason: string };
  readonly skip?: { readonly reason: string };
  /** Whether places that a tag or branch decides are to be pinned to exact content; absent: as the policy says. */
  readonly pin?: boolean;
  readonly deliver?: DeliveryWish;
};

/** What the configuration turns on or off, by id; the rest is as the plug-in itself says. */
export type Switches = Readonly<Record<string, boolean>>;

/** Everything `decide` needs beside the facts. Times are milliseconds. */
export type Policy = {
  /** Minimum age of content before it is proposed, by purl type; `default` for the others. */
  readonly waits: Readonly<Record<string, number>>;
  readonly rules: readonly Rule[];
  /** From first sight of an advisory to its due date; absent: with the next major version. */
  readonly responseTimes: Readonly<Partial<Record<Severity, number>>>;
  readonly weights: Readonly<Record<Dimension, number>>;
  readonly signals?: Switches;
  readonly checks?: Switches;
  readonly allowPrereleases: boolean;
  /** Whether places that a tag or branch decides are proposed to be pinned (step `pin`); absent: no. */
  readonly pin?: boolean;
  /** How long content must stand still before it is proposed, whatever else is waived. */
  readonly settle: number;
  /** IANA name of the zone in which windows are read; absent: UTC. */
  readonly timeZone?: string;
  /** Whether somebody vouches for an upstream now. Absent: nobody does. */
  readonly vouched?: (upstream: string) => boolean;
  /** How ranges are read in a scheme; undefined when not understood. Absent: comparators over dotted numbers. */
  readonly satisfies?: (scheme: string, version: string, range: string) => boolean | undefined;
};
