import { isDeepStrictEqual } from "node:util";
import type { Instant } from "../instant.ts";
import {
  type Asset,
  contentConflicts,
  contentOf,
  type ObservedRelease,
  type Release,
  type ReleaseState,
} from "../release.ts";
import { mergeFacts } from "../release-facts.ts";

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
      /** The git trees of both commits, where both are known. */
      readonly trees?: { readonly before: string; readonly after: string };
      readonly files?: readonly { readonly before: Asset; readonly after: Asset }[];
    }
  | {
      /** The content is what it was, but what brings it is not: another commit with the same tree, another uploader. */
      readonly kind: "retag" | "reupload";
      readonly tag: string;
      readonly conflicts: readonly { readonly part: string; readonly before: string; readonly after: string }[];
      readonly trees?: { readonly before: string; readonly after: string };
      readonly files?: readonly { readonly before: Asset; readonly after: Asset }[];
    }
  | {
      /** The version is there, and some of its files are not any more. */
      readonly kind: "removed";
      readonly tag: string;
      readonly removed: readonly Asset[];
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
 * sight never changes; a part that differs restarts the content's clock, unless it is a commit with the same tree, which
 * is the same content; a publication date only ever moves later, so that no date that an upstream rewrites makes a
 * version look older.
 */
export function seenAgain(before: StoredRelease, observed: ObservedRelease, now: Instant): Merged {
  const { publishedAt: _, ...said } = observed;
  const { tree: _tree, ...known } = before;
  const merged = {
    ...known,
    ...said,
    ...keptParts(before, observed),
    ...keptTree(before, observed),
    ...publication(before, observed),
    missing: 0,
  };
  const differing = contentChanges(before, observed);
  const isOther = differing.some((change) => change.kind === "content");
  const contentFirstSeenAt = isOther ? laterOf(before.contentFirstSeenAt, now) : before.contentFirstSeenAt;
  const release = withoutStaleReason({ ...merged, contentFirstSeenAt }, observed);
  const state = stateChange(before, release);
  const changes = [...differing, ...removedFiles(before, observed), ...(state === undefined ? [] : [state])];
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

/** Digests of platforms belong to the index that names them: with another index they are no longer known. */
function keptParts(before: StoredRelease, observed: ObservedRelease) {
  const otherIndex = contentConflicts(before.digests, observed.digests).some(({ part }) => part === "index");
  const evidence = mergeFacts(before.evidence, observed.evidence);
  return {
    ...(evidence !== undefined && { evidence }),
    digests: withGoneFiles(
      before,
      observed,
      otherIndex ? observed.digests : { ...before.digests, ...observed.digests },
    ),
    assets:
      observed.assets.length === 0 ? before.assets : observed.assets.map((asset) => withKnownDigest(before, asset)),
  };
}

/**
 * The digests of files that are gone stay known under their names, as `asset:<name>`: what comes back under one of them
 * is compared with what was there.
 */
function withGoneFiles(before: StoredRelease, observed: ObservedRelease, digests: Content): Content {
  if (observed.assets.length === 0) return digests;
  const there = new Set(observed.assets.map(({ name }) => `asset:${name}`));
  const gone = goneFiles(before, observed).flatMap(({ name, digest }) =>
    digest === undefined ? [] : [[`asset:${name}`, digest] as const],
  );
  return Object.fromEntries([...Object.entries(digests).filter(([part]) => !there.has(part)), ...gone]);
}

/** A tree belongs to its commit: without one, the known one stays for as long as the commit does. */
function keptTree(before: StoredRelease, observed: ObservedRelease): Pick<ObservedRelease, "tree"> {
  const sameCommit = observed.commit === undefined || observed.commit === before.commit;
  const tree = observed.tree ?? (sameCommit ? before.tree : undefined);
  return tree === undefined ? {} : { tree };
}

/** An asset whose digest is not named this time keeps the known one, unless its size says that it is another file. */
function withKnownDigest(before: StoredRelease, asset: Asset): Asset {
  const known = before.assets.find((one) => one.name === asset.name);
  const digest = asset.digest ?? (known === undefined || sizeDiffers(known, asset) ? undefined : known.digest);
  return digest === undefined ? asset : { ...asset, digest };
}

function sizeDiffers(before: Asset, after: Asset): boolean {
  return before.size !== undefined && after.size !== undefined && before.size !== after.size;
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

/** What differs of the content, told apart from what only brings it: at most one change of each kind. */
function contentChanges(before: StoredRelease, observed: ObservedRelease): ReleaseChange[] {
  const { tag } = before;
  const known = contentOf(before);
  const seen = contentOf(observed);
  const pairs = observed.assets.flatMap((after) => {
    const earlier = before.assets.find((one) => one.name === after.name);
    return earlier === undefined ? [] : [{ before: earlier, after }];
  });
  const conflicts = [...contentConflicts(known, seen), ...pairs.flatMap(sizeConflict)];
  const moved = conflicts.some(({ part }) => part === "commit");
  const trees = moved && before.tree && observed.tree ? { before: before.tree, after: observed.tree } : undefined;
  const sameTree = trees !== undefined && trees.before === trees.after;
  const retag = sameTree ? conflicts.filter(({ part }) => part === "commit") : [];
  const others = conflicts.filter((conflict) => !retag.includes(conflict));
  const same = Object.keys(seen).some((part) => known[part] === seen[part]);
  const cameBack = before.state === "deleted" && observed.state !== "deleted" && !same && !sameTree;
  const replaced = pairs.filter((pair) => others.some(({ part }) => part === `asset:${pair.after.name}`));
  const reuploaded = pairs.filter((pair) => !replaced.includes(pair) && uploaderDiffers(pair));
  const withTrees = trees === undefined ? {} : { trees };
  const withFiles = replaced.length === 0 ? {} : { files: replaced };
  const since = before.contentFirstSeenAt;
  return [
    ...(others.length > 0 || cameBack
      ? [{ kind: "content", tag, before: known, since, conflicts: others, ...withTrees, ...withFiles } as const]
      : []),
    ...(retag.length > 0 ? [{ kind: "retag", tag, conflicts: retag, ...withTrees } as const] : []),
    ...(reuploaded.length > 0 ? [{ kind: "reupload", tag, conflicts: [], files: reuploaded } as const] : []),
  ];
}

/** GitHub names a release's first hundred files: what is not among so many may be behind them. */
const ALL_FILES = 100;

/** An answer without any file is one that does not speak of files. */
function goneFiles({ assets: known }: StoredRelease, { assets }: ObservedRelease): Asset[] {
  if (known.length === 0 || assets.length === 0 || assets.length >= ALL_FILES) return [];
  const there = new Set(assets.map(({ name }) => name));
  return known.filter(({ name }) => !there.has(name));
}

function removedFiles(before: StoredRelease, observed: ObservedRelease): ReleaseChange[] {
  const removed = goneFiles(before, observed);
  return removed.length === 0 ? [] : [{ kind: "removed", tag: observed.tag, removed }];
}

type Pair = { readonly before: Asset; readonly after: Asset };

/** Hosts compute digests since some day only: sizes tell two files apart where they are all that is known of both. */
function sizeConflict({ before, after }: Pair) {
  if ((before.digest !== undefined && after.digest !== undefined) || !sizeDiffers(before, after)) return [];
  return [{ part: `asset:${after.name}`, before: `${before.size} bytes`, after: `${after.size} bytes` }];
}

function uploaderDiffers({ before, after }: Pair): boolean {
  return before.uploader !== undefined && after.uploader !== undefined && before.uploader !== after.uploader;
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
