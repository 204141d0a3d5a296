import { DAY, type Instant, latest, plus } from "../../domain/instant.ts";
import {
  type Asset,
  type ContentSighting,
  contentConflicts,
  contentOf,
  type Release,
  type ReleaseState,
} from "../../domain/release.ts";
import { mergeFacts, type ReleaseFacts } from "../../domain/release-facts.ts";
import { toFacts } from "./replay-facts.ts";
import type { WrittenIncident, WrittenRelease } from "./replay-file.ts";

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

type Content = Pick<Release, "commit" | "digests" | "assets">;
type Sighting = { readonly at: Instant; readonly content: Partial<Content>; readonly facts: ReleaseFacts };

/** Registries whose clock dates a release: what they say of its age is proven. */
const DATED_BY_REGISTRY = /^pkg:(?:pypi|npm|gem|cargo|maven|nuget|composer|hex|pub)\//;

/** Whether a release is meant by a name: its version or its tag, with a leading `v` or without. */
export function isSame({ version, tag = version }: Pick<WrittenRelease, "version" | "tag">, name: string): boolean {
  const plain = (text: string) => text.replace(/^v(?=\d)/i, "");
  return name !== "" && [version, tag].some((one) => one === name || plain(one) === plain(name));
}

/** A version that is written several times is one release: what is written of it later was seen later. */
export function mergeWritten(written: readonly WrittenRelease[]): WrittenRelease[] {
  return [...Map.groupBy(written, ({ version }) => version).values()].map((all) => {
    const [first, ...others] = all.toSorted((a, b) => (dateOf(a) < dateOf(b) ? -1 : dateOf(a) > dateOf(b) ? 1 : 0));
    return others.reduce((one, other) => mergeTwo(one, other), first as WrittenRelease);
  });
}

function dateOf({ firstSeenAt, publishedAt }: WrittenRelease): Instant {
  return firstSeenAt ?? publishedAt ?? "";
}

function mergeTwo(one: WrittenRelease, other: WrittenRelease): WrittenRelease {
  const observations = [...one.observations, ...other.observations];
  if (dateOf(one) === "" || dateOf(other) === dateOf(one)) return { ...one, ...known(other), observations };
  const {
    version: _,
    tag: __,
    publishedAt,
    publishedBy,
    firstSeenAt,
    state,
    yankedAt,
    deletedAt,
    deprecatedAt,
    movedAt,
    replacedAt,
    ...rest
  } = other;
  const { observations: ___, evidence, uploader: ____, ...seen } = rest;
  const ends = known({ state, yankedAt, deletedAt, deprecatedAt, movedAt, replacedAt });
  return {
    ...one,
    ...ends,
    observations: [...observations, { at: dateOf(other), ...known({ ...evidence, ...seen }) }],
  };
}

function known<Row extends object>(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as Row;
}

/**
 * Puts a written release on its time line. One without any date is older than all that have one, in the order of the
 * file: it says what is usual, not when.
 */
