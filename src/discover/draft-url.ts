import type { Edit } from "../domain/pin.ts";
import { type Anchor, anchorOf, askedIn, holesIn, slicesOf, spelledOut } from "./anchor.ts";
import { type Draft, editAt, type Filled, type Unclear, unclearHoles } from "./draft.ts";
import { commentParts } from "./draft-commit.ts";
import type { Resolved } from "./resolve.ts";
import { kindOfRef, splitTag } from "./tag.ts";
import { type LocatedUrl, locateHost, locateRepository, locateUrl } from "./upstream-of-url.ts";

const HASH: Readonly<Record<"hex" | "base64", RegExp>> = {
  hex: /^[0-9a-f]{40,128}$/i,
  base64: /^[A-Za-z0-9+/]{27,88}={0,2}$/,
};

/** A word that something puts a value in the place of, as sed does. */
const PLACEHOLDER = /XXX|@[A-Za-z_]{3,}@|__[A-Z][A-Z_]+__|%[A-Z_]{3,}%|[<{][A-Za-z_][\w.-]*[>}]/;

type Part = NonNullable<LocatedUrl["part"]>;

/** An address with its holes filled: a pin where it names an upstream, nothing where it does not. */
export function draftUrl(filled: Filled): Draft | Unclear | undefined {
  const { resolved } = filled;
  const located = locateUrl(resolved.text) ?? (filled.reference.run === true ? locateHost(resolved.text) : undefined);
  if (located === undefined) return undefined;
  if (located.part === undefined) return floating(filled, located, undefined);
  return draftPart(filled, located, located.part, resolved);
}

/** A cloned repository, with or without a ref. */
export function draftGit(filled: Filled): Draft | Unclear | undefined {
  const { resolved, reference } = filled;
  const upstream = reference.upstream ?? locateRepository(resolved.text);
  if (upstream === undefined) return undefined;
  const located = { upstream, scheme: "loose" };
  if (filled.recorded === "none") return undefined;
  if (filled.recorded !== undefined) return recordedCommit(filled, located, filled.recorded);
  if (reference.ref === undefined) return floating(filled, located, undefined);
  const ref = filled.fill(reference.ref);
  if (ref.text === "") return undefined; // an empty variable checks nothing out
  const draft = draftPart(filled, located, { kind: "ref", start: 0, end: ref.text.length }, ref);
  return "unclear" in draft || draft.digest !== undefined ? draft : { ...draft, ...exactOf(filled, draft) };
}

/** The commit of a clone: the one that it is compared with, or how it can be pinned. */
function exactOf(filled: Filled, draft: Draft): Partial<Draft> {
  const { digest } = filled.reference;
  const compared = digest === undefined ? undefined : filled.fill(digest);
  const anchor = compared === undefined ? undefined : anchorOf(compared, 0, compared.text.length);
  if (compared !== undefined)
    return {
      digest: compared.text,
      edits: anchor === undefined ? [] : [...draft.edits, editAt(anchor, "digest", "{commit}")],
    };
  return pinningOfTag(filled, draft) ?? pinningOfClone(filled, draft) ?? {};
}

