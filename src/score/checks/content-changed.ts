import { type ContentMove, contentMoves, tagKind } from "../../domain/integrity/content-history.ts";
import { contentOf, type Release, type ReleaseOutline } from "../../domain/release.ts";
import { type Check, type Judgement, notChecked, passed } from "../check.ts";

/**
 * Whether a version still has the content that it had when it was first seen. Git tags and release files must not
 * change; an image's full-version tag should not; a tag such as `3.13-slim` or `v4` moves on purpose.
 */
export const contentChanged: Check = {
  id: "content-changed",
  rule: "R1",
  title: "Changed content of a known version",
  why: "Takeovers often move an existing tag or replace a file, because everybody trusts a version that they know.",
  basis: "evidence",
  appliesTo: () => true,
  judge: ({ release, history }, now) => {
    if (Object.keys(contentOf(release)).length === 0 && release.earlierContent.length === 0) {
      return notChecked("the upstream names no commit, digest or file hash.");
    }
    const { away, back } = contentMoves(release);
    if (away.length === 0 && back.length === 0) {
      return passed(`Unchanged since it was first seen on ${release.contentFirstSeenAt.slice(0, 10)}.`);
    }
    const evidence = [...away, ...back].map((move) => ({
      kind: kindOf(release, move.part),
      source: release.upstream,
      observedAt: now,
      observed: `${move.part}: ${move.after}`,
      expected: `${move.part}: ${move.before}, seen on ${move.seenAt.slice(0, 10)}`,
    }));
    const judgement = away.length === 0 ? wasBack(release, back) : wasMoved(release, history, away);
    return { ...judgement, evidence };
  },
};

type Word = Pick<Judgement, "outcome" | "summary">;

function wasMoved(release: Release, history: readonly ReleaseOutline[], moves: readonly ContentMove[]): Word {
  const changed = sentence(release, moves, "changed under its name");
  if (isImage(release)) return imageMoved(release, changed);
  const kind = tagKind(release, history);
  if (kind === "word" && !isDownload(release)) return { outcome: "pass", summary: `${changed}, as such a name does.` };
  if (kind === "word") return { outcome: "hold", summary: `${changed}: nothing says who replaced it.` };
  if (kind === "fixed")
    return { outcome: "block", summary: `${changed}. Compare both before anything is taken from it.` };
  const version = history.find((one) => one.commit !== undefined && one.commit === release.commit);
  return version === undefined
    ? { outcome: "hold", summary: `${changed}, to a commit that is the tag of no version.` }
    : { outcome: "pass", summary: `${changed}: it follows ${version.tag}.` };
}

function imageMoved(release: Release, changed: string): Word {
  return isFullVersion(release.tag)
    ? {
        outcome: "hold",
        summary: `${changed}. A full version is not rebuilt as a rule: look for its upstream's reason.`,
      }
    : { outcome: "pass", summary: `${changed}, as is usual for a tag that follows its upstream.` };
}

/** What is there now was there first: in between it was something else. */
function wasBack(release: Release, moves: readonly ContentMove[]): Word {
  const changed = sentence(release, moves, "changed under its name and back again");
  const follows = isImage(release) && !isFullVersion(release.tag);
  return follows ? { outcome: "pass", summary: `${changed}.` } : { outcome: "warn", summary: `${changed}: ask why.` };
}

function sentence(release: Release, moves: readonly ContentMove[], did: string): string {
  const [first] = moves;
  const what = first === undefined ? "" : wordFor(release, first.part);
  const more = moves.length > 1 ? ` and ${moves.length - 1} more` : "";
  return `${what}${more} of ${release.tag} ${did}, seen on ${release.contentFirstSeenAt.slice(0, 10)}`;
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

/** A file of no repository: there is no commit that a name such as `latest` could follow. */
function isDownload({ upstream, commit }: Release): boolean {
  return upstream.startsWith("pkg:generic/") && commit === undefined;
}

function isFullVersion(tag: string): boolean {
  return /(?:^|[-v])\d+\.\d+\.\d+/.test(tag);
}