export function recordRelease(
  written: WrittenRelease,
  incident: Pick<WrittenIncident, "upstream" | "publicAt" | "watchedSince">,
  undated: Instant,
): RecordedRelease {
  const upstream = incident.upstream;
  const since =
    written.firstSeenAt ?? written.publishedAt ?? written.observations.map(({ at }) => at).toSorted()[0] ?? undated;
  const baseline = incident.watchedSince !== undefined && since < incident.watchedSince;
  const firstSeenAt = latest(since, incident.watchedSince) ?? since;
  const sightings = sightingsOf(written, upstream, firstSeenAt);
  const ends = endsOf(written, incident.publicAt);
  const fixed = {
    upstream,
    version: written.version,
    tag: written.tag ?? written.version,
    publishedBy:
      written.publishedBy ?? (DATED_BY_REGISTRY.test(upstream) ? ("registry" as const) : ("publisher" as const)),
    ...(written.publishedAt !== undefined && { publishedAt: written.publishedAt }),
    firstSeenAt,
    baseline,
  };
  const changes = [...sightings.slice(1).map((one) => one.at), ...uploadsOf(sightings)];
  const steps = [...changes, ...ends.map((one) => one.at)];
  const seenAt = (moment: Instant): Release => {
    const seen = knownBy(contentAt(sightings.filter((one) => one.at <= moment)), moment);
    const end = ends.filter((one) => one.at <= moment).at(-1);
    return { ...fixed, state: end?.state ?? writtenState(written), ...seen };
  };
  // between two changes it is the same, and a long history is asked for at every moment of every release
  const bySteps = new Map<number, Release>();
  const at = (moment: Instant): Release | undefined => {
    if (moment < firstSeenAt) return undefined;
    const step = steps.filter((one) => one <= moment).length;
    const release = bySteps.get(step) ?? seenAt(moment);
    bySteps.set(step, release);
    return release;
  };
  const moments = [firstSeenAt, ...changes, ...ends.map((one) => one.at)].filter((one) => one >= firstSeenAt);
  return {
    version: written.version,
    tag: fixed.tag,
    bornAt: firstSeenAt,
    moments,
    changedAt: firstChange(sightings),
    at,
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

/** The first sighting and every later one, in order. A bare "moved" or "replaced" is content of another name. */
function sightingsOf(written: WrittenRelease, upstream: string, firstSeenAt: Instant): Sighting[] {
  const { movedAt, replacedAt, observations, evidence = {}, uploader } = written;
  const image = upstream.startsWith("pkg:docker/");
  const moved = (at: Instant | undefined, value: (word: string) => Partial<Content>) =>
    at === undefined ? [] : [{ at, content: value("after"), facts: {} }];
  const commit = (word: string): Partial<Content> => ({ commit: `${word} the move` });
  const file = (word: string): Partial<Content> => ({
    digests: { [image ? "index" : "file"]: `${word} the replacement` },
  });
  const first = contentOfWritten(written, uploader);
  const own: Partial<Content> = {
    ...(movedAt !== undefined && first.commit === undefined && commit("before")),
    ...(replacedAt !== undefined &&
      (image ? first.digests?.index : first.digests?.file) === undefined &&
      file("before")),
  };
  const facts = mergeFacts(toFacts(written, upstream, firstSeenAt), toFacts(evidence, upstream, firstSeenAt)) ?? {};
  const account = uploader !== undefined && DATED_BY_REGISTRY.test(upstream) ? { account: uploader } : {};
  const later = [
    ...observations.map((one) => ({
      at: one.at,
      content: contentOfWritten(one, undefined),
      facts: toFacts(one, upstream, one.at),
    })),
    ...moved(movedAt, commit),
    ...moved(replacedAt, file),
  ];
  const content = { ...first, ...own, digests: { ...first.digests, ...own.digests } };
  return [
    { at: firstSeenAt, content, facts: { ...account, ...facts } },
    ...later
      .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
      .map((one) => ({ ...one, at: latest(one.at, firstSeenAt) ?? one.at })),
  ];
}

function contentOfWritten(
  written: Pick<WrittenRelease, "commit" | "digest" | "digests" | "assets" | "files">,
  uploader: string | undefined,
): Partial<Content> {
  const { commit, digest, digests } = written;
  const assets = (written.assets ?? written.files ?? (uploader === undefined ? undefined : [{ name: "release" }]))?.map(
    (one) => ({
      ...(uploader !== undefined && { uploader }),
      ...present(one),
    }),
  );
  return {
    ...(commit !== undefined && { commit }),
    ...((digest !== undefined || digests !== undefined) && {
      digests: { ...(digest !== undefined && { index: digest }), ...digests },
    }),
    ...(assets !== undefined && { assets }),
  };
}

function present<Row extends { readonly name: string }>(row: Row) {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as {
    readonly name: string;
  };
}

type Seen = Content & Pick<Release, "contentFirstSeenAt" | "earlierContent" | "evidence">;

/** What is there after the given sightings: a part that differs restarts the content's clock and is remembered. */
function contentAt(sightings: readonly Sighting[]): Seen {
  const [first, ...later] = sightings;
  let now: Content = { digests: {}, assets: [], ...first?.content };
  let since = first?.at ?? plus("1970-01-01T00:00:00.000Z", DAY);
  let facts = first?.facts ?? {};
  const earlierContent: ContentSighting[] = [];
  for (const { at, content, facts: learned } of later) {
    const merged = { ...now, ...content, digests: { ...now.digests, ...content.digests } };
    const [before, next] = [withMarks(now, merged), withMarks(merged, now)];
    now = before;
    if (isOther(now, next)) {
      earlierContent.push(sightingOf(now, since));
      since = at;
    }
    now = next;
    facts = mergeFacts(facts, learned) ?? {};
  }
  const evidence = Object.keys(facts).length > 0 ? { evidence: facts } : {};
  return { ...now, contentFirstSeenAt: since, earlierContent, ...evidence };
}

/**
 * Files without digests, told apart by what is on record: a size, an upload, an uploader that differs is another file.
 * Such a file gets a mark in place of its digest; all others stay as they are.
 */
function withMarks(content: Content, other: Content): Content {
  const assets = content.assets.map((asset) => {
    const pair = other.assets.find(({ name }) => name === asset.name);
    if (pair === undefined || asset.digest !== undefined || !isOtherFile(asset, pair)) return asset;
    const mark = [asset.size, asset.updatedAt, asset.uploader].filter((part) => part !== undefined).join(", ");
    return { ...asset, digest: `of ${mark}` };
  });
  return { ...content, assets };
}

function isOtherFile(one: Asset, other: Asset): boolean {
  return (["size", "updatedAt", "uploader"] as const).some(
    (part) => one[part] !== undefined && other[part] !== undefined && one[part] !== other[part],
  );
}

function firstChange(sightings: readonly Sighting[]): Instant | undefined {
  const changed = sightings.findIndex(
    (_, index) => index > 0 && contentAt(sightings.slice(0, index + 1)).earlierContent.length > 0,
  );
  return changed < 0 ? undefined : sightings[changed]?.at;
}

function isOther(before: Content, after: Content): boolean {
  return contentConflicts(partsOf(before), partsOf(after)).length > 0;
}

function sightingOf(content: Content, seenAt: Instant): ContentSighting {
  const { commit, ...digests } = partsOf(content);
  return { seenAt, digests, ...(commit !== undefined && { commit }) };
}

function partsOf(content: Content): Readonly<Record<string, string>> {
  return contentOf({ version: "", tag: "", publishedBy: "publisher", state: "released", ...content });
}
