import type { Trouble } from "../bump.ts";
import type { Asset } from "../release.ts";
import { parsePurl } from "../upstream.ts";

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

/** Images that Docker's own library builds, from recipes that anybody can read. */
export function isOfficialImage(purl: string): boolean {
  const parts = parsePurl(purl);
  const hub = parts?.qualifiers.repository_url === undefined;
  return parts?.type === "docker" && hub && (parts.namespace === "library" || parts.namespace === "");
}

/** What was and is, in one line: `uploader of tool.tar.gz was maintainer, now deckhand`; undefined where one side is not known. */
export function wasAndIs(
  { kind, expected, observed }: Judged["evidence"][number],
  shown: (value: string) => string = (value) => value,
): string | undefined {
  if (expected === undefined || observed === undefined) return undefined;
  const said = (value: string) => shown(value.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)\S*Z$/, "$1 $2 UTC"));
  return `${kind.replace(/^asset:/, "")} was ${said(expected)}, now ${said(observed)}`;
}
