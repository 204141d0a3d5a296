import { decide } from "../../decide/decide.ts";
import type { Decision } from "../../domain/bump.ts";
import { contentMoves, outlineOf } from "../../domain/content-history.ts";
import { type EvidenceRecord, evidenceRecords } from "../../domain/evidence-record.ts";
import { between, DAY, HOUR, type Instant, latest, MINUTE, plus } from "../../domain/instant.ts";
import type { Policy } from "../../domain/policy.ts";
import type { CheckResult } from "../../domain/trust.ts";
import { parsePurl, upstreamLabel } from "../../domain/upstream.ts";
import { runChecks } from "../../score/score.ts";
import type { WrittenIncident, WrittenRelease } from "./replay-file.ts";
import { advisoriesAt, inputOf } from "./replay-input.ts";
import { isSame, mergeWritten, type RecordedRelease, recordRelease } from "./replay-release.ts";

/** What Headgate says at one moment, with the records of every check that did not simply pass. */
type ReplayMoment = {
  readonly at: Instant;
  readonly decision: Decision;
  readonly records: readonly EvidenceRecord[];
};

/**
 * What came of one candidate. `hold`: kept back by a hold or a block; `wait`: only by waiting; `missed`: proposed before
 * it was public. Where nothing was ever made public: `proposed`, or `hold` when a person would have been asked.
 */
export type ReplayOutcome = "hold" | "wait" | "missed" | "proposed";

export type ReplayedCandidate = {
  readonly name: string;
  readonly upstream: string;
  readonly candidate: string;
  readonly seenAt: Instant;
  readonly badFrom?: Instant;
  readonly publicAt?: Instant;
  readonly outcome: ReplayOutcome;
  /** The verdict that stood when it became public, or at the end. */
  readonly verdict: Decision["verdict"];
  /** Rules that held or blocked it while it was not public. */
  readonly rules: readonly string[];
  readonly proposedAt?: Instant;
  /** Days from publication to the proposal. */
  readonly delayDays?: number;
  readonly timeline: readonly ReplayMoment[];
};

/** How long something is followed that nobody ever made public. */
const FOLLOWED = 60 * DAY;

/**
 * Replays one recorded incident, or releases that nothing was wrong with, as if it happened now: at every moment at
 * which something becomes known, with nothing that became known later. Pure.
 */
export function replayIncident(incident: WrittenIncident, policy: Policy): ReplayedCandidate[] {
  const { releases, isWanted } = recordedReleases(incident);
  return releases.filter(isWanted).map((one) => replayOne(incident, one, releases, policy));
}

type Recorded = {
  readonly releases: readonly RecordedRelease[];
  readonly isWanted: (release: RecordedRelease) => boolean;
};

function recordedReleases(incident: WrittenIncident): Recorded {
  const { candidate = [], publicAt } = incident;
  const named = candidate.filter((one) => typeof one === "string");
  const inline = candidate.filter((one) => typeof one !== "string");
  const written = mergeWritten([...(incident.history ?? []), ...(incident.releases ?? []), ...inline]);
  const dates = written.flatMap((one) => one.firstSeenAt ?? one.publishedAt ?? []).toSorted();
  const asked = [...named, ...inline.map(({ version }) => version), versionOfPurl(incident.upstream) ?? ""];
  // a candidate without a date was there when people learned of it; anything else without one is older than all others
  const undated = (one: WrittenRelease, index: number) =>
    publicAt !== undefined && asked.some((name) => isSame(one, name))
      ? plus(publicAt, -MINUTE)
      : plus(dates[0] ?? publicAt ?? NEVER, -(30 + index) * DAY);
  const context = { ...incident, upstream: plainPurl(incident.upstream) };
  const all = written.map((one, index) => recordRelease(one, context, undated(one, index)));
  const releases = all.toSorted(byBirth);
  return { releases, isWanted: wantedOf(asked.filter(Boolean), named, releases) };
}

/** A moment for records without any date. */
const NEVER = "2000-01-01T00:00:00.000Z";

function byBirth(a: RecordedRelease, b: RecordedRelease): number {
  return a.bornAt < b.bornAt ? -1 : a.bornAt > b.bornAt ? 1 : 0;
}

/** The named candidates, else the version in the purl, else the newest release. `*`: every one. */
function wantedOf(
  asked: readonly string[],
  named: readonly string[],
  releases: readonly RecordedRelease[],
): (release: RecordedRelease) => boolean {
  if (named.includes("*")) return () => true;
  const newest = releases.at(-1)?.version ?? "";
  const wanted = asked.length > 0 ? asked : [newest];
  return (release) => wanted.some((name) => isSame(release, name));
}

function replayOne(
  written: WrittenIncident,
  own: RecordedRelease,
  releases: readonly RecordedRelease[],
  policy: Policy,
): ReplayedCandidate {
  const badFrom = written.badFrom ?? own.changedAt ?? own.bornAt;
  const incident = publicAfter(written, badFrom);
  const { publicAt } = incident;
  const timeline: ReplayMoment[] = [];
  const queue = new Set(momentsOf(incident, own, releases));
  for (let at = earliestOf(queue); at !== undefined; at = earliestOf(queue)) {
    queue.delete(at);
    const moment = momentAt(incident, own, releases, policy, at);
    if (moment === undefined) continue;
    timeline.push(moment);
    const { until } = moment.decision;
    if (until !== undefined && until > at && until <= plus(badFrom, FOLLOWED)) queue.add(until);
    if (publicAt === undefined && moment.decision.verdict === "propose" && !isAnyAfter(incident.at, at)) break;
  }
  return { ...outcomeOf(incident, own, badFrom, timeline), timeline: timeline.filter(isNews) };
}

