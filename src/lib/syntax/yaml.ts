import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  parseDocument,
  Scalar,
  type YAMLMap,
} from "yaml";
import type { Problem } from "../../domain/pin.ts";
import { readPlainValue } from "./holes.ts";
import { literalValue, type Span, type Value } from "./pieces.ts";

/** One document. Aliases are followed one at a time and never expanded, so that no document can grow. */
export type Yaml = {
  readonly root: Node | null;
  readonly problems: readonly Problem[];
  /** The node an alias stands for; every other node is itself. */
  readonly follow: (node: unknown) => Node | undefined;
  /** What mappings were found to hold, so that each is looked into once. */
  readonly entries: Map<Node, readonly Entry[]>;
};

/** A key and its value, aliases followed. */
export type Entry = { readonly key: string; readonly value: Node };

const MOST_ALIASES = 5_000;
const MOST_PROBLEMS = 5;

/** Parses what can be parsed; what cannot is a problem with its line. */
export function parseYaml(text: string, path: string): Yaml {
  const lineCounter = new LineCounter();
  return toYaml(parseDocument(text, { ...OPTIONS, lineCounter }), lineCounter, path);
}

/** As `parseYaml`, for a file of several documents. */
export function parseYamlDocuments(text: string, path: string): Yaml[] {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { ...OPTIONS, lineCounter });
  return [...documents].map((document) => toYaml(document, lineCounter, path));
}

const OPTIONS = { prettyErrors: false, uniqueKeys: false };

function toYaml(document: Document.Parsed, lineCounter: LineCounter, path: string): Yaml {
  const anchors = new Map<string, Node>();
  let aliases = 0;
  const follow = (node: unknown): Node | undefined => {
    if (!isAlias(node)) return isMap(node) || isSeq(node) || isScalar(node) ? node : undefined;
    aliases += 1;
    if (aliases > MOST_ALIASES) return undefined;
    const known = anchors.get(node.source) ?? node.resolve(document);
    if (known !== undefined) anchors.set(node.source, known);
    return known;
  };
  const problems = document.errors.slice(0, path.endsWith(".json") ? 1 : MOST_PROBLEMS).map((error) => ({
    path,
    line: lineCounter.linePos(error.pos[0]).line,
    message: path.endsWith(".json") ? NOT_JSON : `Not valid YAML: ${error.message.slice(0, 200)}`,
  }));
  return { root: document.contents, problems, follow, entries: new Map() };
}

/** JSON is read as the YAML that it is; who wrote JSON is not told in the words of YAML. */
const NOT_JSON = "Not valid JSON: near here a comma, a quote or a bracket is missing, or one too many.";

/** The entries of a mapping in order, those of merged mappings (`<<`) behind its own; none for everything else. */
export function entriesOf(yaml: Yaml, node: unknown): readonly Entry[] {
  const map = yaml.follow(node);
  if (!isMap(map)) return [];
  const known = yaml.entries.get(map);
  if (known !== undefined) return known;
  yaml.entries.set(map, []); // a mapping that merges itself finds nothing
  const found = new Map<string, Node>();
  const add = ({ key, value }: Entry) => {
    if (!found.has(key)) found.set(key, value);
  };
  const pairs = pairsOf(yaml, map);
  for (const pair of pairs) if (pair.key !== "<<") add(pair);
  for (const { key, value } of pairs) {
    if (key !== "<<") continue;
    for (const source of isSeq(value) ? itemsOf(yaml, value) : [value]) entriesOf(yaml, source).forEach(add);
  }
  const entries = [...found].map(([key, value]) => ({ key, value }));
  yaml.entries.set(map, entries);
  return entries;
}

function pairsOf(yaml: Yaml, map: YAMLMap): Entry[] {
  return map.items.flatMap((pair) => {
    const value = yaml.follow(pair.value);
    return value === undefined ? [] : [{ key: isScalar(pair.key) ? String(pair.key.value) : "", value }];
  });
}

/** The value under a path of keys. */
export function childOf(yaml: Yaml, node: unknown, ...keys: readonly string[]): Node | undefined {
  const [first, ...rest] = keys;
  if (first === undefined) return yaml.follow(node);
  const entry = entriesOf(yaml, node).find(({ key }) => key === first);
  return entry === undefined ? undefined : childOf(yaml, entry.value, ...rest);
}

/** The items of a sequence; none for everything else. */
export function itemsOf(yaml: Yaml, node: unknown): Node[] {
  const list = yaml.follow(node);
  return isSeq(list) ? list.items.flatMap((item) => yaml.follow(item) ?? []) : [];
}

/** Where the text of a scalar stands, without quotes or block header; undefined when it is no scalar. */
export function spanOf(text: string, node: Node | undefined): Span | undefined {
  if (!isScalar(node) || !node.range) return undefined;
  const [start, end] = node.range;
  if (node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE) return { start: start + 1, end: end - 1 };
  if (!isBlock(node)) return { start, end };
  const header = text.indexOf("\n", start);
  return { start: header < 0 || header > end ? end : header + 1, end };
}

/** True for a scalar whose line breaks are spaces. */
export function isFolded(node: Node | undefined): boolean {
  return isScalar(node) && node.type !== Scalar.BLOCK_LITERAL;
}

/** A scalar with its `${…}` holes; undefined for empty ones and what is no scalar. */
export function scalarOf(text: string, node: Node | undefined): Value | undefined {
  const span = spanOf(text, node);
  return span === undefined || span.start >= span.end ? undefined : readPlainValue(text, span.start, span.end);
}

/** The lines of a scalar as values: a list that is written as one text. */
export function linesOf(text: string, node: Node | undefined): Value[] {
  const span = spanOf(text, node);
  if (span === undefined) return [];
  return [...text.slice(span.start, span.end).matchAll(/[^\s,][^\n,]*/g)].map((match) => {
    const start = span.start + match.index;
    return readPlainValue(text, start, start + match[0].trimEnd().length);
  });
}

/** A scalar as it is, `$` included. */
export function literalOf(text: string, node: Node | undefined): Value | undefined {
  const span = spanOf(text, node);
  return span === undefined || span.start >= span.end ? undefined : literalValue(text, span.start, span.end);
}

function isBlock(node: Scalar): boolean {
  return node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED;
}
