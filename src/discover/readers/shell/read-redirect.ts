import { toPurl } from "../../../domain/upstream.ts";
import { EMPTY_VALUE, linesOf, literalValue, sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { ShellCommand } from "../../../lib/syntax/shell-cursor.ts";
import type { Reference } from "../../format.ts";
import { readRequirement } from "../packages/read-requirement.ts";

const REQUIREMENTS = /(?:^|\/)[\w.-]*(?:requirements|constraints)[\w.-]*\.(?:txt|in)$/i;
const GEMFILE = /(?:^|\/)Gemfile$/;
const DOCKERFILE = /(?:^|\/)(?:[\w.-]+\.)?(?:docker|container)file(?:[.-][\w.-]+)?$/i;

/** Packages that a script writes into a file from which they are installed: `echo "name==1.2" >> requirements.txt`. */
export function readWritten(text: string, command: ShellCommand): Reference[] {
  const { words, heredocs = [] } = command;
  const program = visibleText(words[0] ?? EMPTY_VALUE);
  if (!/^(?:echo|printf|cat|tee)$/.test(program)) return [];
  const redirect = words.findIndex((word) => /^>{1,2}/.test(visibleText(word)));
  const target = program === "tee" ? words.at(-1) : targetOf(words, redirect);
  const name = target === undefined ? "" : visibleText(target).replace(/^>+/, "").slice(-1024);
  const said = /^(?:echo|printf)$/.test(program) ? words.slice(1, redirect) : [];
  const documents = heredocs.map(({ start, end }) => literalValue(text, start, end));
  const lines = [...said, ...documents].flatMap(linesOf);
  if (REQUIREMENTS.test(name)) return lines.flatMap((line) => exactRequirement(line));
  if (GEMFILE.test(name)) return lines.flatMap((line) => readGem(line));
  return DOCKERFILE.test(name) ? documents.flatMap(linesOf).flatMap(readFrom) : [];
}

function targetOf(words: readonly Value[], redirect: number): Value | undefined {
  const word = redirect < 0 ? undefined : words[redirect];
  return word !== undefined && /^>{1,2}$/.test(visibleText(word)) ? words[redirect + 1] : word;
}

/** Bounds and bare names in such a file say what may be there; only an exact version is a choice of this script. */
function exactRequirement(line: Value): Reference[] {
  const reference = readRequirement(line);
  return reference === undefined || (reference.kind === "version" && reference.precision !== "exact")
    ? []
    : [reference];
}

/** `gem 'name'[, 'version'][, git: 'url'[, tag: 'v1']]`. */
function readGem(line: Value): Reference[] {
  const text = visibleText(line);
  const [, name] = /^gem\s+["']([\w.-]+)["']/.exec(text) ?? [];
  if (name === undefined) return [];
  const git = partOf(line, /\bgit(?::|\s*=>)\s*["']([^"']+)["']/);
  if (git !== undefined) {
    const ref = partOf(line, /\b(?:tag|ref|branch)(?::|\s*=>)\s*["']([^"']+)["']/);
    return [{ kind: "git", value: git, name, ...(ref === undefined ? {} : { ref }) }];
  }
  const version = partOf(line, /^gem\s+["'][\w.-]+["']\s*,\s*["']([^"']+)["']/);
  const precision = version === undefined ? "floating" : /^(?:=\s*)?\d/.test(visibleText(version)) ? "exact" : "range";
  const value = version ?? { start: line.start, end: line.start, pieces: [] };
  return [{ kind: "version", upstream: toPurl("gem", name), name, value, precision }];
}

function readFrom(line: Value): Reference[] {
  const image = partOf(line, /^FROM\s+(?:--\S+\s+)*(\S+)/i);
  return image === undefined ? [] : [{ kind: "image", value: image }];
}

function partOf(line: Value, pattern: RegExp): Value | undefined {
  const found = pattern.exec(visibleText(line));
  const part = found?.[1];
  if (found === null || part === undefined) return undefined;
  const start = found.index + found[0].lastIndexOf(part);
  return sliceValue(line, start, start + part.length);
}