/**
 * Nothing is public before it is there: of the day on which it was both published and made public, often only the date is
 * on record. What would have been said at first sight counts then.
 */
function publicAfter(incident: WrittenIncident, badFrom: Instant): WrittenIncident {
  if (incident.publicAt === undefined) return incident;
  return { ...incident, publicAt: latest(incident.publicAt, plus(badFrom, MINUTE)) };
}

/** When something happens that may change the verdict: to this release, beside it, or by the file's own wish. */
function momentsOf(incident: WrittenIncident, own: RecordedRelease, releases: readonly RecordedRelease[]): Instant[] {
  const { publicAt, advisories, humanDecisions, at } = incident;
  const beside = releases
    .flatMap((one) => (one === own ? [] : one.moments))
    .filter((moment) => moment <= plus(own.bornAt, 3 * HOUR) || incident.publicAt !== undefined);
  const all = [
    ...own.moments,
    ...beside,
    ...(publicAt === undefined ? [] : [plus(publicAt, -MINUTE), publicAt]),
    ...advisories.flatMap(({ publishedAt, withdrawnAt }) => [publishedAt ?? [], withdrawnAt ?? []].flat()),
    ...humanDecisions.flatMap((word) => [word.at, word.until ?? []].flat()),
    ...at,
  ];
  const last = [publicAt ?? own.bornAt, ...at].toSorted().at(-1) ?? own.bornAt;
  const end = publicAt === undefined ? plus(last, FOLLOWED) : last;
  return all.filter((moment) => moment >= own.bornAt && moment <= end);
}

function momentAt(
  incident: WrittenIncident,
  own: RecordedRelease,
  releases: readonly RecordedRelease[],
  policy: Policy,
  at: Instant,
): ReplayMoment | undefined {
  const release = own.at(at);
  if (release === undefined) return undefined;
  const history = releases.flatMap((one) => (one === own ? [] : (one.at(at) ?? []))).toReversed();
  const about = advisoriesAt(incident, own.version, at);
  const input = inputOf(incident, release, history, about);
  const checks = runChecks(release, history.map(outlineOf), { advisories: input.advisories }, at);
  const decision = decide({ ...input, checks }, policy, at);
  return { at, decision, records: checks.filter(speaks).flatMap(evidenceRecords) };
}

function speaks({ outcome, comparedVersions }: CheckResult): boolean {
  return outcome !== "pass" || comparedVersions !== undefined;
}

function outcomeOf(
  { name, publicAt, upstream }: WrittenIncident,
  own: RecordedRelease,
  badFrom: Instant,
  timeline: readonly ReplayMoment[],
): Omit<ReplayedCandidate, "timeline"> {
  const bad = timeline.filter(({ at }) => isBad(own, badFrom, at) && (publicAt === undefined || at < publicAt));
  const last = bad.at(-1) ?? timeline.at(-1);
  const verdict = last?.decision.verdict ?? "wait";
  const proposed = (publicAt === undefined ? timeline : bad).find(({ decision }) => decision.verdict === "propose");
  const kept = verdict === "hold" || verdict === "block" ? "hold" : "wait";
  const outcome = proposed === undefined ? kept : publicAt === undefined ? "proposed" : "missed";
  const strict = (publicAt === undefined ? timeline : bad).flatMap(({ decision }) => decision.reasons);
  const release = last === undefined ? undefined : own.at(last.at);
  const from = release?.publishedAt ?? own.bornAt;
  return {
    name: name ?? `${upstreamLabel(plainPurl(upstream))} ${own.version}`,
    upstream: plainPurl(upstream),
    candidate: own.version,
    seenAt: own.bornAt,
    ...(badFrom !== own.bornAt && { badFrom }),
    ...(publicAt !== undefined && { publicAt }),
    outcome,
    verdict,
    rules: [...new Set(strict.filter(({ level }) => level === "hold" || level === "block").map(({ rule }) => rule))],
    ...(proposed !== undefined && { proposedAt: proposed.at, delayDays: between(from, proposed.at) / DAY }),
  };
}

/** Content that was replaced and put back is what it should be again, until it is replaced once more. */
function isBad(own: RecordedRelease, badFrom: Instant, at: Instant): boolean {
  const release = own.at(at);
  if (at < badFrom || release === undefined || badFrom === own.bornAt) return at >= badFrom;
  const { away, back } = contentMoves(release);
  return away.length > 0 || back.length === 0;
}

/** A moment that says the same as the one before it is left out. */
function isNews({ decision }: ReplayMoment, index: number, timeline: readonly ReplayMoment[]): boolean {
  const before = timeline[index - 1]?.decision;
  return before === undefined || before.verdict !== decision.verdict || rulesOf(before) !== rulesOf(decision);
}

function rulesOf({ reasons }: Decision): string {
  return reasons.map(({ rule, level }) => `${level} ${rule}`).join(", ");
}

function earliestOf(moments: ReadonlySet<Instant>): Instant | undefined {
  let first: Instant | undefined;
  for (const moment of moments) if (first === undefined || moment < first) first = moment;
  return first;
}

function isAnyAfter(moments: readonly Instant[], at: Instant): boolean {
  return moments.some((moment) => moment > at);
}

function plainPurl(purl: string): string {
  return purl.replace(/@(?=[^/]*$)[^?]*/, "");
}

function versionOfPurl(purl: string): string | undefined {
  const version = /@([^/?]+)(?:\?|$)/.exec(purl.replace(/^pkg:npm\/@/, "pkg:npm/"))?.[1];
  return version === undefined || !/%[0-9a-f]{2}/i.test(version) ? version : decodeURIComponent(version);
}

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
