import type { Pin, Problem } from "../domain/pin.ts";
import { messageOf } from "../lib/failure.ts";
import { redactText } from "../lib/secrets/redact.ts";
import { lineStarts } from "../lib/syntax/line-index.ts";
import { withoutTemplates } from "../lib/syntax/template-holes.ts";
import { type Format, LONGEST_TEXT, type Reading, type Variable } from "./format.ts";
import { FORMATS } from "./formats.ts";
import { link } from "./link.ts";
import { isLockFile } from "./locks.ts";
import { definedNames } from "./resolve/definitions.ts";
import { includersOf } from "./resolve/includers.ts";
import type { ReadFile } from "./resolve/read-tree.ts";

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
  const { pins, problems } = link({ files: read, locks, commits, includers: includersOf(read) });
  return { pins, problems: problems.map(withoutSecrets) };
}

/** What is not understood is often quoted, and addresses hold logins. */
function withoutSecrets(problem: Problem): Problem {
  const message = redactText(problem.message);
  return message === problem.message ? problem : { ...problem, message };
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
    return format.read(/\.j2$/i.test(path) ? withoutTemplates(text) : text, path);
  } catch (error) {
    const reason = messageOf(error);
    return { ...nothing, problems: [{ path, message: `Not understood as ${format.title}: ${reason.slice(0, 200)}` }] };
  }
}

/** One file must not hold up all others, whoever wrote it. */
function tooLong({ title }: Format, longest: number): string {
  const bound = longest < 1024 * 1024 ? `${longest / 1024} KiB` : `${longest / 1024 / 1024} MiB`;
  return `Longer than ${bound}: not read as ${title}. Split it, or leave it out with \`ignore\`.`;
}
