import type { Instant } from "../domain/instant.ts";
import type { Switches } from "../domain/policy.ts";
import type { Release, ReleaseOutline } from "../domain/release.ts";
import { earlierThan } from "../domain/release-history.ts";
import type { Advisory, CheckResult, Dimension, DimensionScore, Finding, TrustScore } from "../domain/trust.ts";
import type { Failure } from "../lib/failure.ts";
import { CHECKS } from "./checks.ts";
import { SIGNALS } from "./signals.ts";

/**
 * Weighs findings: the mean of each dimension's known signals, then the mean of the known dimensions by their weights.
 * `coverage` is the known share of all weights. Unknown findings count neither as zero nor as good.
 */
export function scoreProject(findings: readonly Finding[], weights: Readonly<Record<Dimension, number>>): TrustScore {
  const bySignal = new Map(findings.map((finding) => [finding.signal, finding]));
  const dimensions = Object.entries(weights).map(([name, weight]) =>
    scoreDimension(name as Dimension, weight, bySignal),
  );
  const known = dimensions.filter((one) => one.value !== undefined);
  const total = sum(dimensions.map((one) => one.weight));
  const weighed = sum(known.map((one) => one.weight));
  const others = known.filter(({ dimension }) => dimension !== "relationships");
  return {
    value: Math.min(meanOf(known), meanOf(others) < FAIR ? BELOW_STRONG : 10),
    coverage: total === 0 ? 0 : weighed / total,
    dimensions,
    findings,
  };
}

/** A vouch raises a project by one band at most, whatever its weight: from weak it never becomes strong. */
const [FAIR, BELOW_STRONG] = [5, 7.4];

function meanOf(dimensions: readonly DimensionScore[]): number {
  const weight = sum(dimensions.map((one) => one.weight));
  return weight === 0 ? 0 : toTenth(sum(dimensions.map((one) => one.weight * (one.value ?? 0))) / weight);
}

const BY_DIMENSION = Map.groupBy(SIGNALS, ({ dimension }) => dimension);

function scoreDimension(dimension: Dimension, weight: number, findings: ReadonlyMap<string, Finding>): DimensionScore {
  const members = (BY_DIMENSION.get(dimension) ?? []).flatMap((signal) => {
    const finding = findings.get(signal.id);
    const known = finding?.outcome === "good" || finding?.outcome === "bad";
    return known ? [{ weight: signal.weight, points: finding.points }] : [];
  });
  const whole = sum(members.map((member) => member.weight));
  if (whole === 0) return { dimension, weight };
  return { dimension, weight, value: toTenth((10 * sum(members.map((one) => one.weight * one.points))) / whole) };
}

/** What is known of how the questions about one release went. `failedLookups`: in a row, by the check's id. */
export type AskedChecks = {
  readonly advisories: readonly Advisory[] | Failure;
  /** What says what is usual for the release, where somebody asked for it before. */
  readonly earlier?: readonly ReleaseOutline[];
  readonly failedLookups?: Readonly<Record<string, number>>;
  /** Checks that the configuration turns off. */
  readonly switches?: Switches | undefined;
};

/** Asks every check that applies about one release. Pure. Results are never averaged: each stands for itself. */
export function runChecks(
  release: Release,
  history: readonly ReleaseOutline[],
  { advisories, failedLookups = {}, switches = {}, earlier = earlierThan(release, history) }: AskedChecks,
  now: Instant,
): CheckResult[] {
  return CHECKS.filter((check) => check.appliesTo(release) && switches[check.id] !== false).map(
    ({ id, rule, basis, baseRate, judge }) => {
      const judgement = judge({ release, history, earlier, advisories }, now);
      const failed = judgement.outcome === "not-checked" ? failedLookups[id] : undefined;
      return {
        check: id,
        rule,
        basis,
        firstSeenAt: release.contentFirstSeenAt,
        ...judgement,
        ...(baseRate !== undefined && judgement.outcome !== "pass" && { baseRate }),
        ...(failed !== undefined && { failedLookups: failed }),
      };
    },
  );
}

/** One decimal: what is shown is what is judged by. */
function toTenth(value: number): number {
  return Math.round(10 * value) / 10;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
