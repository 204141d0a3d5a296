import type { Asset } from "../release.ts";
import { parsePurl } from "../upstream.ts";
import { type ContentChange, followsUpstream, isOfficialImage, type Judged, type PinnedBy } from "./pin-integrity.ts";

/** After so many pushes under names that were known, pushing again is how this publisher works. */
const HABIT = 2;

/** What a change of pinned content is. Nothing is called harmless unless both git trees are known and equal. */
export function judgeContent(change: ContentChange, pinned: PinnedBy): Judged[] {
  if (isImage(pinned.upstream)) return change.conflicts.length === 0 ? [] : [judgeImage(change, pinned)];
  const commit = change.conflicts.find(({ part }) => part === "commit");
  const moved = commit === undefined ? [] : judgeTag(commit, change, pinned);
  const files = change.conflicts.filter(({ part }) => part !== "commit");
  return [
    ...moved,
    ...(files.length + (change.files ?? []).length === 0 ? [] : [judgeFiles(files, change.files ?? [])]),
  ];
}

/**
 * What it means that a version is there and some of its files are not. `taken`: pins download one of them, or name the
 * checksums of files of which it may be one; else nothing that is pinned misses them.
 */
export function judgeRemoved(removed: readonly Asset[], taken: "by name" | "by checksum" | "not"): Judged {
  const names = removed.map(({ name }) => name);
  const shown = `${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""}`;
  const evidence = removed.map(({ name, digest }) => ({
    kind: `asset:${name}`,
    observed: "gone",
    ...(digest !== undefined && { expected: digest }),
  }));
  const what = `no longer has the ${names.length === 1 ? "file" : "files"} ${shown}`;
  if (taken === "not")
    return { class: "files-removed", severity: "low", what, next: "Nothing that is pinned takes them.", evidence };
  const next =
    taken === "by name"
      ? "The next build cannot download it: keep a copy, ask its upstream why, and move to a version that has it."
      : "A build that takes these files by their checksums fails: keep copies, ask its upstream why, and move on.";
  return { class: "asset-removed", severity: taken === "by name" ? "high" : "medium", what, next, evidence };
}

function judgeTag(
  { before, after }: ContentChange["conflicts"][number],
  { tag, trees }: ContentChange,
  { upstream, fixed }: PinnedBy,
): Judged[] {
  const evidence = [
    { kind: "commit", expected: before, observed: after },
    ...(trees === undefined ? [] : [{ kind: "tree", expected: trees.before, observed: trees.after }]),
  ];
  if (trees !== undefined && trees.before === trees.after) {
    const what = "points at another commit with exactly the same files";
    return [{ class: "benign-retag", severity: "low", what, next: "Nothing needs to be done.", evidence }];
  }
  if (followsUpstream(upstream, tag)) return []; // a name that moves with every release
  const files = trees === undefined ? "; whether its files differ is not known" : " with other files";
  const what = `points at another commit than before${files}`;
  if (fixed) {
    const next =
      "Your pin names the commit itself and still takes the old one: find out why the tag was moved before the next step.";
    return [{ class: "tag-moved", severity: "medium", what, next, evidence }];
  }
  const next = "Build nothing from it until you have compared both commits; then pin the commit you trust.";
  return [{ class: "tag-moved", severity: "critical", what, next, evidence }];
}

function judgeFiles(conflicts: ContentChange["conflicts"], files: NonNullable<ContentChange["files"]>): Judged {
  const names = [
    ...new Set([...conflicts.map(({ part }) => part.replace(/^asset:/, "")), ...files.map(({ after }) => after.name)]),
  ];
  const shown = `${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""}`;
  const evidence = [
    ...conflicts.map(({ part, before, after }) => ({ kind: part, expected: before, observed: after })),
    ...files.flatMap(({ before, after }) => [
      ...detail(`uploader of ${after.name}`, before.uploader, after.uploader),
      ...detail(`upload of ${after.name}`, before.updatedAt, after.updatedAt),
    ]),
  ];
  if (conflicts.length === 0) {
    const what = `has the same file uploaded by somebody else: ${shown}`;
    const next = "Its content is unchanged; look at who the new uploader is.";
    return { class: "asset-replaced", severity: "low", what, next, evidence };
  }
  const what = `has other content under the same file name: ${shown}`;
  const next = "Build nothing from it until you have compared both files and its maintainers have said why.";
  return { class: "asset-replaced", severity: "critical", what, next, evidence };
}

function detail(kind: string, expected: string | undefined, observed: string | undefined) {
  return expected === undefined || observed === undefined || expected === observed
    ? []
    : [{ kind, expected, observed }];
}

/** Official images are rebuilt whenever their base is, and so is a tag that names no full version. */
function judgeImage({ tag, conflicts }: ContentChange, { upstream, fixed, pushedBefore }: PinnedBy): Judged {
  const evidence = conflicts.map(({ part, before, after }) => ({ kind: part, expected: before, observed: after }));
  const expected = isOfficialImage(upstream) || followsUpstream(upstream, tag) || pushedBefore >= HABIT;
  if (expected || fixed) {
    const next = fixed
      ? "Your pin names the digest and still takes the old image."
      : "The next build takes the new image.";
    return { class: "rebuild", severity: "low", what: "was pushed again", next, evidence };
  }
  const what = "was pushed again under its full version, which its publisher was not seen to do";
  const next = "Look for its publisher's reason, and pin the digest you trust beside the tag.";
  return { class: "tag-moved", severity: "high", what, next, evidence };
}

function isImage(purl: string): boolean {
  const type = parsePurl(purl)?.type;
  return type === "docker" || type === "oci";
}
