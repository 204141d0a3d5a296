import type { Alert, Verdict } from "./bump.ts";
import type { UncheckedEntry } from "./digest.ts";
import type { EvidenceLevel } from "./evidence.ts";
import type { Instant } from "./instant.ts";
import type { Component, Pin, Place, Precision } from "./pin.ts";
import type { Standing } from "./standing.ts";
import type { SupportEntry } from "./support.ts";
import { type Advisory, INSUFFICIENT_COVERAGE, type TrustScore, trustBand } from "./trust.ts";

/** Everything that reports (SBOM, SARIF, CSV …) are written from. Plain data: it passes from the daemon to the command line. */
export type ReportMaterial = {
  /** When it was put together. */
  readonly at: Instant;
  /** Headgate's own version. */
  readonly version: string;
  /** `checkout`: files alone were read, so that nothing is known of upstreams, advisories and trust. */
  readonly origin: "store" | "checkout";
  /** The time that `updates` are about. */
  readonly period: { readonly from: Instant; readonly until: Instant };
  readonly projects: readonly ReportedProject[];
};

/** One watched project with all that it takes from upstream. */
export type ReportedProject = {
  readonly id: string;
  /** The page of its repository, where it has one. */
  readonly repository?: string;
  readonly commit?: string;
  readonly branch?: string;
  readonly components: readonly ReportedComponent[];
  readonly advisories: readonly ReportedAdvisory[];
  readonly alerts: readonly Alert[];
  readonly ending: readonly SupportEntry[];
  readonly updates: readonly VersionUpdate[];
  /** How it stood on each day of the period; empty where nobody looked, and of a bare checkout. */
  readonly standings: readonly Standing[];
  readonly notChecked: readonly UncheckedEntry[];
  /** Components that no list of advisories covers: nothing went wrong, and nothing is known of their vulnerabilities. */
  readonly unlisted: readonly UncheckedEntry[];
};

/** What one project takes from one upstream. Several versions of one kind are drift. */
export type ReportedComponent = {
  /** Tells it from the project's other components. */
  readonly key: string;
  readonly upstream: string;
  readonly versions: readonly ReportedVersion[];
  /** Distinct versions, as compared; more than one is drift. */
  readonly current: readonly string[];
  /** An SPDX id, from a source repository; `claimed`: nothing but the package itself names that repository. */
  readonly licence?: { readonly id: string; readonly repository: string; readonly claimed: boolean };
  readonly trust?: ReportedTrust;
  /** Where it goes next. */
  readonly next?: ReportedMove;
};

/** A candidate, and where it stands. `url`: its pull request. */
export type ReportedMove = {
  readonly candidate: string;
  readonly version: string;
  readonly verdict: Verdict;
  readonly until?: Instant;
  readonly url?: string;
};

/** `value` (0..10) is absent below half coverage (0..1). */
export type ReportedTrust = { readonly value?: number; readonly coverage: number; readonly band: string };

/** One version in which a component is taken, with its places. */
export type ReportedVersion = {
  /** As written; empty when nothing written decides it. */
  readonly text: string;
  /** As compared; empty with `text`. */
  readonly version: string;
  readonly precision: Precision;
  /** `sha256:…` or a commit that is written beside, or instead of, the version. */
  readonly digest?: string;
  /** The lock file that decides the exact version. */
  readonly lockedBy?: string;
  readonly places: readonly ReportedPlace[];
  /** What is known of the release: its page, its files and what proves them. */
  readonly release?: {
    readonly publishedAt?: Instant;
    readonly notesUrl?: string;
    readonly files: readonly { readonly name: string; readonly url?: string; readonly digest?: string }[];
    /** The strongest proof that was found; `none`: looked, and there is nothing. Absent: nobody looked. */
    readonly proof?: EvidenceLevel;
  };
};

/** `name`: the variable, requirement or image by which a maintainer knows the place. */
export type ReportedPlace = Place & { readonly name: string; readonly format: string };

/** An advisory about a version that is installed. `dueAt` is absent where no time is promised. */
export type ReportedAdvisory = {
  readonly component: string;
  readonly upstream: string;
  readonly version: string;
  readonly advisory: Advisory;
  readonly since: Instant;
  readonly dueAt?: Instant;
  readonly overdue: boolean;
  /** The candidate that fixes it and is furthest on its way. */
  readonly fix?: ReportedMove;
};

/** A component that moved. `from` is empty when it is new. */
export type VersionUpdate = {
  readonly upstream: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly tag?: string;
  readonly at?: Instant;
  readonly notesUrl?: string;
  readonly pullRequest?: string;
};

/** A component as reports show it; nothing is known of its releases yet. */
export function toReportedComponent({ key, upstream, pins, current }: Component): ReportedComponent {
  const groups = Map.groupBy(pins, ({ precision, text, version, digest }) =>
    [precision, text, version, digest].join("\n"),
  );
  return { key, upstream, current, versions: [...groups.values()].flatMap(toVersion) };
}

function toVersion([first, ...others]: readonly Pin[]): ReportedVersion[] {
  if (first === undefined) return [];
  const { text, version, precision, digest, lockedBy } = first;
  return [
    {
      ...{ text, version, precision },
      ...(digest !== undefined && { digest }),
      ...(lockedBy !== undefined && { lockedBy }),
      places: [first, ...others].map(({ path, line, name, format }) => ({ path, line, name, format })),
    },
  ];
}

/** A score as reports show it: without a number where too little is known. */
export function toReportedTrust(score: TrustScore): ReportedTrust {
  const { value, coverage } = score;
  return { ...(coverage >= INSUFFICIENT_COVERAGE && { value }), coverage, band: trustBand(score) };
}

/** True when nothing written, nor a lock file, decides which content is taken. */
export function isOpen({ precision, digest, lockedBy }: ReportedVersion): boolean {
  return (precision === "floating" || precision === "branch") && digest === undefined && lockedBy === undefined;
}
