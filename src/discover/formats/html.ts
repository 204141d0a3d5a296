import { type Piece, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import type { Checksum, Format, Reading, Reference, Variable } from "../format.ts";
import { isLibraryUrl } from "../readers/packages/read-url.ts";

/** Pages and templates of pages: what browsers load from elsewhere (https://html.spec.whatwg.org/multipage/). */
export const html: Format = {
  id: "html",
  title: "HTML page or template",
  matches: (path) => NAME.test(path),
  read: readPage,
};

const NAME =
  /\.(?:x?html?|shtml|jinja2?|j2|njk|twig|liquid|erb|ejs|hbs|handlebars|mustache|phtml|php|vue|svelte|astro|cshtml|gohtml|jsp|tmpl|tpl)$/i;
/** A comment (not a conditional one: old browsers read what it holds), or a tag that loads something. */
const OPENING = /<!--(?!\[if)|\{#(?=[\s-])|<(script|link)(?=[\s/>])/gi;
const ATTRIBUTE = /(?<![\w:@.-])([\w:@.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>`]+))/g;
const HASH = /(?<![\w-])(sha256|sha384|sha512)-([A-Za-z0-9+/]+={0,2})/g;
const ADDRESS = /(["'`])((?:https?:)?\/\/[^\s"'`<>\\]{1,500})\1/g;
const EXPRESSION = /\{\{-?\s*([A-Za-z_]\w*)\s*-?\}\}|\{\{[^{}]*\}\}|\{%[^%]*%\}|<[?%][^<>]*[?%]>|\$\{[^{}]*\}/g;
const ASSIGNMENT = /\{%-?\s*(?:set|assign)\s+([A-Za-z_]\w*)\s*=\s*(["'])([^"'{}%\n]*)\2/g;
const LOADS = /stylesheet|preload|prefetch/i;

type Attributes = ReadonlyMap<string, Value>;
/** Finds a text from an offset on, and remembers when there is none left, so that nothing is searched twice in vain. */
type Find = (wanted: string, from: number) => number | undefined;

function readPage(text: string): Reading {
  const find = finder(text);
  const references: Reference[] = [];
  const opening = new RegExp(OPENING);
  for (let found = opening.exec(text); found !== null; found = opening.exec(text)) {
    const tag = found[1]?.toLowerCase();
    if (tag === undefined) {
      const closing = found[0] === "{#" ? "#}" : "-->";
      opening.lastIndex = find(closing, opening.lastIndex) ?? opening.lastIndex;
      continue;
    }
    const from = opening.lastIndex;
    const end = tagEnd(text, from);
    references.push(...loadedBy(tag, attributesOf(text, from, end)));
    const close = tag === "script" ? (find("</script", end) ?? end) : end;
    references.push(...importsOf(text, end, close));
    opening.lastIndex = close;
  }
  return { references, variables: variablesOf(text), inclusions: [], problems: [] };
}

function finder(text: string): Find {
  const lower = text.toLowerCase().length === text.length ? text.toLowerCase() : text;
  const absent = new Set<string>();
  return (wanted, from) => {
    const at = absent.has(wanted) ? -1 : lower.indexOf(wanted, from);
    if (at >= 0) return at;
    absent.add(wanted);
    return undefined;
  };
}

/** Where a tag closes; what a template inserts may hold brackets. A tag that is never closed ends where the next opens. */
function tagEnd(text: string, from: number): number {
  let quote = "";
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === "<" && !/[%?]/.test(text[at + 1] ?? "")) return at;
    if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === ">" && !/[%?]/.test(text[at - 1] ?? "")) return at;
    else if (character === '"' || character === "'") quote = character;
  }
  return text.length;
}

function attributesOf(text: string, start: number, end: number): Attributes {
  const attributes = new Map<string, Value>();
  for (const match of text.slice(start, end).matchAll(ATTRIBUTE)) {
    const [whole, name = "", double, single, bare = ""] = match;
    const length = (double ?? single ?? bare).length;
    const stop = start + match.index + whole.length - (double === undefined && single === undefined ? 0 : 1);
    attributes.set(name.toLowerCase(), templated(text, stop - length, stop));
  }
  return attributes;
}

function loadedBy(tag: string, attributes: Attributes): Reference[] {
  const value = attributes.get(tag === "script" ? "src" : "href");
  const relation = attributes.get("rel");
  const loads = tag === "script" || (relation !== undefined && LOADS.test(visibleText(relation)));
  if (value === undefined || !loads || !/^(?:https?:)?\/\//i.test(visibleText(value))) return [];
  const checksums = checksumsOf(attributes.get("integrity"));
  return [{ kind: "url", value, ...(checksums.length === 0 ? {} : { checksums }) }];
}

/** Subresource Integrity (https://www.w3.org/TR/SRI/): one or several hashes in base64. */
function checksumsOf(integrity: Value | undefined): Checksum[] {
  const [piece] = integrity?.pieces ?? [];
  if (integrity?.pieces.length !== 1 || piece?.kind !== "literal") return [];
  return [...piece.text.matchAll(HASH)].flatMap((match) => {
    const [whole, algorithm, hash = ""] = match;
    const known = (["sha256", "sha384", "sha512"] as const).find((one) => one === algorithm);
    if (known === undefined) return [];
    const end = piece.start + match.index + whole.length;
    const start = end - hash.length;
    const value: Value = { start, end, pieces: [{ kind: "literal", text: hash, start, end }] };
    return [{ value, algorithm: known, encoding: "base64" }];
  });
}

/** Modules that a script, or an import map, names by the address of a host for libraries. */
function importsOf(text: string, start: number, end: number): Reference[] {
  return [...text.slice(start, end).matchAll(ADDRESS)].flatMap((match): Reference[] => {
    const from = start + match.index + 1;
    const before = text.slice(Math.max(start, from - 300), from);
    if (/(?:^|\n)\s*(?:\/\/|\*)[^\n]*$/.test(before) || !isLibraryUrl(match[2] ?? "")) return [];
    return [{ kind: "url", value: templated(text, from, from + (match[2] ?? "").length) }];
  });
}

/** A text in which a template inserts values: `{{ name }}` can be filled, every other expression cannot. */
function templated(text: string, start: number, end: number): Value {
  const pieces: Piece[] = [];
  let from = start;
  const literal = (to: number) => {
    if (from < to) pieces.push({ kind: "literal", text: text.slice(from, to), start: from, end: to });
  };
  for (const match of text.slice(start, end).matchAll(EXPRESSION)) {
    const at = start + match.index;
    const stop = at + match[0].length;
    literal(at);
    pieces.push({ kind: "hole", name: match[1] ?? `$${match[0]}`, start: at, end: stop });
    from = stop;
  }
  literal(end);
  return { start, end, pieces };
}

function variablesOf(text: string): Variable[] {
  return [...text.matchAll(ASSIGNMENT)].map((match) => {
    const [whole, name = "", , written = ""] = match;
    const end = match.index + whole.length - 1;
    return { name, value: templated(text, end - written.length, end) };
  });
}
