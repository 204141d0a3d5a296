import { type Hole, literalValue, type Piece, type Value } from "./pieces.ts";

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
/** In braces, an argument's number is a name, too. */
const BRACED = /[A-Za-z_][A-Za-z0-9_]*|[1-9]\d?/y;
/** `-`, `=` and their forms with a colon give a fallback; `?` only complains. */
const MODIFIER = /:?[-=?]/y;
/** Fixed text that is taken off the value's beginning or end. */
const CUT = /^(##?|%%?)([\w.:/@-]+)$/;
/** Everything from a mark on: `${NAME%%-*}`, `${NAME%~*}`. A dot would leave half a version. */
const CUT_TAIL = /^(%%?)([-~+_:@]\w{0,20})\*$/;
/** A workflow's spelling of an environment variable, an input, or a value of its matrix; what follows `||` is a fallback. */
const WORKFLOW =
  /^\$\{\{ *(?:env\.([A-Za-z_][\w-]*)|(?:github\.event\.)?((?:inputs|matrix)\.[A-Za-z_][\w-]*)) *(?:\|\| *'([^'\n]*)' *)?\}\}$/;
/** Longer ones are not holes that people write; the bound keeps hostile text linear. */
const LONGEST_HOLE = 1_000;

/** A hole that begins at a `$`, and the offset behind it; undefined when the `$` is only a character. */
export type FoundHole = { readonly hole: Hole; readonly next: number };

/**
 * Reads `$NAME`, `${NAME}`, `${NAME:-fallback}`, `${NAME:=fallback}`, `${NAME:?complaint}` and, as cut, `${NAME#fixed}`,
 * `${NAME%fixed}` and `${NAME%-*}`. Every other modifier (`/`, `^`, a pattern …) changes the value in a way that is not followed:
 * such a hole is named by its whole spelling, so that nothing fills it.
 */
export function readHole(text: string, at: number, end: number): FoundHole | undefined {
  if (text[at + 1] !== "{") return readBareHole(text, at, end);
  const close = closingBrace(text, at + 2, end);
  if (close === undefined) return undefined;
  const name = nameAt(BRACED, text, at + 2, close);
  const rest = at + 2 + (name?.length ?? 0);
  const span = { kind: "hole" as const, start: at, end: close + 1 };
  if (name !== undefined && rest === close) return { hole: { ...span, name }, next: close + 1 };
  MODIFIER.lastIndex = rest;
  const modifier = name === undefined ? undefined : MODIFIER.exec(text)?.[0];
  if (name === undefined || modifier === undefined) return changed(text, span, name, rest);
  if (modifier.endsWith("?")) return { hole: { ...span, name }, next: close + 1 };
  const fallback = readFallback(text, rest + modifier.length, close);
  return { hole: { ...span, name, fallback }, next: close + 1 };
}

/** A fallback may stand in quotes of its own. */
function readFallback(text: string, start: number, end: number): Value {
  const quote = text[start];
  const isQuoted = (quote === '"' || quote === "'") && end - start > 1 && text[end - 1] === quote;
  return isQuoted ? readPlainValue(text, start + 1, end - 1) : readPlainValue(text, start, end);
}

/** A hole with a modifier that changes the value: followed where it only cuts fixed text off. */
function changed(text: string, span: Omit<Hole, "name">, name: string | undefined, rest: number): FoundHole {
  const spelling = text.slice(span.start, span.end);
  const [, side, fixed] = name === undefined ? [] : (CUT.exec(text.slice(rest, span.end - 1)) ?? []);
  const hole = workflowHole(text, span, spelling);
  const [, cuts, mark] = name === undefined ? [] : (CUT_TAIL.exec(text.slice(rest, span.end - 1)) ?? []);
  if (name !== undefined && mark !== undefined) {
    const cut = { name, prefix: "", suffix: "", tail: { mark, first: cuts === "%%" } };
    return { hole: { ...hole, cut }, next: span.end };
  }
  if (name === undefined || side === undefined || fixed === undefined) return { hole, next: span.end };
  const cut = side.startsWith("#") ? { name, prefix: fixed, suffix: "" } : { name, prefix: "", suffix: fixed };
  return { hole: { ...hole, cut }, next: span.end };
}

function workflowHole(text: string, span: Omit<Hole, "name">, spelling: string): Hole {
  const [, variable, value, fallback] = WORKFLOW.exec(spelling) ?? [];
  const hole: Hole = { ...span, name: variable ?? value ?? spelling };
  if (fallback === undefined) return hole;
  const end = span.start + spelling.lastIndexOf("'");
  return { ...hole, fallback: literalValue(text, end - fallback.length, end) };
}

/** Text with holes and nothing else: a YAML scalar, a requirement, a `.env` value. `$$` and `\$` are a dollar sign. */
export function readPlainValue(text: string, start: number, end: number): Value {
  const pieces: Piece[] = [];
  let from = start;
  let at = text.indexOf("$", start);
  while (at >= 0 && at < end) {
    const found = isEscaped(text, at, start) ? undefined : readHole(text, at, end);
    if (found !== undefined) {
      pushLiteral(pieces, text, from, at);
      pieces.push(found.hole);
      from = found.next;
    }
    at = text.indexOf("$", found?.next ?? (text[at + 1] === "$" ? at + 2 : at + 1));
  }
  pushLiteral(pieces, text, from, end);
  return { start, end, pieces };
}

/** Adds the slice as a literal, unless it is empty. */
export function pushLiteral(pieces: Piece[], text: string, start: number, end: number): void {
  if (start < end) pieces.push({ kind: "literal", text: text.slice(start, end), start, end });
}

function readBareHole(text: string, at: number, end: number): FoundHole | undefined {
  const name = nameAt(NAME, text, at + 1, end);
  if (name === undefined) return undefined;
  const next = at + 1 + name.length;
  return { hole: { kind: "hole", name, start: at, end: next }, next };
}

function nameAt(pattern: RegExp, text: string, at: number, end: number): string | undefined {
  pattern.lastIndex = at;
  const name = pattern.exec(text)?.[0];
  return name === undefined || at + name.length > end ? undefined : name;
}

function closingBrace(text: string, from: number, end: number): number | undefined {
  let depth = 1;
  for (let at = from; at < Math.min(end, from + LONGEST_HOLE); at += 1) {
    if (text[at] === "\n") return undefined;
    if (text[at] === "{") depth += 1;
    if (text[at] === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return undefined;
}

function isEscaped(text: string, at: number, start: number): boolean {
  return at > start && text[at - 1] === "\\";
}
