import { isDeepStrictEqual } from "node:util";
import type { Instant } from "../domain/instant.ts";
import {
  type Asset,
  contentConflicts,
  contentOf,
  type ObservedRelease,
  type Release,
  type ReleaseState,
} from "../domain/release.ts";
import { mergeFacts } from "../domain/release-facts.ts";

/** A version as it is stored. `missing`: in how many complete answers in a row it was not. */
export type StoredRelease = Omit<Release, "earlierContent"> & { readonly missing: number };

/** The parts of a version that must not change under its name. */
export type Content = Readonly<Record<string, string>>;

/** What an answer of an upstream changed of what is known of one of its versions. */
export type ReleaseChange =
  | { readonly kind: "first-seen"; readonly tag: string; readonly baseline: boolean; readonly content: Content }
  | {
      readonly kind: "content";
      readonly tag: string;
      /** What was there from `since` on. */
      readonly before: Content;
      readonly since: Instant;
      /** Empty when a deleted version came back and nothing proves it to be the same. */
      readonly conflicts: readonly { readonly part: string; readonly before: string; readonly after: string }[];
    }
  | {
      readonly kind: "state";
      readonly tag: string;
      readonly before: ReleaseState;
      readonly after: ReleaseState;
      readonly reason?: string;
    }
  | { readonly kind: "missing"; readonly tag: string };

/** A version with what changed of it; `changed` is false when there is nothing to store. */
export type Merged = {
  readonly release: StoredRelease;
  readonly changes: readonly ReleaseChange[];
  readonly changed: boolean;
};

/** In how many complete answers in a row a version must be missing to count as deleted: one may be a hiccup. */
const MISSES_UNTIL_DELETED = 2;

/** A version that was never seen before: both clocks start now. */
export function firstSight(upstream: string, observed: ObservedRelease, baseline: boolean, now: Instant): Merged {
  const release = { ...observed, upstream, firstSeenAt: now, contentFirstSeenAt: now, baseline, missing: 0 };
  const change: ReleaseChange = { kind: "first-seen", tag: observed.tag, baseline, content: contentOf(observed) };
  return { release, changes: [change], changed: true };
}

/**
 * What is known of a version after it was seen again. Parts that this answer does not name stay as they were. The first
 * sight never changes; a part that differs restarts the content's clock; a publication date only ever moves later, so
 * that no date that an upstream rewrites makes a version look older.
 */
export function seenAgain(before: StoredRelease, observed: ObservedRelease, now: Instant): Merged {
  const { publishedAt: _, ...said } = observed;
  const merged = { ...before, ...said, ...keptParts(before, observed), ...publication(before, observed), missing: 0 };
  const content = contentChange(before, observed);
  const contentFirstSeenAt =
    content === undefined ? before.contentFirstSeenAt : laterOf(before.contentFirstSeenAt, now);
  const release = withoutStaleReason({ ...merged, contentFirstSeenAt }, observed);
  const state = stateChange(before, release);
  const changes = [content, state].filter((change) => change !== undefined);
  return { release, changes, changed: !isDeepStrictEqual(before, release) };
}

/** What is known of a version after a complete answer did not name it. */
export function notSeen(before: StoredRelease): Merged {
  if (before.state === "deleted") return { release: before, changes: [], changed: false };
  const missing = before.missing + 1;
  if (missing < MISSES_UNTIL_DELETED) {
    return { release: { ...before, missing }, changes: [{ kind: "missing", tag: before.tag }], changed: true };
  }
  const reason = "The upstream no longer lists it.";
  const release: StoredRelease = { ...before, missing, state: "deleted", stateReason: reason };
  const change = { kind: "state", tag: before.tag, before: before.state, after: "deleted", reason } as const;
  return { release, changes: [change], changed: true };
}

function keptParts(before: StoredRelease, observed: ObservedRelease) {
  const evidence = mergeFacts(before.evidence, observed.evidence);
  return {
    ...(evidence !== undefined && { evidence }),
    digests: { ...before.digests, ...observed.digests },
    assets:
      observed.assets.length === 0 ? before.assets : observed.assets.map((asset) => withKnownDigest(before, asset)),
  };
}

/** An asset whose digest is not named this time keeps the known one: there is something to compare the next one with. */
function withKnownDigest(before: StoredRelease, asset: Asset): Asset {
  const digest = asset.digest ?? before.assets.find((known) => known.name === asset.name)?.digest;
  return digest === undefined ? asset : { ...asset, digest };
}

function publication(before: StoredRelease, observed: ObservedRelease): Pick<Release, "publishedAt" | "publishedBy"> {
  const kept = pick(before);
  if (observed.publishedAt === undefined) return kept;
  if (before.publishedAt === undefined || before.publishedBy !== observed.publishedBy) {
    const better = before.publishedAt === undefined || observed.publishedBy === "registry";
    return better ? pick(observed) : kept;
  }
  return observed.publishedAt > before.publishedAt ? pick(observed) : kept;
}

function pick({ publishedAt, publishedBy }: ObservedRelease): Pick<Release, "publishedAt" | "publishedBy"> {
  return publishedAt === undefined ? { publishedBy } : { publishedAt, publishedBy };
}

function contentChange(before: StoredRelease, observed: ObservedRelease): ReleaseChange | undefined {
  const known = contentOf(before);
  const seen = contentOf(observed);
  const conflicts = contentConflicts(known, seen);
  const same = Object.keys(seen).some((part) => known[part] === seen[part]);
  const cameBack = before.state === "deleted" && observed.state !== "deleted" && !same;
  if (conflicts.length === 0 && !cameBack) return undefined;
  return { kind: "content", tag: before.tag, before: known, since: before.contentFirstSeenAt, conflicts };
}

function stateChange(before: StoredRelease, after: StoredRelease): ReleaseChange | undefined {
  if (before.state === after.state) return undefined;
  const reason = after.stateReason === undefined ? {} : { reason: after.stateReason };
  return { kind: "state", tag: before.tag, before: before.state, after: after.state, ...reason };
}

/** A reason belongs to the state it was given with. */
function withoutStaleReason(release: StoredRelease, observed: ObservedRelease): StoredRelease {
  const { stateReason: _, ...rest } = release;
  return observed.stateReason === undefined ? rest : { ...rest, stateReason: observed.stateReason };
}

function laterOf(first: Instant, second: Instant): Instant {
  return first > second ? first : second;
}
