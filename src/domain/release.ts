import type { Instant } from "./instant.ts";
import type { ReleaseFacts } from "./release-facts.ts";

/** What an upstream says of one of its versions. Only `released` ones are candidates by default. */
export type ReleaseState = "released" | "prerelease" | "yanked" | "deleted" | "deprecated";

/** A file of a release. `digest` is `<algorithm>:<hex>`; absent when the host names none. */
export type Asset = {
  readonly name: string;
  readonly size?: number;
  readonly digest?: string;
  readonly url?: string;
  readonly updatedAt?: Instant;
  readonly uploader?: string;
};

/** A version as a source reports it in one poll. */
export type ObservedRelease = {
  readonly version: string;
  readonly tag: string;
  readonly publishedAt?: Instant;
  /** Who controls `publishedAt`: a registry's own clock proves age, a publisher's date does not. */
  readonly publishedBy: "registry" | "publisher";
  readonly state: ReleaseState;
  readonly stateReason?: string;
  /** Platform or kind → `sha256:<hex>`; `index` is an image's own digest. */
  readonly digests: Readonly<Record<string, string>>;
  readonly assets: readonly Asset[];
  /** The commit the tag stands for, peeled. */
  readonly commit?: string;
  /** The git tree of that commit: equal trees are equal files. Asked for pinned tags only. */
  readonly tree?: string;
  readonly notesUrl?: string;
  /** Release notes as the upstream wrote them: Markdown, hostile until sanitised. */
  readonly notes?: string;
  /** What proves where it comes from and what is in it, as far as somebody looked. */
  readonly evidence?: ReleaseFacts;
};

/** A version with what Headgate itself knows of it: when it was first seen, and since when its content is what it is. */
export type Release = ObservedRelease & {
  readonly upstream: string;
  readonly firstSeenAt: Instant;
  /** First sight of the content that is there now: later than `firstSeenAt` when the content was changed. */
  readonly contentFirstSeenAt: Instant;
  /** Seen in the first complete poll of this upstream: its own dates prove nothing about its age. */
  readonly baseline: boolean;
  /** Content seen earlier under this version, oldest first. Empty when it never changed. */
  readonly earlierContent: readonly ContentSighting[];
};

/**
 * A version without its files and texts: what puts it in order, and what says what is usual. Most of what is known is only
 * looked at so.
 */
export type ReleaseOutline = Omit<Release, "assets" | "tree" | "notes" | "notesUrl" | "earlierContent"> & {
  /** Accounts that uploaded its files, sorted; empty where its host names none. */
  readonly uploaders: readonly string[];
  /** Its content is not what was seen first. */
  readonly moved: boolean;
};

/** A version on the way to another: what is told of it. A long way has thousands of files and proofs that nobody asks for. */
export type PassedRelease = Omit<Release, "assets" | "digests" | "tree" | "earlierContent">;

/** What a version pointed at from `seenAt` on. */
export type ContentSighting = {
  readonly seenAt: Instant;
  readonly commit?: string;
  readonly digests: Readonly<Record<string, string>>;
};

/** Where a name points now: a tag, a branch, an image tag. `target` is a commit or `sha256:<hex>`. */
export type Ref = { readonly name: string; readonly target: string };

/**
 * The part of a release that must not change under its version: commit, digests, asset digests. Equal texts mean equal
 * content. Parts that a poll did not name are left out, so compare with `contentConflicts`, not with `===`.
 */
export function contentOf(release: ObservedRelease): Readonly<Record<string, string>> {
  const { commit, digests, assets } = release;
  const content: Record<string, string> = commit === undefined ? { ...digests } : { commit, ...digests };
  for (const { name, digest } of assets) if (digest !== undefined) content[`asset:${name}`] = digest;
  return content;
}

/** The parts named by both sightings that differ. Empty: nothing known has changed. */
export function contentConflicts(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): { readonly part: string; readonly before: string; readonly after: string }[] {
  return Object.entries(after).flatMap(([part, value]) => {
    const known = before[part];
    return known === undefined || known === value ? [] : [{ part, before: known, after: value }];
  });
}

/** The version that a tag stands for under a template such as `v{version}`; undefined when the tag is not of that form. */
export function versionOfTag(tag: string, template: string | undefined): string | undefined {
  if (template === undefined) return tag;
  const hole = template.indexOf("{version}");
  if (hole < 0) return undefined;
  const prefix = template.slice(0, hole);
  const suffix = template.slice(hole + "{version}".length);
  if (tag.length <= prefix.length + suffix.length || !tag.startsWith(prefix) || !tag.endsWith(suffix)) return undefined;
  return tag.slice(prefix.length, tag.length - suffix.length);
}

/** The tag of a version under a template; the version itself without one. */
export function tagOfVersion(version: string, template: string | undefined): string {
  return template === undefined ? version : template.replace("{version}", () => version);
}
