import { percentDecoded } from "../../domain/percent.ts";
import type { Edit } from "../../domain/pin.ts";
import { spellingsOf } from "../../domain/spellings.ts";
import { splitTag } from "../../lib/versions/tag.ts";
import type { LocatedUrl } from "../addresses/upstream-of-url.ts";
import type { Resolved } from "../resolve/resolve.ts";
import { type Anchor, anchorOf, slicesOf, spelledOut } from "./anchor.ts";
import { copiesIn, namesBeside } from "./copies.ts";
import { type Draft, editAt, type Filled } from "./draft.ts";
import { common, type Part } from "./draft-floating.ts";

const HASH: Readonly<Record<"hex" | "base64", RegExp>> = {
  hex: /^[0-9a-f]{40,128}$/i,
  base64: /^[A-Za-z0-9+/]{27,88}={0,2}$/,
};

/** Where the version stands apart from the address as well, that is the place that people edit. */
export function versioned(filled: Filled, located: LocatedUrl, part: Part, resolved: Resolved): Draft {
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
    edits: anchor === undefined ? [] : editsOf(filled, resolved, part, { located, anchor, split, version: whole }),
    ...(template === undefined ? {} : { tagTemplate: template }),
    ...fileOf(filled, whole),
  };
}

/** The file of a release that is downloaded, with its version left open. Nothing but holes, or a version in another spelling, says nothing. */
function fileOf(filled: Filled, version: string): { files?: readonly string[] } {
  const [, name = ""] = /\/releases\/download\/[^/]+\/([^/?#]+)$/.exec(spelledOut(filled.resolved)) ?? [];
  if (name.replaceAll(/\$\{[^}]{0,200}\}|\$\([^)]{0,200}\)/g, "") === "") return {};
  const { version: _, major: __, ...others } = spellingsOf(version);
  const isSpelledOtherwise = Object.values(others).some((text) => text !== version && name.includes(text));
  if (!name.includes(version)) return isSpelledOtherwise ? {} : { files: [name] };
  return /\d\.\d/.test(version) ? { files: [name.replaceAll(version, "{version}")] } : {};
}

/** A bare version may be composed of a variable and fixed words: the scheme compares all of it. */
function wholeVersion(part: Part, anchor: Anchor | undefined, version: string): string {
  return part.kind === "version" && anchor !== undefined
    ? `${anchor.before.replace(/^v/, "")}${version}${anchor.after}`
    : version;
}

type Found = {
  readonly located: LocatedUrl;
  readonly anchor: Anchor;
  readonly split: { readonly prefix: string; readonly version: string };
  readonly version: string;
};

function editsOf(filled: Filled, resolved: Resolved, part: Part, found: Found): Edit[] {
  const { anchor, split } = found;
  const fixed = part.kind === "version" && anchor.before.replace(/^v/, "") + anchor.after !== "";
  const without = fixed ? { without: { before: anchor.before.replace(/^v/, ""), after: anchor.after } } : {};
  const first: Edit = { ...editAt(anchor, "version", `${split.prefix}{version}`), ...without };
  return [
    first,
    ...[...copiesOf(resolved, part, split.version), ...majorOf(resolved, part, found)].filter(
      (copy) => !overlaps(copy, anchor),
    ),
    ...(resolved === filled.resolved ? namesBeside(filled, split.version) : []),
    ...checksumsOf(filled, found.version, "{version}"),
  ];
}

/** A variable that is used again is edited once. */
function overlaps(edit: Edit, anchor: Anchor): boolean {
  return edit.path === anchor.path && edit.start < anchor.end && edit.end > anchor.start;
}

/** Further places of the address that show the same version: `…/v1.2.3/tool_1.2.3.deb`, `tool-123.zip`, `tool_1_2_3.tar.gz`, `…/tool-1/1.2.3/…`. */
function copiesOf(resolved: Resolved, part: Part, version: string): Edit[] {
  return copiesIn(resolved.text, version).flatMap((copy) => copyAt(resolved, part, copy));
}

/** A folder that is named after the major version. */
function majorOf(resolved: Resolved, part: Part, { split, located }: Found): Edit[] {
  const { major } = spellingsOf(split.version);
  const { start, end } = located.major ?? { start: 0, end: 0 };
  const isSame = major !== "" && resolved.text.slice(start, end) === major;
  return isSame ? copyAt(resolved, part, { start, copy: major, hole: "major" }) : [];
}

function copyAt(
  resolved: Resolved,
  part: Part,
  { start, copy, hole }: { readonly start: number; readonly copy: string; readonly hole: string },
): Edit[] {
  if (start < part.end && start + copy.length > part.start) return [];
  const slices = slicesOf(resolved, start, start + copy.length);
  return slices.length === 1 ? slices.map((slice) => editAt(slice, "version", `{${hole}}`)) : [];
}

/** Hashes of the download that the file writes beside it. In its address, what moves is left open. */
export function checksumsOf(filled: Filled, moves: string, hole: "{commit}" | "{version}"): Edit[] {
  const { underscores, dots } = spellingsOf(moves);
  const written = spelledOut(filled.resolved).replaceAll(moves, hole);
  const isVersion = /\d[._]\d/.test(moves);
  const address = isVersion ? written.replaceAll(underscores, "{underscores}").replaceAll(dots, "{dots}") : written;
  const whole = address.startsWith("//") ? `https:${address}` : address;
  return (filled.reference.checksums ?? []).flatMap(({ value, algorithm, encoding = "hex", of: url = whole }) => {
    const resolved = filled.fill(value);
    const anchor = anchorOf(resolved, 0, resolved.text.length);
    if (anchor === undefined || !HASH[encoding].test(resolved.text)) return [];
    const hex = encoding === "hex" ? resolved.text : Buffer.from(resolved.text, "base64").toString("hex");
    return [{ ...editAt(anchor, "checksum", `{${encoding}}`), of: { url, algorithm, hex } }];
  });
}

/** `v{version}`; undefined when the tag is the version. Addresses write a tag's slash as `%2F`. */
function templateOf(before: string, prefix: string, after: string): string | undefined {
  const template = `${percentDecoded(before + prefix)}{version}${percentDecoded(after)}`;
  return template === "{version}" ? undefined : template;
}
