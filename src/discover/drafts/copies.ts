import type { Edit } from "../../domain/pin.ts";
import { type Spelling, spellingsOf } from "../../domain/spellings.ts";
import type { Reference } from "../format.ts";
import { spelledOut } from "./anchor.ts";
import { editAt, type Filled } from "./draft.ts";

/** A version as it stands in a text: where, and in which spelling. */
type Copy = { readonly start: number; readonly copy: string; readonly hole: string };

/** Every place of a text where a version of at least two numbers stands alone, in whichever spelling. */
export function copiesIn(text: string, version: string): Copy[] {
  if (!/\d[._]\d/.test(version)) return [];
  const { major: _, ...whole } = spellingsOf(version);
  return differentOf(whole).flatMap(([hole, copy]) => occurrences(text, copy).map((start) => ({ start, copy, hole })));
}

/** Spellings, each text once. */
function differentOf(spellings: Partial<Record<Spelling, string>>): [hole: string, copy: string][] {
  const byText = new Map(
    Object.entries(spellings)
      .map(([hole, copy]) => [copy, hole] as const)
      .toReversed(),
  );
  return [...byText].map(([copy, hole]) => [hole, copy]);
}

/** Where a version stands alone, not as a part of a longer number. */
function occurrences(text: string, version: string): number[] {
  const found: number[] = [];
  const joint = version.includes("_") ? /^[._]?\d/ : /^\.?\d/;
  for (let at = text.indexOf(version); at >= 0; at = text.indexOf(version, at + version.length)) {
    const before = text.slice(Math.max(0, at - 2), at);
    const isInside = /[\d.]$/.test(before) || (version.includes("_") && /\d_$/.test(before));
    const alone = !isInside && !joint.test(text.slice(at + version.length, at + version.length + 2));
    if (alone && version.length > 2) found.push(at);
  }
  return found;
}

/** Kinds of file whose commands speak of what they downloaded. */
const WITH_COMMANDS = new Set([
  "dockerfile",
  "shell",
  "makefile",
  "github-actions",
  "gitlab-ci",
  "ci-pipeline",
  "jenkinsfile",
  "vagrantfile",
]);

/** Lines before and behind an address in which a word of its name means what was downloaded. */
const NEAR = { before: 2, behind: 40 };
/** A line may be as long as a file: so many characters on either side at most. */
const FARTHEST = 4_000;

/**
 * Names of a download in the commands around it that hold its version: the archive that is unpacked, the folder that it
 * has inside. `tool-1.2.3` is one where the address has a file or a folder of that name; a version alone is none.
 */
export function namesBeside(filled: Filled, version: string): Edit[] {
  const { file, reference, resolved } = filled;
  if (!WITH_COMMANDS.has(file.format) || !/\d[._]\d/.test(version)) return [];
  const known = namesOf(spelledOut(resolved), version);
  const { start: from, text } = linesAround(file.text, reference.value);
  const names = [...text.matchAll(/[\w.+~$(){}%/-]+/g)]
    .filter(({ index, 0: word }) => !/[:@]/.test(`${text[index - 1] ?? ""}${text[index + word.length] ?? ""}`))
    .flatMap(({ index, 0: word }) => segmentsOf(word).map((one) => ({ ...one, at: from + index + one.at })));
  const found = names.flatMap(({ at, segment }) =>
    copiesIn(segment, version)
      .filter(({ start }) => known.files.has(segment) || known.stems.has(stemOf(segment, start)))
      .map(({ start, copy, hole }) => ({ start: at + start, end: at + start + copy.length, hole })),
  );
  return freeOf(file.reading.references, found, spansIn(filled)).map(({ hole, ...span }) =>
    editAt({ path: file.path, ...span }, "version", `{${hole}}`),
  );
}

/** Where a script says the name of an image again near the place that takes it: `docker pull a:1`, then `docker inspect a:1`. */
export function imagesBeside({ file, reference, resolved }: Filled): number[] {
  const [piece, ...more] = resolved.pieces;
  if (piece === undefined || "hole" in piece || piece.depth > 0 || more.length > 0) return [];
  if (file.format === "dockerfile" || !WITH_COMMANDS.has(file.format) || piece.path !== file.path) return [];
  const { start: from, text } = linesAround(file.text, reference.value);
  const found = [...text.matchAll(/(?<=[\s"'])[\w./:@-]+(?=[\s"');]|$)/g)]
    .filter(([word]) => word === resolved.text)
    .map(({ index }) => ({ start: from + index, end: from + index + resolved.text.length }));
  return freeOf(file.reading.references, found).map(({ start }) => start);
}

/** What an address has of the version in its names, whole and up to the version; and its other folders. */
function namesOf(address: string, version: string) {
  const segments = address.split(/[?#]/)[0]?.split("/").slice(2) ?? [];
  const named = segments.flatMap((segment) => copiesIn(segment, version).map(({ start }) => ({ segment, start })));
  const stems = [...segments.map((one) => one.toLowerCase()), ...named.map((one) => stemOf(one.segment, one.start))];
  return { files: new Set(named.map(({ segment }) => segment)), stems: new Set(stems.filter((stem) => stem !== "")) };
}

/** What stands before a version in a name, without what joins them. */
function stemOf(segment: string, at: number): string {
  return segment
    .slice(0, at)
    .replace(/[-_.]?v?$/i, "")
    .toLowerCase();
}

function segmentsOf(word: string): { at: number; segment: string }[] {
  let at = 0;
  return word.split("/").map((segment) => {
    const found = { at, segment };
    at += segment.length + 1;
    return found;
  });
}

type Span = { readonly start: number; readonly end: number };

/** Those spans that no reference covers, and nothing else that is known. */
function freeOf<One extends Span>(
  references: readonly Reference[],
  found: readonly One[],
  known: readonly Span[] = [],
) {
  if (found.length === 0) return [];
  const [from, to] = [Math.min(...found.map(({ start }) => start)), Math.max(...found.map(({ end }) => end))];
  const near = references.filter(({ value }) => value.start < to + FARTHEST && value.end > from - FARTHEST);
  const spans = near.flatMap(({ value, ref, comment, digest, registry, stated }) =>
    [value, ref, comment, digest, registry, stated].flatMap((one) => one ?? []),
  );
  return found.filter((one) => ![...spans, ...known].some((other) => one.start < other.end && one.end > other.start));
}

/** What the address itself is made of, in its own file. */
function spansIn({ file, resolved }: Filled): Span[] {
  return resolved.pieces.flatMap((piece) =>
    "hole" in piece || piece.path !== file.path ? [] : [{ start: piece.start, end: piece.start + piece.text.length }],
  );
}

/** The lines around a span. */
function linesAround(text: string, { start, end }: Span): { readonly start: number; readonly text: string } {
  let from = start;
  for (let line = 0; line <= NEAR.before && from > 0; line += 1) from = text.lastIndexOf("\n", from - 1);
  let to = end;
  for (let line = 0; line <= NEAR.behind && to >= 0; line += 1) to = text.indexOf("\n", to + 1);
  const first = Math.max(from, start - FARTHEST, 0);
  return { start: first, text: text.slice(first, Math.min(to < 0 ? text.length : to, end + FARTHEST)) };
}
