import { posix } from "node:path";
import type { Pin, Problem } from "../domain/pin.ts";
import { globMatcher } from "../lib/syntax/glob.ts";
import { lineStarts } from "../lib/syntax/line-index.ts";
import { HOLE } from "../lib/syntax/pieces.ts";
import { definedNames } from "./definitions.ts";
import { type Format, type Inclusion, LONGEST_TEXT, type Reading, type Variable } from "./format.ts";
import { FORMATS } from "./formats.ts";
import { link } from "./link.ts";
import { isLockFile } from "./locks.ts";
import { resolveValue } from "./resolve.ts";
import type { Includer, ReadFile, World } from "./world.ts";

/** A file of the tree, path relative to its root. A submodule has no text and the `commit` that the project records of it. */
export type SourceText = { readonly path: string; readonly text: string; readonly commit?: string };

/** What a project takes from upstream, and what could not be understood. Both ordered by path and line. */
export type Discovery = { readonly pins: readonly Pin[]; readonly problems: readonly Problem[] };

/** The paths worth knowing of: those that a format matches, and lock files, which may be given without their text. */
export function matchingPaths(paths: readonly string[]): string[] {
  return paths.filter((path) => (path.length <= LONGEST_PATH && isLockFile(path)) || formatOf(path) !== undefined);
}

/** True for a path that does not tell what the file is: no word is lost on it when it is none that can be read. */
export function isGuess(path: string): boolean {
  return formatOf(path)?.guesses?.(path) === true;
}

/** Longer paths are nobody's own; patterns over paths need not be linear up to here. */
const LONGEST_PATH = 1024;
const DEEPEST_LIST = 4;
const MOST_INCLUDERS = 100;

/** Folders that hold what others wrote, as package managers leave it there: no place of this project's own choice. */
const VENDORED = /(?:^|\/)(?:node_modules|bower_components|site-packages|vendor)\//;

function formatOf(path: string): Format | undefined {
  if (path.length > LONGEST_PATH) return undefined;
  return isLockFile(path) || VENDORED.test(path) ? undefined : FORMATS.find((format) => format.matches(path));
}

/** Reads the given files and links them. Pure; never throws: bad input is a problem, and the rest goes on. */
export function discover(files: readonly SourceText[]): Discovery {
  return discoverer()(files);
}

/** A `discover` that remembers what each file said, for reading one tree again and again with few files changed. */
export function discoverer(): (files: readonly SourceText[]) => Discovery {
  const memory = new Map<string, ReadFile>();
  const answered = new WeakMap<readonly SourceText[], Discovery>();
  return (files) => {
    const known = answered.get(files) ?? discoverWith(memory, files);
    answered.set(files, known);
    return known;
  };
}

function discoverWith(memory: Map<string, ReadFile>, files: readonly SourceText[]): Discovery {
  const read = new Map<string, ReadFile>();
  const commits = new Map(files.flatMap(({ path, commit }) => (commit === undefined ? [] : [[path, commit] as const])));
  for (const { path, text } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const format = formatOf(path);
    if (format === undefined || commits.has(path)) continue;
    const known = memory.get(path);
    const file = known?.text === text ? known : readFile(format, path, text);
    memory.set(path, file);
    read.set(path, file);
  }
  const locks = new Set(files.map(({ path }) => path).filter(isLockFile));
  return link({ files: read, locks, commits, includers: includersOf(read) });
}

function readFile(format: Format, path: string, text: string): ReadFile {
  const reading = safely(format, path, text);
  const variables = new Map<string, Variable[]>();
  for (const variable of reading.variables) {
    const named = variables.get(variable.name);
    if (named === undefined) variables.set(variable.name, [variable]);
    else named.push(variable);
  }
  return {
    path,
    text,
    starts: lineStarts(text),
    format: format.id,
    reading,
    variables,
    defined: definedNames(reading.variables),
  };
}

