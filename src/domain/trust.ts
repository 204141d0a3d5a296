import type { Instant } from "./instant.ts";

/** One observed fact behind a sentence: what, where from, when. Values are plain data. */
export type Evidence = {
  readonly kind: string;
  readonly source: string;
  readonly observedAt: Instant;
  readonly observed?: string;
  /** What the project's own history lets expect. */
  readonly expected?: string;
  readonly etag?: string;
  /** The HTTP status of the answer, where there was one. */
  readonly status?: number;
};

/** The seven headings of project trust. */
export type Dimension =
  | "activity"
  | "community"
  | "adoption"
  | "signing"
  | "hygiene"
  | "track-record"
  | "relationships";

/** What one signal says of a project. `points` (0..1) counts only for good and bad; unknown is never zero. */
export type Finding = {
  readonly signal: string;
  readonly outcome: "good" | "bad" | "unknown" | "not-applicable";
  readonly points: number;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  readonly observedAt: Instant;
};

/** One heading's mean over its known signals, with the weight it has in the whole. `value` is absent when nothing is known. */
export type DimensionScore = { readonly dimension: Dimension; readonly weight: number; readonly value?: number };

/** Project trust: for people, and to lengthen waits; it never shortens one. `value` 0..10, `coverage` 0..1. */
export type TrustScore = {
  readonly value: number;
  readonly coverage: number;
  readonly dimensions: readonly DimensionScore[];
  readonly findings: readonly Finding[];
};

/** Why a signal is not known that nobody asked for yet. */
export const NOT_ASKED = "Not asked yet.";

/** Below half coverage no number is printed anywhere. */
export const INSUFFICIENT_COVERAGE = 0.5;

/** The dimensions that may be shown: none where too little is known for a number. */
export function shownDimensions(score: TrustScore | undefined): readonly DimensionScore[] {
  return score === undefined || score.coverage < INSUFFICIENT_COVERAGE ? [] : score.dimensions;
}

/** A score as programs are told it: the band always; numbers of the whole and its headings only where enough is known. */
export type ShownScore = Omit<TrustScore, "value"> & {
  readonly value?: number;
  readonly band: ReturnType<typeof trustBand>;
};

/** A score without its numbers where too little is known for one. */
export function shownScore(score: TrustScore): ShownScore {
  const { value, dimensions, ...others } = score;
  const band = trustBand(score);
  if (score.coverage >= INSUFFICIENT_COVERAGE) return { value, band, dimensions, ...others };
  return { band, dimensions: dimensions.map(({ dimension, weight }) => ({ dimension, weight })), ...others };
}

/** `strong` from 7.5, `fair` from 5, else `weak`; `insufficient` when less than half of the weight is known. */
export function trustBand(score: TrustScore | undefined): "strong" | "fair" | "weak" | "insufficient" {
  if (score === undefined || score.coverage < INSUFFICIENT_COVERAGE) return "insufficient";
  if (score.value >= 7.5) return "strong";
  return score.value >= 5 ? "fair" : "weak";
}

/**
 * The band that waits go by: without what people vouched. A vouch orders and explains, but never shortens a wait, not even
 * one that little trust made longer.
 */
export function bandWithoutVouches(score: TrustScore | undefined): ReturnType<typeof trustBand> {
  if (score === undefined || score.dimensions.length === 0) return trustBand(score);
  const others = score.dimensions.filter(({ dimension }) => dimension !== "relationships");
  const known = others.filter(({ value }) => value !== undefined);
  const weigh = (some: readonly DimensionScore[]) => some.reduce((sum, { weight }) => sum + weight, 0);
  const [weight, whole] = [weigh(known), weigh(score.dimensions)];
  if (weight === 0) return "insufficient";
  const value = known.reduce((sum, one) => sum + one.weight * (one.value ?? 0), 0) / weight;
  return trustBand({ ...score, value: Math.round(10 * value) / 10, coverage: weight / whole });
}

/**
 * What a check rests on: `evidence` of who made a release and what is in it; `dates` and numbers alone; or what its
 * `registry` says of it.
 */
export type CheckBasis = "evidence" | "dates" | "registry";

/** What one release check says of one version, against the project's own history. */
export type CheckResult = {
  readonly check: string;
  readonly outcome: "pass" | "warn" | "hold" | "block" | "not-checked";
  /** One sentence: what was observed and what history expects. Says *changed* or *missing*, never *malicious*. */
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  /** For the age of content: which clock runs, and since when. */
  readonly clock?: { readonly kind: "first-seen" | "registry"; readonly since: Instant };
  /** When this outcome ends by itself, if nothing else is learned until then. */
  readonly until?: Instant;
  /** The rule's number, as docs/checks.md lists it. */
  readonly rule?: string;
  readonly basis?: CheckBasis;
  /** The earlier versions that it was compared with. */
  readonly comparedVersions?: readonly string[];
  /** First sight of what was judged. */
  readonly firstSeenAt?: Instant;
  /** How often releases that nothing is wrong with give this result, where it was measured. */
  readonly baseRate?: string;
  /** How often in a row what it needs could not be asked. Three times are told as a warning. */
  readonly failedLookups?: number;
};

/** A recorded relationship of trust: somebody here knows somebody there. */
export type Vouch = {
  readonly upstream: string;
  readonly by: string;
  readonly reason: string;
  readonly since: Instant;
  readonly until?: Instant;
  /** 0..1, what the person would give. */
  readonly points: number;
};

/** How bad a vulnerability is, in the words of CVSS. */
export type Severity = "critical" | "high" | "medium" | "low" | "unknown";

/** A published vulnerability or malware report about a version. Ids that start with `MAL-` are malware. */
export type Advisory = {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly severity: Severity;
  readonly summary: string;
  readonly fixedIn: readonly string[];
  readonly url?: string;
  /** The repository in which its own maintainers published it, `github.com/owner/name`, where a reference leads there. */
  readonly publishedIn?: string;
  readonly publishedAt?: Instant;
  /** First sight of it about this version here: due dates run from then. */
  readonly firstSeenAt?: Instant;
  /** Listed as exploited (CISA's Known Exploited Vulnerabilities): it is answered like a critical one. */
  readonly exploited?: boolean;
  /** Chance of exploitation within 30 days, 0..1 (FIRST's EPSS). */
  readonly exploitProbability?: number;
};
