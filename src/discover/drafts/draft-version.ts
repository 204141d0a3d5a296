import { movedBounds } from "../../domain/bounds.ts";
import type { Edit } from "../../domain/pin.ts";
import { HOLE } from "../../lib/syntax/pieces.ts";
import { splitTag } from "../../lib/versions/tag.ts";
import { anchorOf, askedIn, holesIn, slicesOf, spelledOut } from "./anchor.ts";
import { commitByHand, type Draft, editAt, type Filled, type Unclear, unclearHoles } from "./draft.ts";

/** A package manager's own `name=version` in one variable is neither. */
const NUMERIC = { true: /^\d[^=]*$/, false: /^/, dotted: /^\d+\.\d[^=]*$/ };

const OPEN: ReadonlySet<string> = new Set(["floating", "branch"]);

/** A version whose upstream the format itself knows: a requirement, a package that is installed. */
export function draftVersion(filled: Filled): Draft | Unclear | undefined {
  const { resolved, reference, file } = filled;
  const base = baseOf(filled);
  if (base === undefined) return undefined;
  const holes = holesIn(resolved, 0, resolved.text.length);
  if (holes.length > 0) return openVersion(filled, base, holes);
  if (OPEN.has(base.precision)) {
    return { ...base, path: file.path, start: reference.value.start, text: resolved.text, version: "", edits: [] };
  }
  if (reference.numeric !== undefined && !NUMERIC[`${reference.numeric}`].test(resolved.text)) return undefined;
  const anchor = anchorOf(resolved, 0, resolved.text.length);
  const place = anchor ?? slicesOf(resolved, 0, resolved.text.length)[0];
  if (base.precision === "exact" && !/\d/.test(resolved.text)) return movingVersion(filled, base);
  const counted = followingOf(filled);
  if (counted !== undefined) return { ...base, ...counted };
  const { prefix, version } = splitTag(resolved.text) ?? { prefix: "", version: resolved.text };
  const single = /^[\w.+!-]+$/.test(resolved.text);
  return {
    ...base,
    name: anchor?.variable ?? base.name,
    path: place?.path ?? file.path,
    start: place?.start ?? reference.value.start,
    text: reference.written?.replace(HOLE, resolved.text) ?? anchor?.text ?? resolved.text,
    version: single ? version : (/\d[\w.+!]*/.exec(resolved.text)?.[0] ?? ""),
    edits: anchor === undefined || !single ? [] : [...versionEdits(anchor, prefix), ...hashEdits(filled)],
  };
}

/** A range of which every new version tells how it is written. */
function followingOf(filled: Filled): Omit<Draft, keyof Base> | undefined {
  return countedOf(filled) ?? seriesOf(filled);
}

const NUMBERS = ["{major}", "{major}.{minor}", "{major}.{minor}.{patch}"] as const;

/** A version behind at most an operator, with as many wildcards as there are. */
const COUNTED = /^((?:~[>=]\s*)?v?)(\d+(?:\.\d+){0,2})((?:\.[x*])*)$/i;

/** `8.1.*`, `18.x`, `~> 5.0`, `~=8.1`: what they admit follows from how many numbers are written, so no more are. */
function countedOf({ resolved, reference }: Filled): Omit<Draft, keyof Base> | undefined {
  const [, before = "", numbers, wildcards = ""] = COUNTED.exec(resolved.text) ?? [];
  if (wildcards === "" && !/^~[>=]/.test(reference.written ?? resolved.text)) return undefined;
  const spelling = NUMBERS[(numbers?.split(".").length ?? 0) - 1];
  if (numbers === undefined || spelling === undefined) return undefined;
  const anchor = anchorOf(resolved, before.length, before.length + numbers.length);
  if (anchor === undefined || anchor.before + anchor.after !== "") return undefined;
  return {
    path: anchor.path,
    start: anchor.start,
    text: reference.written?.replace(HOLE, resolved.text) ?? resolved.text,
    version: numbers,
    edits: [editAt(anchor, "version", spelling)],
  };
}

const HOLES = ["major", "minor", "patch"] as const;
const NEXT = ["nextMajor", "nextMinor", "nextPatch"] as const;

