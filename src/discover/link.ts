import type { Pin, Place, Problem } from "../domain/pin.ts";
import { lineAt } from "../lib/syntax/line-index.ts";
import { visibleText } from "../lib/syntax/pieces.ts";
import type { Draft, Filled, Traced, Unclear } from "./drafts/draft.ts";
import { draftAction } from "./drafts/draft-action.ts";
import { draftGit } from "./drafts/draft-git.ts";
import { draftImage } from "./drafts/draft-image.ts";
import { draftUrl } from "./drafts/draft-url.ts";
import { draftVariables, stripped } from "./drafts/draft-variable.ts";
import { draftVersion } from "./drafts/draft-version.ts";
import { alternativesOf, groupDrafts, lineOf } from "./drafts/group-drafts.ts";
import { type Words, wordsAt } from "./drafts/obeyed-comments.ts";
import { ownUpstreams } from "./drafts/own-upstreams.ts";
import type { Reference } from "./format.ts";
import { lockOf } from "./locks.ts";
import type { Includer, ReadFile, ReadTree } from "./resolve/read-tree.ts";
import { withReplacements } from "./resolve/replace.ts";
import { type Resolved, resolveValue } from "./resolve/resolve.ts";

type Linked = { readonly pins: Pin[]; readonly problems: Problem[] };

const DRAFTS: Readonly<Record<Reference["kind"], (filled: Filled) => Draft | Unclear | undefined>> = {
  image: draftImage,
  url: draftUrl,
  git: draftGit,
  action: draftAction,
  version: draftVersion,
};

/**
 * Turns what files say into pins. Holes are filled along what the project itself states; places of one upstream that
 * hang on one written value become one pin; what stays unknown is a problem, never a version.
 */
export function link(tree: ReadTree): Linked {
  const traced: Traced[] = [];
  const problems: Problem[] = [];
  const unresolved: UnresolvedPlace[] = [];
  for (const file of tree.files.values()) {
    problems.push(...file.reading.problems);
    for (const reference of file.reading.references) {
      const { drafts, unresolved: place } = draftsOf(tree, file, reference);
      traced.push(...drafts);
      if (place !== undefined) unresolved.push(place);
    }
    traced.push(...draftVariables(tree, file));
  }
  const own = ownUpstreams(tree, traced);
  const theirs = unresolved.filter(({ upstream }) => upstream === undefined || !own.has(upstream));
  problems.push(...theirs.map(({ path, line, unclear }) => ({ path, line, message: unclear })));
  const pins = pinsOf(tree, renamed(tree, traced), own);
  const distinctProblems = distinct(problems, ({ path, line, message }) => `${path} ${line} ${message}`);
  return { pins: pins.sort(byPlace), problems: distinctProblems.sort(byPlace) };
}

/** What a comment names counts for all that hangs on its place: they are one, and not several of one name. */
function renamed(tree: ReadTree, traced: readonly Traced[]): Traced[] {
  const worded = [...tree.files.values()].filter(({ text }) => /\b(?:renovate|headgate):/.test(text));
  const files = new Map(worded.map((file) => [file.path, file]));
  return traced.map((one) => {
    const file = files.get(one.draft.path);
    const { upstream = one.draft.upstream, scheme } = file === undefined ? {} : wordsAt(file, one.draft.start);
    if (upstream === one.draft.upstream) return one;
    return { ...one, draft: { ...one.draft, upstream, ...(scheme === undefined ? {} : { scheme }) } };
  });
}

type UnresolvedPlace = Place & Unclear;

/** What follows from one reference, as its file stands and as those that include it would have it; or why nothing does. */
function draftsOf(
  tree: ReadTree,
  file: ReadFile,
  reference: Reference,
): { drafts: Traced[]; unresolved?: UnresolvedPlace } {
  const at: Place = { path: file.path, line: lineAt(file.starts, reference.value.start) };
  if (isContext(tree, file, reference)) return { drafts: [] };
  const results = fillings(tree, file, reference).map((filled) => DRAFTS[reference.kind](filled));
  const drafts = results.filter((result): result is Draft => result !== undefined && !("unclear" in result));
  const isNothing = results.includes(undefined); // as one file has it, which is enough to know
  const unclear = results.find((result) => result !== undefined && "unclear" in result);
  if (drafts.length === 0)
    return { drafts: [], ...(unclear === undefined || isNothing ? {} : { unresolved: { ...at, ...unclear } }) };
  const lockedBy = lockOf(tree, file, reference);
  const locked = lockedBy === undefined ? {} : { lockedBy };
  const listed = reference.oneOf === undefined ? {} : { oneOf: `${file.path} ${reference.oneOf}` };
  return { drafts: drafts.map((draft) => ({ draft: { ...locked, ...draft }, at, ...listed })) };
}

