import { type Instant, latest } from "../../domain/instant.ts";
import { parsePurl } from "../../domain/upstream.ts";
import type { ReplayedCandidate, ReplayOutcome } from "./replay-outcome.ts";

/** What came of many replays. Days are medians over what was proposed; `holdRate` is over all that nobody made public. */
export type ReplaySummary = {
  readonly incidents: { readonly total: number; readonly hold: number; readonly wait: number; readonly missed: number };
  readonly others: {
    readonly total: number;
    readonly proposed: number;
    readonly hold: number;
    readonly holdRate: number;
    /** Those that a check held for longer than they wait, also where it let them go by itself: a missing tag after a month. */
    readonly heldBack: number;
    /** How many of those held each rule held: one that several rules held counts for each of them. */
    readonly heldBy: Readonly<Record<string, number>>;
    /** Median days from publication to the proposal, by kind of upstream. */
    readonly medianDelayDays: Readonly<Record<string, number>>;
  };
};

/** Counts outcomes: incidents by what stopped them, everything else by what it cost. */
export function summarise(replayed: readonly ReplayedCandidate[]): ReplaySummary {
  const incidents = replayed.filter(({ publicAt }) => publicAt !== undefined);
  const others = replayed.filter(({ publicAt }) => publicAt === undefined);
  const count = (rows: readonly ReplayedCandidate[], outcome: ReplayOutcome) =>
    rows.filter((one) => one.outcome === outcome).length;
  const byKind = Map.groupBy(others, ({ upstream }) => parsePurl(upstream)?.type ?? "");
  const medians = [...byKind].flatMap(([kind, rows]) => {
    const delay = median(rows.flatMap(({ delayDays }) => delayDays ?? []));
    return delay === undefined ? [] : [[kind, delay] as const];
  });
  const held = count(others, "hold");
  return {
    incidents: {
      total: incidents.length,
      hold: count(incidents, "hold"),
      wait: count(incidents, "wait"),
      missed: count(incidents, "missed"),
    },
    others: {
      total: others.length,
      proposed: count(others, "proposed"),
      hold: held,
      holdRate: others.length === 0 ? 0 : held / others.length,
      heldBack: others.filter(isHeldBack).length,
      heldBy: heldBy(others),
      medianDelayDays: Object.fromEntries(medians),
    },
  };
}

function isHeldBack({ rules, proposedAt, timeline }: ReplayedCandidate): boolean {
  const waits = timeline.flatMap(({ decision }) => decision.reasons.filter(({ level }) => level === "wait"));
  const waited = waits.reduce<Instant | undefined>((end, { until }) => latest(end, until), undefined);
  return rules.length > 0 && (proposedAt === undefined || waited === undefined || proposedAt > waited);
}

function heldBy(others: readonly ReplayedCandidate[]): Record<string, number> {
  const rules = others.flatMap((one) => (one.outcome === "hold" ? one.rules : []));
  return Object.fromEntries([...Map.groupBy(rules, (rule) => rule)].map(([rule, all]) => [rule, all.length]));
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}