/** A parser of somebody else may throw on text that nobody wrote by hand; then the file is a problem. */
function safely(format: Format, path: string, text: string): Reading {
  const nothing = { references: [], variables: [], inclusions: [] };
  if (text.includes("\0") && format.guesses?.(path) === true) return { ...nothing, problems: [] };
  if (text.includes("\0"))
    return { ...nothing, problems: [{ path, message: `Not text: not read as ${format.title}.` }] };
  const longest = format.longest ?? LONGEST_TEXT;
  if (text.length > longest) return { ...nothing, problems: [{ path, message: tooLong(format, longest) }] };
  try {
    return format.read(text, path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...nothing, problems: [{ path, message: `Not understood as ${format.title}: ${reason.slice(0, 200)}` }] };
  }
}

/** One file must not hold up all others, whoever wrote it. */
function tooLong({ title }: Format, longest: number): string {
  const bound = longest < 1024 * 1024 ? `${longest / 1024} KiB` : `${longest / 1024 / 1024} MiB`;
  return `Longer than ${bound}: not read as ${title}. Split it, or leave it out with \`ignore\`.`;
}

function includersOf(files: ReadonlyMap<string, ReadFile>): World["includers"] {
  const includers = new Map<string, Includer[]>();
  for (const file of files.values()) {
    for (const inclusion of file.reading.inclusions) {
      const { variables, ...more } = inclusion;
      for (const target of targetsOf(files, file, inclusion)) {
        const known = includers.get(target) ?? [];
        includers.set(target, known);
        if (known.length < MOST_INCLUDERS) known.push(includerOf(file, variables, more));
      }
    }
  }
  return throughLists(includers);
}

function includerOf(file: ReadFile, variables: readonly Variable[], more: Partial<Inclusion>): Includer {
  const { scope, constraints, replaces } = more;
  return {
    file,
    variables,
    ...(scope === undefined ? {} : { scope }),
    ...(constraints === undefined ? {} : { constraints }),
    ...(replaces === undefined ? {} : { replaces }),
  };
}

/**
 * A list that only names another list (`-r base.txt`) has no values of its own, and a script hands on what it was given:
 * who includes it includes both. What it was called with stays its own.
 */
function throughLists(includers: ReadonlyMap<string, readonly Includer[]>): World["includers"] {
  const outer = (includer: Includer, depth: number): readonly Includer[] => {
    const handsOn = /^(?:requirements|shell)$/.test(includer.file.format) && depth < DEEPEST_LIST;
    const above = handsOn ? (includers.get(includer.file.path) ?? []) : [];
    const further = above.filter(({ file }) => file !== includer.file).map(withoutWords);
    return [includer, ...further.flatMap((one) => outer(one, depth + 1))].slice(0, MOST_INCLUDERS);
  };
  return new Map([...includers].map(([path, list]) => [path, list.flatMap((includer) => outer(includer, 0))]));
}

function withoutWords(includer: Includer): Includer {
  return { ...includer, variables: includer.variables.filter(({ name }) => !/^\d$/.test(name)) };
}

/** The first of the paths that exists; where a part of a path is filled while a command runs, every file that it can be. */
function targetsOf(files: World["files"], file: ReadFile, inclusion: Inclusion): string[] {
  const paths = pathsOf(files, file, inclusion).filter((path) => path !== file.path);
  const whole = paths.find((path) => files.has(path));
  if (whole !== undefined) return [whole];
  const open = paths
    .filter((path) => path.includes(HOLE) && OPEN_PATH.test(path))
    .map((path) => globMatcher(path.replace(HOLE, "*")));
  if (open.length === 0) return [];
  return [...files.keys()].filter((path) => path !== file.path && open.some((matches) => matches(path)));
}

/** `images/NAME/Dockerfile`: a folder is written, and the file in it. */
const OPEN_PATH = new RegExp(`^(?:[\\w.-]+/)+${HOLE}/[\\w.-]+$`);

/** Where the included file may be, with the holes of its path filled by what the file itself is given. */
function pathsOf(files: World["files"], file: ReadFile, { paths, composed }: Inclusion): readonly string[] {
  if (composed === undefined) return paths;
  const world: World = { files, locks: new Set(), commits: new Map(), includers: new Map() };
  const parts = composed.parts.map((part) =>
    typeof part === "string" ? part : resolveValue(world, file, { value: part }).text,
  );
  if (parts.some((part) => part.includes(HOLE))) return paths;
  return [...composed.folders.map((folder) => posix.join(folder, ...parts)), ...paths];
}