/** A name that whoever builds a Dockerfile gives another meaning, such as what another build made, is no image. */
function isContext(tree: ReadTree, file: ReadFile, { kind, value }: Reference): boolean {
  const name = kind === "image" ? visibleText(value) : "";
  return name !== "" && (tree.includers.get(file.path) ?? []).some(({ contexts }) => contexts?.has(name) === true);
}

function pinsOf(tree: ReadTree, traced: readonly Traced[], own: ReadonlySet<string>): Pin[] {
  const groups = groupDrafts(tree, traced);
  const alternatives = alternativesOf(groups);
  return groups.map((group) => {
    const pin = toPin(tree, group, own);
    const { pinning: _, pinByHand: __, ...rest } = pin;
    return alternatives.has(group) ? { ...rest, alternative: true, edits: [] } : pin;
  });
}

/** The reference as the file stands, and as each file that includes it would have it. */
function fillings(tree: ReadTree, file: ReadFile, reference: Reference): Filled[] {
  const { scope } = reference;
  const pieces = [reference.value, reference.ref].flatMap((value) => value?.pieces ?? []);
  const isOpen = (includer: Includer) =>
    pieces.some((piece) =>
      piece.kind === "hole" ? true : includer.replaces?.some(({ placeholder }) => piece.text.includes(placeholder)),
    );
  const includers = (tree.includers.get(file.path) ?? []).filter(isOpen);
  return [undefined, ...includers].map((includer) => {
    const replaced = { file, replaces: file.reading.replaces ?? [] };
    const fill = (value: Reference["value"]): Resolved => {
      const resolved = withReplacements(tree, resolveValue(tree, file, { value, scope }, includer), replaced);
      return includer === undefined ? resolved : withReplacements(tree, resolved, includer);
    };
    const recorded = recordedCommit(tree, reference);
    return { file, reference, resolved: fill(reference.value), fill, ...(recorded === undefined ? {} : { recorded }) };
  });
}

/** An entry that a tree with submodules does not have was left behind when its submodule was removed. */
function recordedCommit({ commits }: ReadTree, { submodule }: Reference): string | undefined {
  if (submodule === undefined || commits.size === 0) return undefined;
  return commits.get(submodule) ?? "none";
}

function toPin(tree: ReadTree, group: readonly Traced[], own: ReadonlySet<string>): Pin {
  const [{ draft }] = group as [Traced];
  const { start, pinning: _, pinByHand: __, ...fields } = draft;
  const file = tree.files.get(draft.path);
  const line = file === undefined ? 1 : lineAt(file.starts, start);
  const edits = group.flatMap((one) => one.draft.edits).map((edit) => ({ ...edit, line: lineOf(tree, edit) }));
  const words = file === undefined ? {} : wordsAt(file, start);
  return {
    ...fields,
    ...overriding(words, draft),
    line,
    edits: distinct(edits, (edit) => `${edit.path} ${edit.start} ${edit.end} ${edit.role}`),
    ...pinningOf(tree, group),
    format: file?.format ?? "",
    ...filesOf(group),
    linked: distinct(
      group.map((one) => one.at).filter((at) => at.path !== draft.path || at.line !== line),
      (at) => `${at.path} ${at.line}`,
    ),
    ...(draft.own === true || own.has(draft.upstream) ? { own: true } : {}),
  };
}

/** One place that several references lead to is pinned where all of them can be, by the same edits. */
function pinningOf(tree: ReadTree, group: readonly Traced[]): Pick<Pin, "pinning" | "pinByHand"> {
  const byHand = group.find(({ draft }) => draft.pinByHand !== undefined)?.draft.pinByHand;
  const all = group.map(({ draft }) => draft.pinning ?? []);
  const spans = new Set(all.map((edits) => edits.map(({ path, start, end }) => `${path} ${start} ${end}`).join("\n")));
  const [edits = []] = all;
  if (edits.length === 0 || spans.size > 1) return byHand === undefined ? {} : { pinByHand: byHand };
  return { pinning: edits.map((edit) => ({ ...edit, line: lineOf(tree, edit) })) };
}

/** A version may stand in the names of several files: one for each architecture, and their checksums. */
function filesOf(group: readonly Traced[]): Pick<Pin, "files"> {
  const files = distinct(
    group.flatMap((one) => one.draft.files ?? []),
    (name) => name,
  );
  return files.length === 0 ? {} : { files };
}

/** What an inline word says replaces what was inferred. */
function overriding({ word, upstream, tagTemplate }: Words, draft: Draft): Partial<Pin> {
  return {
    ...(word === undefined ? {} : { word }),
    ...(upstream === undefined ? {} : { upstream }),
    ...(tagTemplate === undefined ? {} : { tagTemplate, version: stripped(draft.text, tagTemplate).version }),
  };
}

function distinct<T>(list: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(list.map((item) => [key(item), item] as const).reverse()).values()].reverse();
}

function byPlace(
  a: { path: string; line?: number; name?: string },
  b: { path: string; line?: number; name?: string },
): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0);
}
