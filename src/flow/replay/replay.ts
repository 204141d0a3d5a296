import { decide } from "../../decide/decide.ts";
import type { Decision } from "../../domain/bump.ts";
import { evidenceRecords } from "../../domain/evidence-record.ts";
import { DAY, HOUR, type Instant, latest, MINUTE, plus } from "../../domain/instant.ts";
import { outlineOf } from "../../domain/integrity/content-history.ts";
import type { Policy } from "../../domain/policy.ts";
import type { CheckResult } from "../../domain/trust.ts";
import { runChecks } from "../../score/score.ts";
import { isSame, mergeWritten } from "./merge-written.ts";
import { advisoriesAt, inputOf } from "./replay-input.ts";
import { outcomeOf, plainPurl, type ReplayedCandidate, type ReplayMoment } from "./replay-outcome.ts";
import { type RecordedRelease, recordRelease } from "./replay-release.ts";
import type { WrittenIncident, WrittenRelease } from "./written-incident.ts";

/** How long something is followed that nobody ever made public. */
const FOLLOWED = 60 * DAY;

/**
 * Replays one recorded incident, or releases that nothing was wrong with, as if it happened now: at every moment at
 * which something becomes known, with nothing that became known later. Pure.
 */
export function replayIncident(incident: WrittenIncident, policy: Policy): ReplayedCandidate[] {
  const { releases, isWanted } = recordedReleases(incident);
  return releases.filter(isWanted).map((own) => replayOne({ incident, own, releases, policy }));
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

/** One release of a record, and what it is judged by. */
type Case = {
  readonly incident: WrittenIncident;
  readonly own: RecordedRelease;
  readonly releases: readonly RecordedRelease[];
  readonly policy: Policy;
};

function replayOne({ own, ...rest }: Case): ReplayedCandidate {
  const badFrom = rest.incident.badFrom ?? own.changedAt ?? own.bornAt;
  const incident = publicAfter(rest.incident, badFrom);
  const { publicAt } = incident;
  const timeline: ReplayMoment[] = [];
  const queue = new Set(momentsOf(incident, own, rest.releases));
  for (let at = earliestOf(queue); at !== undefined; at = earliestOf(queue)) {
    queue.delete(at);
    const moment = momentAt({ ...rest, own, incident }, at);
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

function momentAt({ incident, own, releases, policy }: Case, at: Instant): ReplayMoment | undefined {
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

function versionOfPurl(purl: string): string | undefined {
  const version = /@([^/?]+)(?:\?|$)/.exec(purl.replace(/^pkg:npm\/@/, "pkg:npm/"))?.[1];
  return version === undefined || !/%[0-9a-f]{2}/i.test(version) ? version : decodeURIComponent(version);
}
