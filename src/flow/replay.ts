import { findScheme } from "../compare/schemes.ts";
import { decide } from "../decide/decide.ts";
import type { DecisionInput } from "../decide/decision-input.ts";
import type { Candidate, Decision, HumanDecision } from "../domain/bump.ts";
import { outlineOf } from "../domain/content-history.ts";
import { type EvidenceRecord, evidenceRecords } from "../domain/evidence-record.ts";
import { between, DAY, HOUR, type Instant, MINUTE, plus } from "../domain/instant.ts";
import { own } from "../domain/own.ts";
import { type Pin, toComponents } from "../domain/pin.ts";
import type { Policy } from "../domain/policy.ts";
import type { Release } from "../domain/release.ts";
import type { Advisory, CheckResult, TrustScore } from "../domain/trust.ts";
import { parsePurl, upstreamLabel } from "../domain/upstream.ts";
import { isFailure } from "../lib/failure.ts";
import { runChecks } from "../score/score.ts";
import type { WrittenIncident, WrittenRelease } from "./replay-file.ts";
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
  incident: WrittenIncident,
  own: RecordedRelease,
  releases: readonly RecordedRelease[],
  policy: Policy,
): ReplayedCandidate {
  const { publicAt } = incident;
  const badFrom = incident.badFrom ?? own.changedAt ?? own.bornAt;
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

type About = (version: string) => Advisory[];

/** Advisories that were public by then. One without a date is public when the incident is, and about the candidate. */
function advisoriesAt(incident: WrittenIncident, candidate: string, at: Instant): About {
  return (version) =>
    incident.advisories
      .filter((one) => (one.publishedAt ?? incident.publicAt ?? at) <= at)
      .filter((one) => one.withdrawnAt === undefined || one.withdrawnAt > at)
      .filter((one) => one.affects?.includes(version) ?? version === candidate)
      .map(({ id, severity, summary, fixedIn, publishedAt }) => ({
        id,
        aliases: [],
        severity,
        summary: summary ?? id,
        fixedIn,
        ...(publishedAt !== undefined && { publishedAt }),
      }));
}

function inputOf(
  incident: WrittenIncident,
  to: Release,
  history: readonly Release[],
  about: About,
): Omit<DecisionInput, "checks"> {
  const from =
    incident.installed ??
    history
      .filter(({ state }) => state === "released")
      .slice(0, 1)
      .map(({ version }) => version);
  const { scheme, step } = stepOf(to.upstream, from[0], to.version);
  const pins = (from.length === 0 ? [""] : from).map((version) => pinOf(to.upstream, version, scheme));
  const [component] = toComponents("replay", pins);
  const installed = new Map(from.flatMap(about).map((one) => [one.id, one]));
  const target = about(to.version);
  const candidate: Candidate = {
    id: "replay",
    component: component ?? { project: "replay", upstream: to.upstream, key: to.upstream, pins, current: from },
    from,
    to,
    between: [to],
    step,
    fixes: [...installed.values()].filter((one) => !target.some(({ id }) => id === one.id)),
    introduces: target.filter(({ id }) => !installed.has(id)),
  };
  const humanDecisions = incident.humanDecisions.map(
    ({ until, range, ...word }): HumanDecision => ({
      ...word,
      project: "replay",
      upstream: to.upstream,
      ...(until !== undefined && { until }),
      ...(range !== undefined && { range }),
    }),
  );
  return { candidate, history, score: scoreOf(incident.trust), advisories: target, humanDecisions };
}

const BANDS = { strong: 8, fair: 6, weak: 3, insufficient: 0 } as const;

/**
 * A record of releases says nothing of the project, and its trust only lengthens waits: without a word on it the
 * policy's own waits are used, the shortest that there are.
 */
function scoreOf(trust: WrittenIncident["trust"]): TrustScore {
  const value = typeof trust === "number" ? trust : BANDS[trust ?? "strong"];
  return { value, coverage: trust === "insufficient" ? 0 : 1, dimensions: [], findings: [] };
}

const SCHEMES: Readonly<Record<string, string>> = {
  pypi: "pep440",
  npm: "semver",
  cargo: "semver",
  docker: "docker-tag",
};

function stepOf(purl: string, from: string | undefined, to: string): { scheme: string; step: Candidate["step"] } {
  const id = own(SCHEMES, parsePurl(purl)?.type ?? "") ?? "loose";
  const scheme = findScheme(id);
  if (isFailure(scheme) || from === undefined || !scheme.isVersion(from) || !scheme.isVersion(to)) {
    return { scheme: id, step: "other" };
  }
  return { scheme: id, step: from === to ? "digest" : scheme.step(from, to) };
}

function pinOf(upstream: string, version: string, scheme: string): Pin {
  const place = { path: "replay", line: 1, edits: [], linked: [] };
  return { ...place, upstream, text: version, version, precision: "exact", format: "replay", scheme, name: "replay" };
}

function outcomeOf(
  { name, publicAt, upstream }: WrittenIncident,
  own: RecordedRelease,
  badFrom: Instant,
  timeline: readonly ReplayMoment[],
): Omit<ReplayedCandidate, "timeline"> {
  const bad = timeline.filter(({ at }) => at >= badFrom && (publicAt === undefined || at < publicAt));
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
      heldBy: heldBy(others),
      medianDelayDays: Object.fromEntries(medians),
    },
  };
}

function heldBy(others: readonly ReplayedCandidate[]): Record<string, number> {
  const rules = others.flatMap((one) => (one.outcome === "hold" ? one.rules : []));
  return Object.fromEntries([...Map.groupBy(rules, (rule) => rule)].map(([rule, all]) => [rule, all.length]));
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}
