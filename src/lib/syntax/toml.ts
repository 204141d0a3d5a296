import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import type { Problem } from "../../domain/pin.ts";
import { literalValue, type Value } from "./pieces.ts";

/** A part of a TOML document: a table, a list, or a scalar with the place it stands at (quotes left out). */
export type TomlNode = {
  readonly table?: ReadonlyMap<string, TomlNode>;
  readonly items?: readonly TomlNode[];
  /** Strings, numbers, booleans and dates as written. */
  readonly scalar?: Value;
  /** True where the scalar is a string. */
  readonly isString?: boolean;
};

/** A document as far as it could be understood. */
export type Toml = { readonly root: TomlNode; readonly problems: readonly Problem[] };

type Growing = {
  table?: Map<string, Growing>;
  items?: Growing[];
  scalar?: Value;
  isString?: boolean;
};

const MOST_PROBLEMS = 4;

/** Parses TOML (https://toml.io/en/v1.1.0). A line that is not TOML is a problem and left out; the others are read. */
export function parseToml(text: string, path: string): Toml {
  const problems: Problem[] = [];
  let readable = text;
  while (problems.length < MOST_PROBLEMS) {
    const parsed = parse(readable);
    if (!(parsed instanceof ParseError)) return { root: toTree(parsed, text), problems };
    const { lineNumber: line, message } = parsed;
    problems.push({ path, line, message: `Not valid TOML: ${message.slice(0, 200)}` });
    readable = withoutLine(readable, line);
  }
  return { root: {}, problems };
}

/** The value under a path of keys. */
export function tomlAt(node: TomlNode | undefined, ...keys: readonly string[]): TomlNode | undefined {
  return keys.reduce((at: TomlNode | undefined, key) => at?.table?.get(key), node);
}

/** The entries of a table; none for everything else. */
export function tomlEntries(node: TomlNode | undefined): { readonly key: string; readonly value: TomlNode }[] {
  return [...(node?.table ?? [])].map(([key, value]) => ({ key, value }));
}

/** The values under a path in which `*` is every key, or every item of a list. */
export function tomlAll(node: TomlNode | undefined, ...keys: readonly string[]): TomlNode[] {
  const [first, ...rest] = keys;
  if (first === undefined) return node === undefined ? [] : [node];
  if (first !== "*") return tomlAll(node?.table?.get(first), ...rest);
  return [...(node?.table?.values() ?? []), ...(node?.items ?? [])].flatMap((child) => tomlAll(child, ...rest));
}

/** The text of a string; undefined for everything else. */
export function tomlString(node: TomlNode | undefined): Value | undefined {
  return node?.isString === true ? node.scalar : undefined;
}

/** The strings of a list, and a string that stands alone. */
export function tomlStrings(node: TomlNode | undefined): Value[] {
  return [node, ...(node?.items ?? [])].flatMap((item) => tomlString(item) ?? []);
}

function parse(text: string): AST.TOMLProgram | ParseError {
  try {
    return parseTOML(text, { tomlVersion: "1.1" });
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
}

/** Blanks a line, so that all offsets stay true. */
function withoutLine(text: string, line: number): string {
  const lines = text.split("\n");
  return lines.map((one, index) => (index === line - 1 ? " ".repeat(one.length) : one)).join("\n");
}

function toTree(program: AST.TOMLProgram, text: string): TomlNode {
  const root: Growing = {};
  for (const node of program.body[0].body) {
    if (node.type === "TOMLKeyValue") add(root, node, text);
    else {
      const table = node.resolvedKey.reduce(under, root);
      for (const entry of node.body) add(table, entry, text);
    }
  }
  return root;
}

function add(table: Growing, { key, value }: AST.TOMLKeyValue, text: string): void {
  const names = key.keys.map((name) => (name.type === "TOMLBare" ? name.name : name.value));
  fill(names.reduce(under, table), value, text);
}

function under(node: Growing, key: string | number): Growing {
  const child: Growing = (typeof key === "number" ? node.items?.[key] : node.table?.get(key)) ?? {};
  if (typeof key === "string") {
    node.table ??= new Map();
    node.table.set(key, child);
  } else {
    node.items ??= [];
    node.items[key] = child;
  }
  return child;
}

function fill(node: Growing, content: AST.TOMLContentNode, text: string): void {
  if (content.type === "TOMLInlineTable") {
    for (const entry of content.body) add(node, entry, text);
  } else if (content.type === "TOMLArray") {
    node.items = content.elements.map((element) => {
      const item: Growing = {};
      fill(item, element, text);
      return item;
    });
  } else {
    const quotes = content.kind !== "string" ? 0 : content.multiline ? 3 : 1;
    const [start, end] = content.range;
    node.scalar = literalValue(text, start + quotes, end - quotes);
    node.isString = content.kind === "string";
  }
}