/** `>=2.18.0,<2.19.0`: one series, as `~=2.18.0` says it. Both bounds follow from a version, as many numbers as are written. */
function seriesOf({ resolved, reference }: Filled): Omit<Draft, keyof Base> | undefined {
  const { text } = resolved;
  const [, before = "", lower = "", between = "", upper = ""] =
    /^(>=\s*)([\d.]+)([\s,]+<\s*)([\d.]+)$/.exec(text) ?? [];
  const isWhole = reference.written === undefined || reference.written === text;
  const series = isWhole ? movedBounds(text, lower)?.series : undefined;
  const [from, to] = [lower.split("."), upper.split(".")];
  if (series === undefined || Math.max(from.length, to.length) > HOLES.length) return undefined;
  const anchor = anchorOf(resolved, before.length, text.length);
  if (anchor === undefined || anchor.before + anchor.after !== "") return undefined;
  const isStart = from.slice(series + 1).every((number) => Number(number) === 0);
  const begin = from.map((_, at) => (at > series && isStart ? "0" : `{${HOLES[at]}}`));
  const end = to.map((_, at) => (at > series ? "0" : `{${at === series ? NEXT[at] : HOLES[at]}}`));
  const spelling = `${begin.join(".")}${between}${end.join(".")}`;
  const { path, start } = anchor;
  return { path, start, text, version: lower, edits: [editAt(anchor, "version", spelling)] };
}

/** A variable that holds a word such as `latest`: the place to edit is where it is set. */
function movingVersion({ resolved, reference, file }: Filled, base: Base): Draft {
  const [slice] = slicesOf(resolved, 0, resolved.text.length);
  const { path, start } = slice ?? { path: file.path, start: reference.value.start };
  return { ...base, precision: "floating", path, start, text: resolved.text, version: "", edits: [] };
}

/** What a script asks for while it runs is whatever is newest; any other hole is not understood. */
function openVersion({ resolved }: Filled, base: Base, holes: readonly string[]): Draft | Unclear {
  const asked = askedIn(resolved, 0, resolved.text.length);
  if (asked === undefined) return unclearHoles(`${base.name} ${spelledOut(resolved)}`, holes);
  return { ...base, ...asked, precision: "floating", text: "", version: "", edits: [] };
}

type Base = NonNullable<ReturnType<typeof baseOf>>;

function baseOf({ reference, resolved }: Filled) {
  const { upstream, precision = "exact", scheme = "loose", lockedBy, tagTemplate } = reference;
  if (upstream === undefined) return undefined;
  const name = reference.name ?? upstream.slice(upstream.lastIndexOf("/") + 1);
  const optional = {
    ...(lockedBy === undefined ? {} : { lockedBy }),
    ...(tagTemplate === undefined ? {} : { tagTemplate }),
    ...(reference.pinnable === true ? { pinByHand: commitByHand(resolved.text) } : {}),
  };
  return { upstream, scheme, precision, name, ...optional };
}

function versionEdits(anchor: NonNullable<ReturnType<typeof anchorOf>>, prefix: string): Edit[] {
  const whole = anchor.before + anchor.after === "";
  const edit = editAt(anchor, "version", `${whole ? prefix : ""}{version}`);
  return [whole ? edit : { ...edit, without: { before: anchor.before, after: anchor.after } }];
}

/**
 * Hashes of a requirement. Which files they are of need not be written; then only the registry can give new ones, as many
 * as it has files: the address says which of how many.
 */
function hashEdits(filled: Filled): Edit[] {
  const { checksums = [], name = "" } = filled.reference;
  return checksums.flatMap(({ value, algorithm, of }) => {
    const anchor = anchorOf(filled.fill(value), 0, Number.POSITIVE_INFINITY);
    const alike = checksums.filter((one) => one.algorithm === algorithm);
    const index = alike.findIndex((one) => one.value === value) + 1;
    const url = of ?? `https://pypi.org/project/${name}/{version}/#file-${index}-of-${alike.length}`;
    if (anchor === undefined) return [];
    return [{ ...editAt(anchor, "checksum", "{hex}"), of: { url, algorithm, hex: anchor.text } }];
  });
}
