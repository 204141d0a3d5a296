import { toPurl } from "../../domain/upstream.ts";
import { literalValue } from "../../lib/syntax/pieces.ts";
import type { Format, Reading, Reference } from "../format.ts";

/** Go modules (https://go.dev/ref/mod#go-mod-file). */
export const goMod: Format = {
  id: "go-mod",
  title: "Go module",
  matches: (path) => /(?:^|\/)go\.mod$/.test(path) && !/(?:^|\/)testdata\//.test(path),
  read: readGoMod,
};

const WORD = /"([^"\n]*)"|`([^`\n]*)`|[^\s"`()]+|[()]/g;
const VERSION = /^v\d+\.\d+\.\d+(?!\d)[\w.+-]*$/;

type Word = { readonly text: string; readonly start: number };

function readGoMod(text: string): Reading {
  const references: Reference[] = [];
  const publishes: string[] = [];
  let block = "";
  let offset = 0;
  for (const line of text.split("\n")) {
    const comment = line.indexOf("//");
    const words = wordsOf(comment < 0 ? line : line.slice(0, comment), offset);
    offset += line.length + 1;
    const [first] = words;
    if (first === undefined) continue;
    if (first.text === ")") block = "";
    else if (words.at(-1)?.text === "(") block = first.text;
    else {
      const [verb, rest] = block === "" ? [first.text, words.slice(1)] : [block, words];
      if (verb === "module" && rest[0] !== undefined) publishes.push(toPurl("golang", rest[0].text));
      references.push(...readDirective(text, verb, rest));
    }
  }
  const locked = references.map((reference) => ({ ...reference, locked: true }));
  return { references: locked, variables: [], inclusions: [], publishes, problems: [] };
}

/** What is replaced is never fetched, but its line stays true for whoever uses this module: both are told. */
function readDirective(text: string, verb: string, words: readonly Word[]): Reference[] {
  if (verb === "toolchain") return words.flatMap((word) => readToolchain(text, word));
  if (verb === "require") return moduleOf(text, words[0], words[1]);
  const arrow = verb === "replace" ? words.findIndex((word) => word.text === "=>") : -1;
  return arrow < 0 ? [] : moduleOf(text, words[arrow + 1], words[arrow + 2]);
}

function moduleOf(text: string, name: Word | undefined, version: Word | undefined): Reference[] {
  if (name === undefined || version === undefined || !VERSION.test(version.text)) return [];
  const value = literalValue(text, version.start, version.start + version.text.length);
  const upstream = toPurl("golang", name.text);
  return [{ kind: "version", value, upstream, scheme: "semver", name: name.text, precision: "exact" }];
}

function readToolchain(text: string, { text: word, start }: Word): Reference[] {
  if (!/^go\d+\.\d+/.test(word)) return [];
  const value = literalValue(text, start + "go".length, start + word.length);
  const known = { upstream: "pkg:github/golang/go", tagTemplate: "go{version}", scheme: "loose", name: "go" };
  return [{ kind: "version", value, precision: "exact", ...known }];
}

function wordsOf(line: string, offset: number): Word[] {
  return [...line.matchAll(WORD)].map(({ 0: whole, 1: double, 2: raw, index }) => {
    const quoted = double ?? raw;
    return { text: quoted ?? whole, start: offset + index + (quoted === undefined ? 0 : 1) };
  });
}
