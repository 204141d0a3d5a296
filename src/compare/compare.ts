import { createHash } from "node:crypto";
import type { Candidate, Step } from "../domain/bump.ts";
import type { Instant } from "../domain/instant.ts";
import type { Component, Pin } from "../domain/pin.ts";
import { type Release, versionOfTag } from "../domain/release.ts";
import { typeOfPurl } from "../domain/upstream.ts";
import { type Failure, isFailure } from "../lib/failure.ts";
import type { Scheme } from "./scheme.ts";
import { findScheme } from "./schemes.ts";
import { lowestOf, type Track, tracksOf } from "./tracks.ts";

/** What a version is compared by. */
export type Compared = Pick<Release, "tag" | "version" | "state" | "commit" | "digests" | "firstSeenAt">;

/** A candidate before anybody asked which advisories it fixes or introduces. */
export type CandidateDraft = Omit<Candidate, "fixes" | "introduces">;

/** The same of versions as far as they were read to be compared. */
export type Draft<One extends Compared> = Omit<CandidateDraft, "to" | "between"> & {
  readonly to: One;
  readonly between: readonly One[];
};

/** What is compared. `now`: releases first seen later do not exist yet, so that a past day can be replayed. */
export type ComparisonInput<One extends Compared = Release> = {
  readonly component: Component;
  readonly releases: readonly One[];
  /** A range of the policy, in the component's scheme: the newest release inside is preferred to a newer one outside. */
  readonly policyRange?: string | undefined;
  readonly allowPrereleases: boolean;
  readonly now: Instant;
};

/** At most one candidate per track, and as sentences what has no known order. */
export type Comparison<One extends Compared = Release> = {
  readonly candidates: readonly Draft<One>[];
  readonly notComparable: readonly string[];
};

/** How many older steps of each size are given: what is released every day must not keep waiting for ever. */
const OLDER_OF_EACH_STEP = 3;

/** What one comparison needs everywhere. */
type Context<One extends Compared> = ComparisonInput<One> & {
  /** Remembers what it has read. */
  readonly scheme: Scheme;
  readonly plainScheme: Scheme;
  readonly known: readonly One[];
};

/**
 * Finds the newest acceptable release on the component's track that is newer than every current version. Ordered by
 * version, never by date. Branches and floating tags have no candidate; a range that admits the target stays as it is.
 * A component has more than one track, and then may have more than one candidate, only where its pins are of different
 * precision or flavour (`3-slim` beside `3.13-slim`).
 */
export function compareComponent<One extends Compared>(input: ComparisonInput<One>): Comparison<One> {
  const context = contextOf(input);
  if (isFailure(context)) return { candidates: [], notComparable: [context.message] };
  const { tracks, notComparable } = tracksOf(context);
  const candidates = tracks.flatMap((track) => newestStep(context, track, versionsAhead(context, track)));
  return { candidates: candidates.length > 0 ? candidates : newerDigests(context), notComparable };
}

/**
 * Older steps of the same tracks, newest first, a few of each size, and new content under the same tag: for when the
 * candidate itself has to wait or is held, which is so for few components.
 */
export function olderSteps<One extends Compared>(input: ComparisonInput<One>): Draft<One>[] {
  const context = contextOf(input);
  if (isFailure(context)) return [];
  const ahead = tracksOf(context).tracks.map((track) => ({ track, found: versionsAhead(context, track) }));
  const moving = ahead.filter(({ track, found }) => newestStep(context, track, found).length > 0);
  const older = moving.flatMap(({ track, found }) => stepsBelow(context, track, found));
  const rebuilt = moving.length === 1 ? newerDigests(context) : [];
  return rebuilt.length === 1 ? [...older, ...rebuilt] : older; // then both are about the same places
}

function contextOf<One extends Compared>(input: ComparisonInput<One>): Context<One> | Failure {
  const found = findScheme(input.component.pins[0]?.scheme ?? "");
  if (isFailure(found)) return found;
  return { ...input, scheme: found.remembering(), plainScheme: found, known: knownReleases(input) };
}

/** Releases seen by now, with versions as the component's tag template reads them. Tags of another form drop out. */
function knownReleases<One extends Compared>({ component, releases, now }: ComparisonInput<One>): One[] {
  const template = templateOf(component.pins[0]);
  const known: One[] = [];
  for (const release of releases) {
    const version = versionOfTag(release.tag, template);
    if (version === undefined || release.firstSeenAt > now) continue;
    known.push(version === release.version ? release : { ...release, version });
  }
  return known;
}

/** Where a pin's version is written without its variant, the variant is part of the tag and not of the version. */
function templateOf(pin: Pin | undefined): string | undefined {
  if (pin?.tagTemplate !== undefined || pin?.variant === undefined || pin.variant === "") return pin?.tagTemplate;
  return pin.version === "" || pin.version.includes(pin.variant) ? undefined : `{version}-${pin.variant}`;
}

/** What is newer than the oldest version of a track (`ahead`), and than all of them; newest first. `first`: what to move to. */
type Found<One> = {
  readonly oldest: string;
  readonly ahead: readonly One[];
  readonly newer: readonly One[];
  readonly first: One | undefined;
};

