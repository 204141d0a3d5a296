import { contentConflicts, contentOf, type Release } from "../../domain/release.ts";
import type { Check } from "../check.ts";

type Change = { readonly part: string; readonly before: string; readonly after: string; readonly seenAt: string };

/**
 * Whether a version still has the content that it had when it was first seen. Git tags and release files must not
 * change; an image's full-version tag should not; a tag such as `3.13-slim` is rebuilt on purpose.
 */
export const contentChanged: Check = {
  id: "content-changed",
  title: "Changed content of a known version",
  why: "Takeovers often move an existing tag or replace a file, because everybody trusts a version that they know.",
  appliesTo: () => true,
  judge: ({ release }, now) => {
    if (Object.keys(contentOf(release)).length === 0 && release.earlierContent.length === 0) {
      return { outcome: "not-checked", summary: "the upstream names no commit, digest or file hash.", evidence: [] };
    }
    const changes = changesOf(release);
    if (changes.length === 0) {
      const since = release.contentFirstSeenAt.slice(0, 10);
      return { outcome: "pass", summary: `Unchanged since it was first seen on ${since}.`, evidence: [] };
    }
    const evidence = changes.map((change) => ({
      kind: kindOf(release, change.part),
      source: release.upstream,
      observedAt: now,
      observed: `${change.part}: ${change.after}`,
      expected: `${change.part}: ${change.before}, seen on ${change.seenAt.slice(0, 10)}`,
    }));
    return { outcome: outcomeOf(release), summary: summaryOf(release, changes), evidence };
  },
};

/** Each part once, against the oldest sighting that named it otherwise. */
function changesOf(release: Release): Change[] {
  const now = contentOf(release);
  const changes = release.earlierContent.flatMap(({ seenAt, commit, digests }) => {
    const before = { ...(commit !== undefined && { commit }), ...digests };
    return contentConflicts(before, now).map((change) => ({ ...change, seenAt }));
  });
  return changes.filter((change, index) => changes.findIndex((one) => one.part === change.part) === index);
}

function outcomeOf(release: Release): "block" | "hold" | "pass" {
  if (!isImage(release)) return "block";
  return isFullVersion(release.tag) ? "hold" : "pass";
}

function summaryOf(release: Release, changes: readonly Change[]): string {
  const [first] = changes;
  const what = first === undefined ? "" : wordFor(release, first.part);
  const more = changes.length > 1 ? ` and ${changes.length - 1} more` : "";
  const changed = `${what}${more} of ${release.tag} changed under its name, seen on ${release.contentFirstSeenAt.slice(0, 10)}`;
  if (!isImage(release)) return `${changed}. Compare both before anything is taken from it.`;
  return isFullVersion(release.tag)
    ? `${changed}. A full version is not rebuilt as a rule: look for its upstream's reason.`
    : `${changed}, as is usual for a tag that follows its upstream.`;
}

function wordFor(release: Release, part: string): string {
  if (part === "commit") return "The commit";
  if (part.startsWith("asset:")) return `The file ${part.slice("asset:".length)}`;
  return isImage(release) ? `The image (${part})` : `The file ${part}`;
}

function kindOf(release: Release, part: string): string {
  if (part === "commit") return "git-tag";
  return isImage(release) ? "image-digest" : "file-digest";
}

function isImage(release: Release): boolean {
  return release.upstream.startsWith("pkg:docker/");
}

function isFullVersion(tag: string): boolean {
  return /(?:^|[-v])\d+\.\d+\.\d+/.test(tag);
}
