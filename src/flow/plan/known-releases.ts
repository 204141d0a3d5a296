import type { CandidateDraft, Draft } from "../../compare/compare.ts";
import { passedReleases } from "../../db/releases/passed-releases.ts";
import { releaseOutlines } from "../../db/releases/release-outlines.ts";
import { taggedReleases } from "../../db/releases/releases.ts";
import type { PassedRelease, Release, ReleaseOutline } from "../../domain/release.ts";
import { bornAt, earlierThan } from "../../domain/release-history.ts";
import type { FlowContext } from "../context.ts";

/** The versions of some upstreams as one plan knows them: read together, and together again where something was stored since. */
export type KnownReleases = {
  /** Every known version in outline, newest first. */
  readonly of: (purl: string) => readonly ReleaseOutline[];
  /** Those that say what is usual for a version (`earlierThan`): collecting and judging ask for them three times. */
  readonly earlier: (release: Release) => readonly ReleaseOutline[];
  /** The same versions with their files and notes, in that order; each is read once. They keep the names that they come with. */
  readonly complete: (outlines: readonly ReleaseOutline[]) => Promise<Release[]>;
  /** The same versions as they are passed by. */
  readonly passed: (outlines: readonly ReleaseOutline[]) => Promise<PassedRelease[]>;
  /** Says that something was stored about an upstream's versions: `refresh` reads them again. */
  readonly touch: (purl: string) => void;
  readonly refresh: () => Promise<void>;
};

/** Reads what is known of some upstreams. */
export async function readReleases(flow: FlowContext, purls: readonly string[]): Promise<KnownReleases> {
  const known = new Map<string, readonly ReleaseOutline[]>();
  const whole = new Map<string, Map<string, Release>>();
  const touched = new Set(purls);
  const of = (purl: string) => known.get(purl) ?? [];
  const earlier = rememberEarlier(of);

  async function refresh(): Promise<void> {
    const stale = [...touched];
    if (stale.length === 0) return;
    touched.clear();
    for (const purl of stale) {
      whole.delete(purl);
      earlier.forget(purl);
    }
    const again = await releaseOutlines(flow.db, stale);
    for (const purl of stale) known.set(purl, again.get(purl) ?? []);
  }

  async function complete(outlines: readonly ReleaseOutline[]): Promise<Release[]> {
    const missing = outlines.filter(({ upstream, tag }) => whole.get(upstream)?.has(tag) !== true);
    for (const release of await taggedReleases(flow.db, tagsOf(missing))) {
      const ofOne = whole.get(release.upstream) ?? new Map<string, Release>();
      whole.set(release.upstream, ofOne.set(release.tag, release));
    }
    return outlines.map((outline) => named(outline, whole.get(outline.upstream)?.get(outline.tag)));
  }

  async function passed(outlines: readonly ReleaseOutline[]): Promise<PassedRelease[]> {
    const found = await passedReleases(flow.db, tagsOf(outlines));
    const byTag = new Map(found.map((release) => [`${release.upstream} ${release.tag}`, release]));
    return outlines.map((outline) => named(outline, byTag.get(`${outline.upstream} ${outline.tag}`)));
  }

  await refresh();
  return { of, earlier: earlier.of, complete, passed, touch: (purl) => void touched.add(purl), refresh };
}

function tagsOf(outlines: readonly ReleaseOutline[]): Map<string, string[]> {
  const byPurl = Map.groupBy(outlines, ({ upstream }) => upstream);
  return new Map([...byPurl].map(([purl, all]) => [purl, [...new Set(all.map(({ tag }) => tag))]]));
}

/** What `earlierThan` gives, once for each release: `forget` where the versions of an upstream are others by now. */
function rememberEarlier(versionsOf: (purl: string) => readonly ReleaseOutline[]) {
  const known = new Map<string, Map<string, readonly ReleaseOutline[]>>();
  const of = (release: Release): readonly ReleaseOutline[] => {
    const ofOne = known.get(release.upstream) ?? new Map<string, readonly ReleaseOutline[]>();
    const key = `${release.tag}\n${release.state}\n${bornAt(release)}`; // all that it depends on
    const found = ofOne.get(key) ?? earlierThan(release, versionsOf(release.upstream));
    known.set(release.upstream, ofOne.set(key, found));
    return found;
  };
  return { of, forget: (purl: string) => void known.delete(purl) };
}

/** Versions are never dropped from the store: that one is missing means that the store is not ours any more. */
function named<One extends PassedRelease>({ upstream, tag, version }: ReleaseOutline, release: One | undefined): One {
  if (release === undefined) throw new Error(`${upstream} ${tag} is gone from the store while it is planned`);
  return release.version === version ? release : { ...release, version };
}

/** Drafts whose versions were compared in outline: with all that is known of their targets, and what is told of the versions before those. */
export async function completeDrafts(
  drafts: readonly Draft<ReleaseOutline>[],
  known: KnownReleases,
): Promise<CandidateDraft[]> {
  const ways = drafts.map(({ to, between }) => between.filter(({ tag }) => tag !== to.tag));
  const [targets, passed] = await Promise.all([known.complete(drafts.map(({ to }) => to)), known.passed(ways.flat())]);
  const left = passed.values();
  return drafts.map((draft, index) => {
    const to = targets[index];
    if (to === undefined) throw new Error("a draft without a target");
    const between = draft.between.map(({ tag }) => (tag === to.tag ? to : left.next().value));
    return { ...draft, to, between: between.filter((one) => one !== undefined) };
  });
}
