import { findScheme } from "../../compare/schemes.ts";
import type { DecisionInput } from "../../decide/decision-input.ts";
import type { Candidate, HumanDecision } from "../../domain/bump.ts";
import type { Instant } from "../../domain/instant.ts";
import { type Pin, toComponents } from "../../domain/pin.ts";
import type { Release } from "../../domain/release.ts";
import type { Advisory, TrustScore } from "../../domain/trust.ts";
import { isFailure } from "../../lib/failure.ts";
import { sourceOf } from "../../poll/poll.ts";
import type { WrittenIncident } from "./written-incident.ts";

/** The advisories about a version. */
export type About = (version: string) => Advisory[];

/** Advisories that were public by then. One without a date is public when the incident is, and about the candidate. */
export function advisoriesAt(incident: WrittenIncident, candidate: string, at: Instant): About {
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

/** What `decide` is asked about one recorded release: all that a record says of it, but for the checks. */
export function inputOf(
  incident: WrittenIncident,
  to: Release,
  history: readonly Release[],
  about: About,
): Omit<DecisionInput, "checks"> {
  const from = incident.installed ?? installedBefore(to, history);
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

/** The newest of the releases with a lower version, as a project has that follows a line; else the newest of all. */
function installedBefore(to: Release, history: readonly Release[]): string[] {
  const versions = history.filter(({ state }) => state === "released").map(({ version }) => version);
  const scheme = findScheme(schemeOf(to.upstream));
  const isLower = (version: string) =>
    !isFailure(scheme) && scheme.isVersion(version) && (scheme.compare(version, to.version) ?? 0) < 0;
  const lower = isFailure(scheme) || !scheme.isVersion(to.version) ? undefined : versions.find(isLower);
  return [lower ?? versions[0] ?? []].flat();
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

function stepOf(purl: string, from: string | undefined, to: string): { scheme: string; step: Candidate["step"] } {
  const id = schemeOf(purl);
  const scheme = findScheme(id);
  if (isFailure(scheme) || from === undefined || !scheme.isVersion(from) || !scheme.isVersion(to)) {
    return { scheme: id, step: "other" };
  }
  return { scheme: id, step: from === to ? "digest" : scheme.step(from, to) };
}

/** As what polls the upstream would have it. */
function schemeOf(purl: string): string {
  const source = sourceOf(purl);
  return isFailure(source) ? "loose" : source.scheme;
}

function pinOf(upstream: string, version: string, scheme: string): Pin {
  const place = { path: "replay", line: 1, edits: [], linked: [] };
  return { ...place, upstream, text: version, version, precision: "exact", format: "replay", scheme, name: "replay" };
}
