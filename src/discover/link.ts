import { posix } from "node:path";
import type { Pin, Place, Problem } from "../domain/pin.ts";
import { parseImageReference } from "../lib/registry/image-reference.ts";
import { lineAt } from "../lib/syntax/line-index.ts";
import type { Draft, Filled, Traced, Unclear } from "./draft.ts";
import { draftAction } from "./draft-action.ts";
import { draftGit } from "./draft-git.ts";
import { draftImage, imagePurl, withoutOpenTag } from "./draft-image.ts";
import { draftUrl } from "./draft-url.ts";
import { draftVariables, stripped } from "./draft-variable.ts";
import { draftVersion } from "./draft-version.ts";
import type { Reference } from "./format.ts";
import { locksOf } from "./locks.ts";
import { withReplacements } from "./replace.ts";
import { type Includer, type ReadFile, type Resolved, resolveValue, type World } from "./resolve.ts";
import { type Words, wordsAt } from "./words.ts";

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
export function link(world: World): Linked {
  const traced: Traced[] = [];
  const problems: Problem[] = [];
  const riddles: Riddle[] = [];
  for (const file of world.files.values()) {
    problems.push(...file.reading.problems);
    for (const reference of file.reading.references) {
      const { drafts, riddle } = draftsOf(world, file, reference);
      traced.push(...drafts);
      if (riddle !== undefined) riddles.push(riddle);
    }
    traced.push(...draftVariables(world, file));
  }
  const own = ownUpstreams(world, traced);
  const theirs = riddles.filter(({ upstream }) => upstream === undefined || !own.has(upstream));
  problems.push(...theirs.map(({ path, line, unclear }) => ({ path, line, message: unclear })));
  const pins = pinsOf(world, traced, own);
  const distinctProblems = distinct(problems, ({ path, line, message }) => `${path} ${line} ${message}`);
  return { pins: pins.sort(byPlace), problems: distinctProblems.sort(byPlace) };
}

type Riddle = Place & Unclear;

/** What follows from one reference, as its file stands and as those that include it would have it; or why nothing does. */
function draftsOf(world: World, file: ReadFile, reference: Reference): { drafts: Traced[]; riddle?: Riddle } {
  const at: Place = { path: file.path, line: lineAt(file.starts, reference.value.start) };
  const results = fillings(world, file, reference).map((filled) => DRAFTS[reference.kind](filled));
  const drafts = results.filter((result): result is Draft => result !== undefined && !("unclear" in result));
  const isNothing = results.includes(undefined); // as one file has it, which is enough to know
  const unclear = results.find((result) => result !== undefined && "unclear" in result);
  if (drafts.length === 0)
    return { drafts: [], ...(unclear === undefined || isNothing ? {} : { riddle: { ...at, ...unclear } }) };
  const lockedBy = lockOf(world, file, reference);
  const locked = lockedBy === undefined ? {} : { lockedBy };
  const listed = reference.oneOf === undefined ? {} : { oneOf: `${file.path} ${reference.oneOf}` };
  return { drafts: drafts.map((draft) => ({ draft: { ...locked, ...draft }, at, ...listed })) };
}

function lockOf(world: World, file: ReadFile, reference: Reference): string | undefined {
  const candidates = [...(reference.locks ?? []), ...(reference.locked === true ? locksOf(file.path) : [])];
  return candidates.find((lock) => governs(world, lock, file.path)) ?? constraintOn(world, file, reference);
}

function pinsOf(world: World, traced: readonly Traced[], own: ReadonlySet<string>): Pin[] {
  const groups = merge(world, traced);
  const alternatives = alternativesOf(groups);
  return groups.map((group) => {
    const pin = toPin(world, group, own);
    const { pinning: _, pinByHand: __, ...rest } = pin;
    return alternatives.has(group) ? { ...rest, alternative: true, edits: [] } : pin;
  });
}

/** A lock file above the manifest governs it only where the project says that it has workspaces. */
function governs(world: World, lock: string, manifest: string): boolean {
  if (!world.locks.has(lock) && !world.files.has(lock)) return false;
  const folder = posix.dirname(lock);
  if (folder === posix.dirname(manifest)) return true;
  const above = world.files.get(posix.join(folder, posix.basename(manifest)));
  return /workspace|apps_path/.test(above?.text ?? "") || world.files.has(posix.join(folder, "pnpm-workspace.yaml"));
}

/** The file of constraints that says which version of a package is installed, where the list of requirements does not. */
function constraintOn(world: World, file: ReadFile, { upstream, precision }: Reference): string | undefined {
  if (upstream === undefined || precision !== "floating") return undefined;
  const includers = world.includers.get(file.path) ?? [];
  const lists = [file.reading, ...includers].flatMap(({ constraints = [] }) => constraints);
  const says = (one: Reference) => one.upstream === upstream && one.precision === "exact";
  return lists.find((path) => world.files.get(path)?.reading.references.some(says));
}

/** The reference as the file stands, and as each file that includes it would have it. */
function fillings(world: World, file: ReadFile, reference: Reference): Filled[] {
  const pieces = [reference.value, reference.ref].flatMap((value) => value?.pieces ?? []);
  const isOpen = (includer: Includer) =>
    pieces.some((piece) =>
      piece.kind === "hole" ? true : includer.replaces?.some(({ placeholder }) => piece.text.includes(placeholder)),
    );
  const includers = (world.includers.get(file.path) ?? []).filter(isOpen);
  return [undefined, ...includers].map((includer) => {
    const replaced = { file, replaces: file.reading.replaces ?? [] };
    const fill = (value: Reference["value"]): Resolved => {
      const resolved = withReplacements(world, resolveValue(world, file, value, reference.scope, includer), replaced);
      return includer === undefined ? resolved : withReplacements(world, resolved, includer);
    };
    const recorded = recordedCommit(world, reference);
    return { file, reference, resolved: fill(reference.value), fill, ...(recorded === undefined ? {} : { recorded }) };
  });
}

