import type { Trouble } from "./bump.ts";
import type { Asset } from "./release.ts";
import { parsePurl, type UpstreamIdentity } from "./upstream.ts";

/** What a change of what is pinned is. `rebuild`, `benign-retag` and `files-removed` are worth knowing, and no alarm. */
type IntegrityClass = Trouble["class"] | QuietClass;

/** Changes of what is pinned that are noted and raise no alert. */
export type QuietClass = "rebuild" | "benign-retag" | "files-removed";
const QUIET: readonly string[] = ["rebuild", "benign-retag", "files-removed"] satisfies QuietClass[];

/** True for what is noted, and raises no alert. */
export function isQuiet(kind: string): kind is QuietClass {
  return QUIET.includes(kind);
}

/** A change of content under one name, as it was seen. */
export type ContentChange = {
  readonly tag: string;
  /** Parts that were known before and differ now. */
  readonly conflicts: readonly { readonly part: string; readonly before: string; readonly after: string }[];
  /** The git trees of the two commits, where both are known. */
  readonly trees?: { readonly before: string; readonly after: string };
  /** Files of a release that differ in content, size or uploader. */
  readonly files?: readonly { readonly before: Asset; readonly after: Asset }[];
};

/** How the pins of one project take the name that changed. */
export type PinnedBy = {
  readonly upstream: string;
  /** All of its pins name a commit or digest beside the tag: what they take is still the same. */
  readonly fixed: boolean;
  /** How often full versions of this upstream were seen to be pushed again before. */
  readonly pushedBefore: number;
};

/** A change with its class and everything people are told of it. `what` goes on after "NAME, which is pinned here,". */
export type Judged = {
  readonly class: IntegrityClass;
  readonly severity: Trouble["severity"];
  readonly what: string;
  readonly next: string;
  readonly evidence: readonly { readonly kind: string; readonly observed?: string; readonly expected?: string }[];
};

/** So many known tags of one repository in one look are no maintainer's slip. */
export const MASS_MOVE = 3;

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
 * True for names that are moved on purpose: `v4` of an action, `3.13-slim` of an image, `nightly`. What they stand for
 * changes with every release.
 */
export function followsUpstream(purl: string, name: string): boolean {
  const numbers = /\d+(?:[._]\d+)*/.exec(name)?.[0].split(/[._]/).length ?? 0;
  const type = parsePurl(purl)?.type;
  if (/(?:^|[-_.])(?:latest|nightly|stable|edge|main|master|dev|rolling|canary|next|lts)(?:$|[-_.])/i.test(name))
    return true;
  return type === "docker" || type === "oci" || type === "githubactions" ? numbers < 3 : numbers === 0;
}

/** One judgement over many moved tags: somebody rewrote the repository. `commits`: by tag. */
export function judgeMassMove(
  commits: readonly { readonly tag: string; readonly before: string; readonly after: string }[],
): Judged {
  return {
    class: "mass-move",
    severity: "critical",
    what: `moved ${commits.length} tags at once (${commits
      .slice(0, 5)
      .map(({ tag }) => tag)
      .join(", ")}${commits.length > 5 ? " …" : ""})`,
    next: "Take nothing from this repository until its maintainers have said why; compare your last build with the old commits.",
    evidence: commits.map(({ tag, before, after }) => ({ kind: `tag ${tag}`, expected: before, observed: after })),
  };
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

/** What a change of a version's standing is; undefined where it is none to worry about. */
export function judgeState(state: string, reason: string | undefined): Judged | undefined {
  const why = reason === undefined || reason === "" ? "" : ` (${reason.replace(/(?<![.\s])[.\s]+$/, "")})`;
  const evidence = [{ kind: "state", observed: state, expected: "released" }];
  if (state === "yanked") {
    const next = "Read the reason, and move to a version that was not taken back.";
    return { class: "yanked", severity: "high", what: `was yanked by its upstream${why}`, next, evidence };
  }
  if (state !== "deleted") return undefined;
  const next = "Keep a copy of what you built from it, ask its upstream why, and pin a version that is there.";
  return { class: "deleted", severity: "high", what: "is gone from its upstream", next, evidence };
}

/** Whether an upstream is still who it was, by ids that survive a new name. What either side does not tell is not compared. */
export function judgeIdentity(before: UpstreamIdentity, now: UpstreamIdentity): Judged | undefined {
  const differs = (part: "id" | "owner" | "name") =>
    before[part] !== undefined && now[part] !== undefined && before[part]?.toLowerCase() !== now[part]?.toLowerCase();
  const evidence = (["id", "owner", "name"] as const).filter(differs).map((part) => ({
    kind: part,
    expected: before[part] ?? "",
    observed: now[part] ?? "",
  }));
  if (differs("id")) {
    return {
      class: "recreated",
      severity: "critical",
      what: `is another repository under the same name (id ${now.id}, before ${before.id})`,
      next: "Take nothing from it until you know who owns it now; resolving this accepts it as the new upstream.",
      evidence,
    };
  }
  if (differs("owner")) {
    return {
      class: "transferred",
      severity: "high",
      what: `belongs to another owner now${now.name === undefined ? "" : ` (${now.name})`}`,
      next: "Look at who the new owner is, write the new name in the files, and acknowledge this.",
      evidence,
    };
  }
  if (!differs("name")) return undefined;
  return {
    class: "renamed",
    severity: "medium",
    what: `is called ${now.name} now`,
    next: "Write the new name in the files: the old one leads there only until somebody else takes it.",
    evidence,
  };
}

/** A project that its index withholds while it is looked into. */
export function judgeStanding({ standing }: UpstreamIdentity): Judged | undefined {
  if (standing === undefined) return undefined;
  const why = standing.reason === undefined ? "" : ` (${standing.reason})`;
  return {
    class: "quarantined",
    severity: "critical",
    what: `is quarantined${why}: its index withholds all files while it looks into it`,
    next: "Stop building with it, and look at what it did where it was installed.",
    evidence: [{ kind: "standing", expected: "active", observed: standing.status }],
  };
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

/** Images that Docker's own library builds, from recipes that anybody can read. */
export function isOfficialImage(purl: string): boolean {
  const parts = parsePurl(purl);
  const hub = parts?.qualifiers.repository_url === undefined;
  return parts?.type === "docker" && hub && (parts.namespace === "library" || parts.namespace === "");
}

function isImage(purl: string): boolean {
  const type = parsePurl(purl)?.type;
  return type === "docker" || type === "oci";
}