/** `rev: v1.2` becomes the commit, and a comment that a reader of this file knows says which tag it was. */
function pinningOfTag({ file, reference }: Filled, { edits, text }: Draft): Partial<Draft> | undefined {
  const [edit, ...more] = edits;
  if (reference.pinComment === undefined || edit === undefined || more.length > 0) return undefined;
  const [rest] = /^["']?(?=[ \t]*\r?(?:\n|$))/.exec(file.text.slice(edit.end)) ?? [];
  if (rest === undefined || edit.path !== file.path || !/^v?\d/.test(text)) return undefined;
  const comment = editAt(
    { ...edit, start: edit.end + rest.length, end: edit.end + rest.length },
    "comment",
    reference.pinComment,
  );
  return { pinning: [editAt(edit, "digest", "{commit}"), comment] };
}

function comparing(folder: string): string {
  return `test $(git -C ${folder} rev-parse HEAD) = {commit}`;
}

/** `git clone --branch` takes no commit: the commit is compared behind it, where a difference ends the build. */
function pinningOfClone({ file, reference: { clone } }: Filled, { edits }: Draft): Partial<Draft> | undefined {
  if (clone === undefined || edits.length === 0) return undefined;
  const pinByHand = `git clone takes no commit: put && ${comparing(clone.folder)} behind it, where a difference ends the build`;
  if (!endsBuild(file, clone.end) || !/^[\w./-]+$/.test(clone.folder)) return { pinByHand };
  const at = { path: file.path, start: clone.end, end: clone.end };
  return { pinning: [editAt(at, "digest", ` && ${comparing(clone.folder)}`)], pinByHand };
}

/** Whether a command that fails at this offset ends what it is a part of. */
function endsBuild({ format, text }: Filled["file"], at: number): boolean {
  const rest = text.slice(at);
  const isLast = /^[ \t]*\r?(?:\n|$)/.test(rest);
  if (/^[ \t]*(?:\\\r?\n[ \t]*)?&&/.test(rest)) return format === "dockerfile" || stopsAtErrors(text);
  if (!isLast) return false;
  return format === "dockerfile" || (format === "shell" && stopsAtErrors(text));
}

function stopsAtErrors(text: string): boolean {
  return /^#!.*\s-[a-z]*e|^[ \t]*set[ \t]+-(?:[a-z]*e|o errexit)/m.test(text);
}

/** What git's tree records stands in no file: it is moved with git, not by an edit. */
function recordedCommit(filled: Filled, located: LocatedUrl, commit: string): Draft {
  return { ...floating(filled, located, undefined), text: commit, digest: commit, precision: "exact" };
}

function draftPart(filled: Filled, located: LocatedUrl, part: Part, resolved: Resolved): Draft | Unclear {
  const holes = holesIn(resolved, part.start, part.end);
  const at = resolved === filled.resolved ? "" : `@${spelledOut(resolved)}`;
  const asked = askedIn(resolved, part.start, part.end);
  if (asked !== undefined) return { ...floating(filled, located, undefined), ...(givenIn(resolved) ?? asked) };
  const respelled = holes.length === 1 ? respelledIn(filled, resolved, part) : undefined;
  if (respelled !== undefined) return { ...common(filled, located, undefined), ...respelled };
  if (holes.length > 0) return unclearHoles(`${spelledOut(filled.resolved)}${at}`, holes);
  const text = resolved.text.slice(part.start, part.end);
  if (text.includes("$") || PLACEHOLDER.test(text))
    return { unclear: `${spelledOut(resolved)}: what fills "${text}" is not followed.` };
  const isUrl = resolved === filled.resolved; // only addresses write a slash as `%2F`; Debian's tags have a percent sign of their own
  const kind = part.kind === "ref" ? kindOfRef(isUrl ? decoded(text) : text) : part.kind;
  const anchor = anchorOf(resolved, part.start, part.end);
  if (kind === "commit") return commit(filled, located, anchor, text);
  if (kind === "branch" || !/\d/.test(text)) return floating(filled, located, anchor, text);
  return versioned(filled, located, { ...part, kind: kind === "version" ? "version" : "tag" }, resolved);
}

/** Where the version stands apart from the address as well, that is the place that people edit. */
/** `${VERSION//./_}`: the version stands where the variable is set. A tag cannot be turned back into it: no edit. */
function respelledIn(filled: Filled, resolved: Resolved, part: Part) {
  const [hole = ""] = holesIn(resolved, part.start, part.end);
  const name = /^\$\{([A-Za-z_]\w*)\/\/?["']?[._+-]["']?\/["']?[._-]?["']?\}$/.exec(hole)?.[1];
  if (name === undefined) return undefined;
  const { start, end } = filled.reference.value;
  const { text, pieces } = filled.fill({ start, end, pieces: [{ kind: "hole", name, start, end }] });
  const [piece] = pieces;
  if (piece === undefined || "hole" in piece || !/^v?\d[\w.+-]*$/.test(text)) return undefined;
  const version = text.replace(/^v/, "");
  return { name, path: piece.path, start: piece.start, text, version, precision: "exact" as const, edits: [] };
}

function versioned(filled: Filled, located: LocatedUrl, part: Part, resolved: Resolved): Draft {
  const draft = versionedByUrl(filled, located, part, resolved);
  const { stated } = filled.reference;
  const apart = stated === undefined ? undefined : filled.fill(stated);
  const place = apart === undefined ? undefined : anchorOf(apart, 0, apart.text.length);
  const split = place === undefined ? undefined : splitTag(place.text);
  if (place === undefined || split?.version !== draft.version || draft.edits.length === 0) return draft;
  const edit = editAt(place, "version", `${split.prefix}{version}`);
  return { ...draft, path: place.path, start: place.start, text: place.text, edits: [edit, ...draft.edits] };
}

function versionedByUrl(filled: Filled, located: LocatedUrl, part: Part, resolved: Resolved): Draft {
  const text = resolved.text.slice(part.start, part.end);
  const anchor = anchorOf(resolved, part.start, part.end);
  const split = splitTag(anchor?.text ?? text) ?? { prefix: "", version: anchor?.text ?? text };
  const template =
    part.kind === "version" ? located.tagTemplate : templateOf(anchor?.before ?? "", split.prefix, anchor?.after ?? "");
  const whole = wholeVersion(part, anchor, split.version);
  const [first] = slicesOf(resolved, part.start, part.end);
  const place = anchor ?? first;
  return {
    ...common(filled, located, anchor),
    path: place?.path ?? filled.file.path,
    start: place?.start ?? filled.reference.value.start,
    text: anchor?.text ?? text,
    version: whole,
    precision: located.partial === true && !/\d\.\d+\.\d/.test(whole) ? "range" : "exact",
    edits: anchor === undefined ? [] : editsOf(filled, resolved, part, { anchor, split, version: whole }),
    ...(template === undefined ? {} : { tagTemplate: template }),
    ...fileOf(filled, whole),
  };
}

/** The file of a release that is downloaded, with its version left open. Nothing but holes says nothing. */
function fileOf(filled: Filled, version: string): { files?: readonly string[] } {
  const [, name = ""] = /\/releases\/download\/[^/]+\/([^/?#]+)$/.exec(spelledOut(filled.resolved)) ?? [];
  if (name.replaceAll(/\$\{[^}]{0,200}\}|\$\([^)]{0,200}\)/g, "") === "") return {};
  if (!name.includes(version)) return { files: [name] };
  return /\d\.\d/.test(version) ? { files: [name.replaceAll(version, "{version}")] } : {};
}

/** A bare version may be composed of a variable and fixed words: the scheme compares all of it. */
function wholeVersion(part: Part, anchor: Anchor | undefined, version: string): string {
  return part.kind === "version" && anchor !== undefined
    ? `${anchor.before.replace(/^v/, "")}${version}${anchor.after}`
    : version;
}

type Found = { readonly anchor: Anchor; readonly split: { prefix: string; version: string }; readonly version: string };

function editsOf(filled: Filled, resolved: Resolved, part: Part, found: Found): Edit[] {
  const { anchor, split } = found;
  const fixed = part.kind === "version" && anchor.before.replace(/^v/, "") + anchor.after !== "";
  const without = fixed ? { without: { before: anchor.before.replace(/^v/, ""), after: anchor.after } } : {};
  const first: Edit = { ...editAt(anchor, "version", `${split.prefix}{version}`), ...without };
  return [
    first,
    ...copiesOf(resolved, part, split.version).filter((copy) => !overlaps(copy, anchor)),
    ...checksumsOf(filled, found.version),
  ];
}

/** A variable that is used again is edited once. */
function overlaps(edit: Edit, anchor: Anchor): boolean {
  return edit.path === anchor.path && edit.start < anchor.end && edit.end > anchor.start;
}

/** Further places of the address that show the same version, as in `…/v1.2.3/tool_1.2.3.deb` and `tool-123.zip`. */
function copiesOf(resolved: Resolved, part: Part, version: string): Edit[] {
  if (!/\d\.\d/.test(version)) return [];
  return [
    { copy: version, spelling: "{version}" },
    { copy: version.replaceAll(".", ""), spelling: "{nodots}" },
  ].flatMap(({ copy, spelling }) =>
    occurrences(resolved.text, copy).flatMap((start) => {
      const isPart = start < part.end && start + copy.length > part.start;
      const slices = isPart ? [] : slicesOf(resolved, start, start + copy.length);
      return slices.length === 1 ? slices.map((slice) => editAt(slice, "version", spelling)) : [];
    }),
  );
}

/** Where a version stands alone, not as a part of a longer number. */
function occurrences(text: string, version: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(version); at >= 0; at = text.indexOf(version, at + version.length)) {
    const alone =
      !/[\d.]/.test(text[at - 1] ?? "/") && !/^\.?\d/.test(text.slice(at + version.length, at + version.length + 2));
    if (alone && version.length > 2) found.push(at);
  }
  return found;
}

/** Hashes of the download that the file writes beside it. */
function checksumsOf(filled: Filled, version: string): Edit[] {
  const address = spelledOut(filled.resolved).replaceAll(version, "{version}");
  const url = address.startsWith("//") ? `https:${address}` : address;
  return (filled.reference.checksums ?? []).flatMap(({ value, algorithm, encoding = "hex" }) => {
    const resolved = filled.fill(value);
    const anchor = anchorOf(resolved, 0, resolved.text.length);
    if (anchor === undefined || !HASH[encoding].test(resolved.text)) return [];
    return [{ ...editAt(anchor, "checksum", `{${encoding}}`), of: { url, algorithm } }];
  });
}

function commit(filled: Filled, located: LocatedUrl, anchor: Anchor | undefined, text: string): Draft {
  const comment = commentParts(filled);
  return {
    ...common(filled, located, anchor),
    path: anchor?.path ?? filled.file.path,
    start: anchor?.start ?? filled.reference.value.start,
    text,
    digest: text,
    precision: "exact",
    ...comment,
    edits: anchor === undefined ? [] : [editAt(anchor, "digest", "{commit}"), ...comment.edits],
  };
}

function floating(filled: Filled, located: LocatedUrl, anchor: Anchor | undefined, text = ""): Draft {
  const place = anchor ?? placeOfChoice(filled.resolved);
  return {
    ...common(filled, located, anchor),
    path: place?.path ?? filled.file.path,
    start: place?.start ?? filled.reference.value.start,
    text,
    version: "",
    precision: text === "" ? "floating" : "branch",
    edits: [],
    ...pinningOf(filled, anchor),
  };
}

/** A branch becomes the commit it is at, where the file may name one there. */
function pinningOf({ reference }: Filled, anchor: Anchor | undefined) {
  if (reference.pinnable !== true || anchor === undefined || anchor.variable !== undefined) return {};
  return anchor.before + anchor.after === "" ? { pinning: [editAt(anchor, "digest", "{commit}")] } : {};
}

/** Where it is written that nothing is pinned: what a function is called with, the word `latest`, else the address. */
function placeOfChoice(resolved: Resolved): { path: string; start: number } | undefined {
  const latest = resolved.text.lastIndexOf("/latest") + 1;
  return (
    givenIn(resolved) ?? slicesOf(resolved, latest, latest + 1)[0] ?? slicesOf(resolved, 0, resolved.text.length)[0]
  );
}

/** The argument of a function that the text holds. */
function givenIn(resolved: Resolved): { path: string; start: number } | undefined {
  const given = slicesOf(resolved, 0, resolved.text.length).find(({ variable }) => /^\d$/.test(variable ?? ""));
  return given === undefined ? undefined : { path: given.path, start: given.start };
}

function common(filled: Filled, located: LocatedUrl, anchor: Anchor | undefined) {
  const { reference } = filled;
  const label = located.upstream.slice(located.upstream.lastIndexOf("/") + 1);
  const lockedBy = reference.lockedBy === undefined ? {} : { lockedBy: reference.lockedBy };
  return {
    upstream: located.upstream,
    scheme: located.scheme,
    name: anchor?.variable ?? reference.name ?? label,
    ...lockedBy,
  };
}

/** `v{version}`; undefined when the tag is the version. Addresses write a tag's slash as `%2F`. */
function templateOf(before: string, prefix: string, after: string): string | undefined {
  const template = `${decoded(before + prefix)}{version}${decoded(after)}`;
  return template === "{version}" ? undefined : template;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray percent sign is itself
  }
}
