import { pushLiteral } from "./holes.ts";
import type { Hole, Piece, Value } from "./pieces.ts";

/** The words of one statement: commands, and what stands on either side of an equals sign. */
export type PowerShellStatement = { readonly words: readonly Value[] };

type Cursor = { readonly text: string; readonly words: Value[]; at: number };

const ENDS = ";|&(){},\n";
const VARIABLE = /\$(?:\{([^}\n]{1,200})\}|((?:\w{1,40}:)?\w{1,200}))/y;

/**
 * Splits PowerShell into the words of its statements (https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_parsing).
 * Parentheses and braces end a statement, as what stands in them is read as one of its own. Names of variables are
 * holes in lower case, without `script:` and the like. Never fails; what is not closed ends with the text.
 */
export function readPowerShell(text: string): PowerShellStatement[] {
  const statements: PowerShellStatement[] = [];
  const cursor: Cursor = { text, words: [], at: 0 };
  while (cursor.at < text.length) {
    const character = text[cursor.at] ?? "";
    if (skip(cursor, character)) continue;
    if (ENDS.includes(character)) {
      if (cursor.words.length > 0) statements.push({ words: cursor.words.splice(0) });
      cursor.at += 1;
    } else cursor.words.push(readWord(cursor));
  }
  if (cursor.words.length > 0) statements.push({ words: cursor.words });
  return statements;
}

/** White space, comments, and a line break behind a backtick. */
function skip(cursor: Cursor, character: string): boolean {
  const { text, at } = cursor;
  if (character !== "\n" && /\s/.test(character)) cursor.at += 1;
  else if (text.startsWith("<#", at)) cursor.at = behind(text, "#>", at + 2);
  else if (character === "#") cursor.at = before(text, "\n", at);
  else if (character === "`" && /^`[ \t]*\r?\n/.test(text.slice(at, at + 20))) cursor.at = behind(text, "\n", at);
  else return false;
  return true;
}

function readWord(cursor: Cursor): Value {
  const start = cursor.at;
  const pieces: Piece[] = [];
  if (cursor.text[start] === "=") {
    cursor.at += 1;
    pushLiteral(pieces, cursor.text, start, cursor.at);
    return { start, end: cursor.at, pieces };
  }
  do readPart(cursor, pieces);
  while (cursor.at < cursor.text.length && !endsWord(cursor, pieces));
  return { start, end: cursor.at, pieces };
}

/** `=` ends a word behind a variable, and a type ends in front of one: `[string]$Version="1.2"`. */
function endsWord({ text, at }: Cursor, pieces: readonly Piece[]): boolean {
  const character = text[at] ?? "";
  const [only] = pieces;
  if (/\s/.test(character) || ENDS.includes(character)) return true;
  if (character === "=" && pieces.length === 1 && only?.kind === "hole") return true;
  return character === "$" && pieces.length === 1 && only?.kind === "literal" && /^\[[\w.]+\]$/.test(only.text);
}

function readPart(cursor: Cursor, pieces: Piece[]): void {
  const { text, at } = cursor;
  const character = text[at];
  if (text.startsWith('@"', at) || text.startsWith("@'", at)) readHereString(cursor, pieces);
  else if (character === "'") readLiteral(cursor, pieces);
  else if (character === '"') readExpandable(cursor, pieces, at + 1, '"');
  else if (character === "$") readVariable(cursor, pieces, "a word of its own");
  else {
    const start = at;
    do cursor.at += 1;
    while (cursor.at < text.length && !/[\s'"$=]/.test(text[cursor.at] ?? "") && !ENDS.includes(text[cursor.at] ?? ""));
    pushLiteral(pieces, text, start, cursor.at);
  }
}

/** `'…'`, in which a doubled quote is a quote. */
function readLiteral(cursor: Cursor, pieces: Piece[]): void {
  const end = before(cursor.text, "'", cursor.at + 1);
  pushLiteral(pieces, cursor.text, cursor.at + 1, end);
  cursor.at = Math.min(end + 1, cursor.text.length);
}

function readHereString(cursor: Cursor, pieces: Piece[]): void {
  const quote = cursor.text[cursor.at + 1] ?? "";
  const close = `\n${quote}@`;
  if (quote === '"') {
    readExpandable(cursor, pieces, cursor.at + 2, close);
    return;
  }
  const end = before(cursor.text, close, cursor.at + 2);
  pushLiteral(pieces, cursor.text, cursor.at + 2, end);
  cursor.at = Math.min(end + close.length, cursor.text.length);
}

/** Text in which variables stand; a backtick escapes. */
function readExpandable(cursor: Cursor, pieces: Piece[], start: number, close: string): void {
  const { text } = cursor;
  cursor.at = start;
  let from = start;
  while (cursor.at < text.length && !text.startsWith(close, cursor.at)) {
    const character = text[cursor.at];
    if (character === "`") {
      pushLiteral(pieces, text, from, cursor.at);
      from = cursor.at + 1;
      cursor.at += 2;
    } else if (character === "$") {
      pushLiteral(pieces, text, from, cursor.at);
      readVariable(cursor, pieces, "within text");
      from = cursor.at;
    } else cursor.at += 1;
  }
  cursor.at = Math.min(cursor.at, text.length);
  pushLiteral(pieces, text, from, cursor.at);
  cursor.at = Math.min(cursor.at + close.length, text.length);
}

/** `$name`, `${name}`, `$(…)`, a property (which is not followed), or a dollar sign that is only a character. */
function readVariable(cursor: Cursor, pieces: Piece[], place: "a word of its own" | "within text"): void {
  const { text, at } = cursor;
  if (text.startsWith("$(", at)) {
    pieces.push(readSubexpression(cursor));
    return;
  }
  VARIABLE.lastIndex = at;
  const found = VARIABLE.exec(text);
  if (found === null) {
    cursor.at += 1;
    pushLiteral(pieces, text, at, at + 1);
    return;
  }
  cursor.at = at + found[0].length;
  const property = place === "a word of its own" && /^(?:\.\w|\[)/.test(text.slice(cursor.at, cursor.at + 2));
  const name = nameOf(found[1] ?? found[2] ?? "");
  pieces.push({ kind: "hole", name: property ? `$${name}.` : name, start: at, end: cursor.at });
}

function nameOf(written: string): string {
  return written.toLowerCase().replace(/^(?:script|global|local|private|using):/, "");
}

/** `$($name)` is `$name`; everything else is a hole that nothing fills. */
function readSubexpression(cursor: Cursor): Hole {
  const start = cursor.at;
  const inside = /^\$\(\$((?:\w{1,40}:)?\w{1,200})\)/.exec(cursor.text.slice(start, start + 220));
  if (inside !== null) {
    cursor.at += inside[0].length;
    return { kind: "hole", name: nameOf(inside[1] ?? ""), start, end: cursor.at };
  }
  let depth = 0;
  do {
    const character = cursor.text[cursor.at];
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    cursor.at += 1;
  } while (cursor.at < cursor.text.length && (depth > 0 || cursor.at === start + 1));
  return { kind: "hole", name: "$(…)", start, end: cursor.at };
}

function before(text: string, wanted: string, from: number): number {
  const found = text.indexOf(wanted, from);
  return found < 0 ? text.length : found;
}

function behind(text: string, wanted: string, from: number): number {
  return Math.min(before(text, wanted, from) + wanted.length, text.length);
}
