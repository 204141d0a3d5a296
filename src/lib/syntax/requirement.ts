import { HOLE } from "./pieces.ts";

/**
 * One requirement (PEP 508, https://peps.python.org/pep-0508/) by offsets in its text: the name, the whole specifier,
 * and the version of it, wildcard and all, where there is exactly one clause.
 */
export type Requirement = {
  readonly name: string;
  readonly nameEnd: number;
  /** `>=2,<3` with its offsets; absent when nothing is required. */
  readonly specifier?: { readonly text: string; readonly start: number; readonly end: number };
  readonly version?: { readonly operator: string; readonly text: string; readonly start: number; readonly end: number };
  /** The URL of a direct reference, `name @ URL`. */
  readonly url?: { readonly start: number; readonly end: number };
};

const NAMED = /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*/;
const CLAUSE = new RegExp(`^(===|==|~=|!=|<=|>=|<|>)\\s*([\\w.*+!${HOLE}-]+)$`);

/** Undefined when the text is not a named requirement: an option, a path, a bare URL. Markers after `;` are left out. */
export function parseRequirement(text: string): Requirement | undefined {
  const named = NAMED.exec(text);
  const name = named?.[1];
  if (named === null || name === undefined) return undefined;
  const from = named[0].length;
  const nameEnd = named[0].trimEnd().length;
  if (text[from] === "@") return directReference(text, name, nameEnd, from + 1);
  const specifier = specifierAt(text, from);
  if (specifier === undefined) return undefined;
  if (specifier.text === "") return { name, nameEnd };
  const version = singleClause(specifier.text, specifier.start);
  return { name, nameEnd, specifier, ...(version === undefined ? {} : { version }) };
}

function directReference(text: string, name: string, nameEnd: number, from: number): Requirement {
  const start = from + (text.slice(from).length - text.slice(from).trimStart().length);
  const space = text.slice(start).search(/\s/);
  return { name, nameEnd, url: { start, end: space < 0 ? text.length : start + space } };
}

/** The clauses up to a marker, trimmed and without the parentheses they may stand in; undefined when they are none. */
function specifierAt(text: string, from: number): { text: string; start: number; end: number } | undefined {
  const marker = text.indexOf(";", from);
  let start = from;
  let end = marker < 0 ? text.length : marker;
  while (end > start && /[\s)]/.test(text[end - 1] ?? "")) end -= 1;
  while (start < end && /[\s(]/.test(text[start] ?? "")) start += 1;
  const clauses = text.slice(start, end);
  const clean = clauses === "" || clauses.split(",").every((clause) => CLAUSE.test(clause.trim()));
  return clean ? { text: clauses, start, end } : undefined;
}

function singleClause(clauses: string, offset: number): Requirement["version"] {
  const found = CLAUSE.exec(clauses);
  const [, operator, version] = found ?? [];
  if (operator === undefined || version === undefined) return undefined;
  const start = offset + clauses.length - version.length;
  return { operator, text: version, start, end: start + version.length };
}