function versionsAhead<One extends Compared>(context: Context<One>, track: Track): Found<One> {
  const { scheme } = context;
  const onPrerelease = track.versions.some((version) => !scheme.isStable(version));
  const oldest = [...track.versions].sort((a, b) => scheme.compare(a, b) ?? 0)[0] ?? "";
  // `<6` leaves out 6.0.0, too: what a range ends before is ahead of it
  const isEnd = track.pins.every(endsOnly)
    ? (version: string, one: string) => scheme.compare(version, one) === 0
    : never;
  // most of what is known is older: that is left out before anything is asked, or remembered, of it
  const isNewerThanOldest = context.plainScheme.newerThan(oldest);
  const isAhead = (version: string) => isNewerThanOldest(version) || isEnd(version, oldest);
  const ahead = context.known
    .filter(({ version }) => isAhead(version))
    .filter((release) => isAcceptable(release, context, onPrerelease))
    .filter((release) => track.versions.every((version) => scheme.sameTrack(version, release.version)))
    .sort((a, b) => scheme.compare(b.version, a.version) ?? 0);
  const newer = ahead.filter(({ version }) =>
    track.versions.every((one) => isNewer(scheme, version, one) || isEnd(version, one)),
  );
  const first = newer.find((release) => isInRange(release, context)) ?? newer[0];
  return { oldest, ahead, newer, first };
}

/** True for a range that only says before what it ends. */
function endsOnly({ precision, text }: Pin): boolean {
  return precision === "range" && /^\s*<\s*[^\s,<>=]+\s*$/.test(text);
}

function never(): boolean {
  return false;
}

function newestStep<One extends Compared>(context: Context<One>, track: Track, found: Found<One>): Draft<One>[] {
  return found.first === undefined ? [] : stepTo(context, track, found, found.first);
}

/** A few older steps of each size. */
function stepsBelow<One extends Compared>(context: Context<One>, track: Track, found: Found<One>): Draft<One>[] {
  const { scheme } = context;
  const { oldest, newer, first } = found;
  const rest = newer.filter(({ version }) => isNewer(scheme, first?.version ?? "", version));
  const steps = Map.groupBy(rest, ({ version }) => scheme.step(oldest, version));
  const few = new Set([...steps.values()].flatMap((releases) => releases.slice(0, OLDER_OF_EACH_STEP)));
  return rest.filter((release) => few.has(release)).flatMap((to) => stepTo(context, track, found, to));
}

/** None where every pin admits the target already. */
function stepTo<One extends Compared>(
  context: Context<One>,
  track: Track,
  { oldest, ahead }: Found<One>,
  to: One,
): Draft<One>[] {
  const { scheme } = context;
  const pins = movingPins(context, track, to);
  const between = ahead.slice(ahead.findIndex(({ version }) => !isNewer(scheme, version, to.version)));
  const step = scheme.step(oldest, to.version);
  return pins.length === 0 ? [] : [draft(context, { ...track, pins }, { to, between, step })];
}

function isAcceptable(
  release: Compared,
  { scheme, allowPrereleases }: Context<Compared>,
  onPrerelease: boolean,
): boolean {
  if (!scheme.isVersion(release.version)) return false;
  if (release.state === "released" && scheme.isStable(release.version)) return true;
  return (allowPrereleases || onPrerelease) && (release.state === "released" || release.state === "prerelease");
}

function isNewer(scheme: Scheme, version: string, than: string): boolean {
  return (scheme.compare(version, than) ?? 0) > 0;
}

/** Inside the policy's range and every range that a maintainer wrote beside a pin. What is not understood forbids nothing here. */
function isInRange(release: Compared, { scheme, component, policyRange }: Context<Compared>): boolean {
  const written = component.pins.map((pin) => (pin.word?.kind === "hold" ? pin.word.range : undefined));
  return [policyRange, ...written].every(
    (range) => range === undefined || scheme.satisfies(release.version, range) !== false,
  );
}

/** The deciding pins, and the ranges beside them: those that do not admit the target because they end before it. */
function movingPins({ component, scheme }: Context<Compared>, track: Track, to: Compared): Pin[] {
  return component.pins.filter((pin) => {
    if (pin.precision === "range")
      return (
        scheme.satisfies(to.version, pin.text) === false && !isNewer(scheme, lowestOf(pin.version, scheme), to.version)
      );
    return track.pins.includes(pin);
  });
}

/** Images that were pushed again under their tags, each tag for itself. A git tag that moved is an alarm, never a candidate. */
function newerDigests<One extends Compared>(context: Context<One>): Draft<One>[] {
  const { component, known } = context;
  if (typeOfPurl(component.upstream) !== "docker") return [];
  const pinned = component.pins.filter((pin) => pin.digest !== undefined);
  const byVersion = Map.groupBy(pinned, (pin) => pin.version);
  return [...byVersion].flatMap(([version, of]) => {
    const to = known.find((release) => release.version === version && release.state === "released");
    if (to?.digests.index === undefined) return [];
    // A pin may also name one platform's manifest instead of the index.
    const digests = Object.values(to.digests);
    const pins = of.filter((pin) => !digests.includes(pin.digest ?? ""));
    const key = byVersion.size === 1 ? component.key : `${component.key} ${version}`;
    if (pins.length === 0) return [];
    return [draft(context, { pins, versions: [version], key }, { to, between: [to], step: "digest" })];
  });
}

function draft<One extends Compared>(
  { component }: Context<One>,
  { pins, versions, key }: Track,
  target: { readonly to: One; readonly between: readonly One[]; readonly step: Step },
): Draft<One> {
  const moved = { ...component, key, pins };
  const content = target.step === "digest" ? (target.to.digests.index ?? "") : undefined;
  return {
    id: candidateId(moved, target.to.version, content),
    component: moved,
    from: versions,
    ...target,
  };
}

/** The id of a component's move to a version, or to one content of it (`digest`): the same move is the same candidate. */
export function candidateId({ project, key }: Component, version: string, digest?: string): string {
  const identity = [project, key, version, ...(digest === undefined ? [] : [digest])];
  return createHash("sha256").update(identity.join("\n")).digest("hex").slice(0, 12);
}
