/** A tag as fixed text and the version in it: `release-1.2` is `release-` and `1.2`. */
export type SplitTag = { readonly prefix: string; readonly version: string };

const MOVING =
  /^(?:latest|lts|stable|edge|nightly|main|master|mainline|dev|devel|develop|current|rolling|canary|next|testing|unstable|head|trunk)(?:$|[-_.])/i;

/** True for a word that names whatever is newest, or the branch that people work on. */
export function isMoving(name: string): boolean {
  return MOVING.test(name) && !/\d/.test(name);
}

/** `stable_20250916`: what is named after a day does not move. */
const DATED = /[-_.]20\d\d[01]\d[0-3]\d$/;

/** What a name of a git ref or an image tag is, judged by its looks alone. */
export function kindOfName(name: string): "commit" | "tag" | "branch" {
  if (/^[0-9a-f]{40}$|^[0-9a-f]{64}$/.test(name)) return "commit";
  if (/^(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{7,12}$/.test(name)) return "commit";
  if (DATED.test(name)) return "tag";
  return MOVING.test(name) || !/\d/.test(name) ? "branch" : "tag";
}

/** What a git ref is. Unlike image tags, refs with slashes (`release/v1`) and words before a lone number are branches. */
export function kindOfRef(ref: string): "commit" | "tag" | "branch" {
  const kind = kindOfName(ref);
  if (kind !== "tag" || /\d[._]\d/.test(ref)) return kind;
  return /^[a-z]{0,8}[-_/]?v?\d+(?:[-+%].*)?$/i.test(ref) && !/^(?:release|releases|feature|fix|heads)\//i.test(ref)
    ? "tag"
    : "branch";
}

/** What git tags of Debian packages write for an epoch: `debian/1%20230131` (https://dep-team.pages.debian.net/deps/dep14/). */
const EPOCH = /(?<=\/\d{1,3}%)\d/;

/** Splits at the first dotted number, else behind an epoch, else at the first digit. Undefined when there is no digit. */
export function splitTag(tag: string): SplitTag | undefined {
  const dotted = /(?<![\d.])\d+[._]\d/.exec(tag);
  const at = dotted?.index ?? EPOCH.exec(tag)?.index ?? tag.search(/\d/);
  return at < 0 ? undefined : { prefix: tag.slice(0, at), version: tag.slice(at) };
}
