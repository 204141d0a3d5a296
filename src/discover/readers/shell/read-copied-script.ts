import { posix } from "node:path";
import type { Span } from "../../../lib/syntax/pieces.ts";
import { readWords } from "../../../lib/syntax/shell.ts";
import type { Inclusion, Variable } from "../../format.ts";
import type { ScriptReading } from "./read-shell.ts";

/** A file or a folder of the build context, and where an image has it. */
export type Copy = { readonly source: string; readonly target: string };

type Build = {
  readonly text: string;
  readonly path: string;
  readonly escape: string;
  readonly copies: readonly Copy[];
  readonly scope: string;
};

const SCRIPT = /(?<![\w./:-])[\w./-]{1,200}\.(?:sh|bash)(?![\w.-])/g;
const REST = /(?:[^;&|<>\n\\]|\\[ \t]*\r?\n)*/y;
const MOST_SCRIPTS = 50;
/** Of one image; nobody copies more by hand, and each script is looked for in all of them. */
const MOST_COPIES = 200;
const MOST_SOURCES = 20;

/** Adds what is copied, up to a bound that keeps a hostile file's time in proportion to its length. */
export function addCopy(copies: Copy[], copy: Copy): void {
  if (copies.length < MOST_COPIES) copies.push(copy);
}

/** Scripts of the project that a build step runs: they see the variables of the stage, and are called with words. */
export function includeScripts(build: Build, span: Span): Inclusion[] {
  if (build.copies.length === 0) return [];
  const found = [...build.text.slice(span.start, span.end).matchAll(SCRIPT)].slice(0, MOST_SCRIPTS);
  return found.flatMap(({ 0: script, index }): Inclusion[] => {
    const paths = pathsOf(build, script);
    const at = span.start + index + script.length;
    return paths.length === 0 ? [] : [{ paths, variables: wordsBehind(build, at, span.end), scope: build.scope }];
  });
}

/** Lists of Python packages that a build step installs: they see the variables of the step. */
export function includeLists(build: Build, lists: ScriptReading["lists"]): Inclusion[] {
  return lists.flatMap(({ requirements, constraints, scope }) =>
    requirements.map((file) => ({
      paths: pathsOf(build, file),
      variables: [],
      scope,
      constraints: constraints.flatMap((one) => pathsOf(build, one)),
    })),
  );
}

/** Files of the context that a build step puts values into. */
export function includeChanged(build: Build, substitutions: ScriptReading["substitutions"]): Inclusion[] {
  return substitutions.flatMap(({ files, replaces }) =>
    files.map((file) => ({ paths: pathsOf(build, file), variables: [], scope: build.scope, replaces })),
  );
}

/** Where the context has what the image has at a path, as seen from the Dockerfile and from the project's root. */
function pathsOf({ copies, path }: Build, script: string): string[] {
  const sources: string[] = [];
  const name = posix.basename(script);
  for (const copy of copies) {
    const source = sourceIn(copy, script, name);
    if (source !== undefined) sources.push(source);
    if (sources.length === MOST_SOURCES) break;
  }
  return sources.flatMap((source) => [
    posix.join(posix.dirname(path), source),
    posix.normalize(source.replace(/^\/+/, "")),
  ]);
}

function sourceIn({ source, target }: Copy, script: string, name: string): string | undefined {
  if (target === script || posix.basename(source) === name) return source;
  if (/\.\w+$/.test(source) && source !== ".") return undefined;
  if (!script.startsWith("/")) return posix.join(source, script);
  const folder = target.replace(/(?<!\/)\/*$/, "/");
  return script.startsWith(folder) ? posix.join(source, script.slice(folder.length)) : undefined;
}

/** What a script is called with, as `1`, `2` … */
function wordsBehind({ text, escape: escapeCharacter, scope }: Build, at: number, end: number): Variable[] {
  REST.lastIndex = at;
  const length = REST.exec(text)?.[0].length ?? 0;
  const words = readWords(text, at, Math.min(at + length, end), escapeCharacter);
  return words.slice(0, 9).map((value, index) => ({ name: String(index + 1), value, scope }));
}