/** An entry that a tree with submodules does not have was left behind when its submodule was removed. */
function recordedCommit({ commits }: World, { submodule }: Reference): string | undefined {
  if (submodule === undefined || commits.size === 0) return undefined;
  return commits.get(submodule) ?? "none";
}

/** Drafts of one place and upstream, in the order they were found. What is left open twice in a line is one place. */
function merge(world: World, traced: readonly Traced[]): Traced[][] {
  const groups = new Map<string, Traced[]>();
  for (const one of traced) {
    const { path, start, upstream, precision, edits } = one.draft;
    const open = precision === "floating" && edits.length === 0;
    const place = open ? `line ${lineOf(world, { path, start })}` : start;
    const key = `${path}\n${place}\n${withoutHost(upstream)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

/** Places that give one upstream several versions through one list. */
function alternativesOf(groups: readonly Traced[][]): ReadonlySet<Traced[]> {
  const lists = new Map<string, Traced[][]>();
  for (const group of groups) {
    const [first] = group;
    if (first?.oneOf === undefined) continue;
    const key = `${first.oneOf}\n${first.draft.upstream}`;
    lists.set(key, [...(lists.get(key) ?? []), group]);
  }
  const differs = (list: readonly Traced[][]) => new Set(list.map(([first]) => first?.draft.text)).size > 1;
  return new Set([...lists.values()].filter(differs).flat());
}

/** A download that several hosts have, or that has a file for each system, is one thing: `curl … || curl …`. */
function withoutHost(upstream: string): string {
  return upstream.startsWith("pkg:generic/") ? (upstream.split(/[?_]/)[0] ?? upstream) : upstream;
}

function toPin(world: World, group: readonly Traced[], own: ReadonlySet<string>): Pin {
  const [{ draft }] = group as [Traced];
  const { start, pinning: _, pinByHand: __, ...fields } = draft;
  const file = world.files.get(draft.path);
  const line = file === undefined ? 1 : lineAt(file.starts, start);
  const edits = group.flatMap((one) => one.draft.edits).map((edit) => ({ ...edit, line: lineOf(world, edit) }));
  const words = file === undefined ? {} : wordsAt(file, start);
  return {
    ...fields,
    ...overriding(words, draft),
    line,
    edits: distinct(edits, (edit) => `${edit.path} ${edit.start} ${edit.end} ${edit.role}`),
    ...pinningOf(world, group),
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
function pinningOf(world: World, group: readonly Traced[]): Pick<Pin, "pinning" | "pinByHand"> {
  const byHand = group.find(({ draft }) => draft.pinByHand !== undefined)?.draft.pinByHand;
  const all = group.map(({ draft }) => draft.pinning ?? []);
  const spans = new Set(all.map((edits) => edits.map(({ path, start, end }) => `${path} ${start} ${end}`).join("\n")));
  const [edits = []] = all;
  if (edits.length === 0 || spans.size > 1) return byHand === undefined ? {} : { pinByHand: byHand };
  return { pinning: edits.map((edit) => ({ ...edit, line: lineOf(world, edit) })) };
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

/** Folders whose manifests may be copies of other projects' ones: a name there claims nothing. */
const COPIES =
  /(?:^|\/)(?:tests?|testdata|(?:__)?fixtures?(?:__)?|examples?|samples?|vendor(?:ed)?|third[-_]party|templates?)\//i;

/**
 * Images that Compose names itself: `project-service`, with an underscore in older versions. Where the project's name is
 * that of the root folder, any name in front counts for an image without a tag, unless a Dockerfile starts from it.
 */
function composedImages(world: World, traced: readonly Traced[]): string[] {
  const services = [...world.files.values()].flatMap(({ reading }) => reading.composed ?? []);
  if (services.length === 0) return [];
  const isComposed = (name: string) =>
    services.some(({ project, service }) =>
      project === undefined
        ? /^[\w.-]+[-_]$/.test(name.slice(0, -service.length)) && name.endsWith(service)
        : name === `${project}-${service}` || name === `${project}_${service}`,
    );
  return traced.flatMap(({ draft: { upstream, text }, at }) => {
    const [, name] = /^pkg:docker\/library\/([^?]+)$/.exec(upstream) ?? [];
    const plain = (text === "" || text === "latest") && world.files.get(at.path)?.format !== "dockerfile";
    return name !== undefined && plain && isComposed(name) ? [upstream] : [];
  });
}

/** Images that the project says it builds, and packages that it says it publishes. */
function ownUpstreams(world: World, traced: readonly Traced[]): ReadonlySet<string> {
  const stated = [...world.files.values()].flatMap((file) =>
    (file.reading.builds ?? []).flatMap((value) => {
      const image = parseImageReference(withoutOpenTag(resolveValue(world, file, value, undefined).text));
      return image === undefined ? [] : [imagePurl(image)];
    }),
  );
  const published = [...world.files.values()].flatMap(({ path, reading }) =>
    COPIES.test(path) ? [] : (reading.publishes ?? []),
  );
  return new Set([
    ...stated,
    ...published,
    ...composedImages(world, traced),
    ...traced.flatMap(({ draft }) => (draft.own === true ? [draft.upstream] : [])),
  ]);
}

function lineOf(world: World, edit: { path: string; start: number }): number {
  const file = world.files.get(edit.path);
  return file === undefined ? 1 : lineAt(file.starts, edit.start);
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
