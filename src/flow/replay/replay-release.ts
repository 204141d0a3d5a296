import { type Instant, latest } from "../../domain/instant.ts";
import type { Release, ReleaseState } from "../../domain/release.ts";
import { contentAt, type Seen } from "./content-at.ts";
import type { WrittenIncident, WrittenRelease } from "./written-incident.ts";
import { DATED_BY_REGISTRY, type Sighting, sightingsOf } from "./written-sightings.ts";

/** A recorded release, with what of it was there at any time. */
export type RecordedRelease = {
  readonly version: string;
  readonly tag: string;
  readonly bornAt: Instant;
  /** Moments at which something of it changes, its birth first. */
  readonly moments: readonly Instant[];
  /** The first change of its content. */
  readonly changedAt: Instant | undefined;
  /** The release as it was known then; undefined before its birth. */
  readonly at: (moment: Instant) => Release | undefined;
};

/**
 * Puts a written release on its time line. One without any date is older than all that have one, in the order of the
 * file: it says what is usual, not when.
 */
export function recordRelease(
  written: WrittenRelease,
  incident: Pick<WrittenIncident, "upstream" | "publicAt" | "watchedSince">,
  undated: Instant,
): RecordedRelease {
  const fixed = fixedPartsOf(written, incident, undated);
  const { firstSeenAt: bornAt, version, tag } = fixed;
  const sightings = sightingsOf(written, incident.upstream, bornAt);
  const ends = endsOf(written, incident.publicAt);
  const steps = [...sightings.slice(1), ...ends].map(({ at }) => at).concat(uploadsOf(sightings));
  const seenAt = (moment: Instant): Release => {
    const seen = knownBy(contentAt(sightings.filter((one) => one.at <= moment)), moment);
    const end = ends.filter((one) => one.at <= moment).at(-1);
    return { ...fixed, state: end?.state ?? writtenState(written), ...seen };
  };
  const moments = [bornAt, ...steps].filter((one) => one >= bornAt);
  const at = oncePerStep(bornAt, steps, seenAt);
  return { version, tag, bornAt, moments, changedAt: firstChange(sightings), at };
}

/** What of a release is the same at any moment. */
function fixedPartsOf(
  written: WrittenRelease,
  { upstream, watchedSince }: Pick<WrittenIncident, "upstream" | "watchedSince">,
  undated: Instant,
) {
  const { version, publishedAt } = written;
  const since = written.firstSeenAt ?? publishedAt ?? written.observations.map(({ at }) => at).toSorted()[0] ?? undated;
  return {
    upstream,
    version,
    tag: written.tag ?? version,
    publishedBy: written.publishedBy ?? (DATED_BY_REGISTRY.test(upstream) ? "registry" : "publisher"),
    ...(publishedAt !== undefined && { publishedAt }),
    firstSeenAt: latest(since, watchedSince) ?? since,
    baseline: watchedSince !== undefined && since < watchedSince,
  } as const;
}

/** Between two changes it is the same, and a long history is asked for at every moment of every release. */
function oncePerStep(
  bornAt: Instant,
  steps: readonly Instant[],
  seenAt: (moment: Instant) => Release,
): RecordedRelease["at"] {
  const bySteps = new Map<number, Release>();
  return (moment) => {
    if (moment < bornAt) return undefined;
    const step = steps.filter((one) => one <= moment).length;
    const release = bySteps.get(step) ?? seenAt(moment);
    bySteps.set(step, release);
    return release;
  };
}

/** A state that ends a release begins at a moment; the others it has from the start. */
function writtenState({ state }: WrittenRelease): ReleaseState {
  return state === "prerelease" ? state : "released";
}

/** What ended it without a date is hindsight: it counts from when the incident was public, else not at all. */
function endsOf({ state, yankedAt, deletedAt, deprecatedAt }: WrittenRelease, publicAt: Instant | undefined) {
  const dates = { yanked: yankedAt, deleted: deletedAt, deprecated: deprecatedAt };
  return (["yanked", "deleted", "deprecated"] as const)
    .flatMap((end) => {
      const at = dates[end] ?? (state === end ? publicAt : undefined);
      return at === undefined ? [] : [{ at, state: end }];
    })
    .toSorted((a, b) => (a.at < b.at ? -1 : 1));
}

/** Files that are uploaded later are not known yet. */
function knownBy(seen: Seen, moment: Instant): Seen {
  const assets = seen.assets.filter(({ updatedAt = moment }) => updatedAt <= moment);
  const times = seen.evidence?.fileTimes;
  if (times === undefined) return { ...seen, assets };
  const fileTimes = Object.fromEntries(Object.entries(times).filter(([, at]) => at <= moment));
  return { ...seen, assets, evidence: { ...seen.evidence, fileTimes } };
}

function uploadsOf(sightings: readonly Sighting[]): Instant[] {
  const times = sightings.flatMap(({ content, facts }) => [
    ...(content.assets ?? []).flatMap(({ updatedAt }) => updatedAt ?? []),
    ...Object.values(facts.fileTimes ?? {}),
  ]);
  return [...new Set(times)];
}

function firstChange(sightings: readonly Sighting[]): Instant | undefined {
  const changed = sightings.findIndex(
    (_, index) => index > 0 && contentAt(sightings.slice(0, index + 1)).earlierContent.length > 0,
  );
  return changed < 0 ? undefined : sightings[changed]?.at;
}
