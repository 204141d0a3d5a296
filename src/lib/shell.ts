import { pushLiteral, readHole } from "./holes.ts";
import type { Piece, Value } from "./pieces.ts";

/** One simple command: its words, quotes taken off, `$(…)` as holes. */
export type ShellCommand = { readonly words: readonly Value[] };

export type ShellOptions = {
  /** False: `;`, `&`, `|` and parentheses are ordinary characters, as in a Dockerfile's ENV. */
  readonly operators: boolean;
  /** The character that continues a line; a backslash unless a Dockerfile says otherwise. */
  readonly escape: string;
  /** True: a line break is white space, as in a folded YAML scalar. */
  readonly folded?: boolean;
};

type Cursor = {
  readonly text: string;
  readonly end: number;
  readonly options: ShellOptions;
  readonly commands: ShellCommand[];
  /** Words that end the here-documents announced on this line. */
  readonly heredocs: string[];
  readonly depth: number;
  at: number;
};

const OPERATORS = ";&|()\n";
const DEEPEST = 8;

/**
 * Splits shell text into simple commands. Only as much of the grammar as finding downloads needs: quotes, holes, command
 * substitution (its commands are listed before the one that holds it), continuation lines, comments and here-documents.
 * Never fails; what is not closed ends with the text.
 */
export function readShell(
  text: string,
  start: number,
  end: number,
  options: ShellOptions = { operators: true, escape: "\\" },
): readonly ShellCommand[] {
  return readCommands({ text, at: start, end, options, commands: [], heredocs: [], depth: 0 });
}

/** The words of one instruction's arguments, where operators mean nothing. */
export function readWords(text: string, start: number, end: number, escapeCharacter = "\\"): readonly Value[] {
  const options = { operators: false, escape: escapeCharacter };
  return readCommands({ text, at: start, end, options, commands: [], heredocs: [], depth: 0 })[0]?.words ?? [];
}

function readCommands(cursor: Cursor): readonly ShellCommand[] {
  let words: Value[] = [];
  const finish = () => {
    if (words.length > 0) cursor.commands.push({ words });
    words = [];
  };
  while (cursor.at < cursor.end) {
    const character = cursor.text[cursor.at] ?? "";
    if (skipBlank(cursor, character)) continue;
    if (isOperator(cursor, character)) {
      finish();
      cursor.at += 1;
      if (character === "\n") skipHeredocs(cursor);
    } else if (cursor.options.operators && cursor.text.startsWith("<<", cursor.at)) noteHeredoc(cursor);
    else words.push(readWord(cursor));
  }
  finish();
  return cursor.commands;
}

/** Passes white space, continued lines and comments; false when something else stands here. */
function skipBlank(cursor: Cursor, character: string): boolean {
  if (character !== "\n" && /\s/.test(character)) cursor.at += 1;
  else if (character === "\n" && (cursor.options.folded === true || !cursor.options.operators)) cursor.at += 1;
  else if (character === cursor.options.escape && breakAfter(cursor) > 0) {
    cursor.at += breakAfter(cursor);
    skipCommentLines(cursor);
  } else if (character === "#" && cursor.options.operators) cursor.at = lineEnd(cursor);
  else return false;
  return true;
}

/** Lines of a continued command that only hold a comment belong to no word. */
function skipCommentLines(cursor: Cursor): void {
  const comment = /[ \t]*#[^\n]*\n|[ \t]*\r?\n/y;
  for (;;) {
    comment.lastIndex = cursor.at;
    const found = comment.exec(cursor.text)?.[0];
    if (found === undefined || cursor.at + found.length > cursor.end) return;
    cursor.at += found.length;
  }
}

/** The length of an escape character with the line break after it; 0 when it escapes something else. */
function breakAfter(cursor: Cursor): number {
  const blank = /.[ \t]*\r?\n/y;
  blank.lastIndex = cursor.at;
  return blank.exec(cursor.text)?.[0].length ?? 0;
}

function isOperator(cursor: Cursor, character: string): boolean {
  return cursor.options.operators && OPERATORS.includes(character);
}

function readWord(cursor: Cursor): Value {
  const start = cursor.at;
  const pieces: Piece[] = [];
  while (cursor.at < cursor.end) {
    const character = cursor.text[cursor.at] ?? "";
    if (/\s/.test(character) || isOperator(cursor, character)) break;
    if (character === cursor.options.escape && breakAfter(cursor) > 0) {
      cursor.at += breakAfter(cursor);
      skipCommentLines(cursor);
    } else readPart(cursor, character, pieces);
  }
  return { start, end: cursor.at, pieces };
}

function readPart(cursor: Cursor, character: string, pieces: Piece[]): void {
  if (character === "'") readSingleQuoted(cursor, pieces);
  else if (character === '"') readDoubleQuoted(cursor, pieces);
  else if (character === "$" || character === "`") readExpansion(cursor, pieces);
  else if (character === "\\" && cursor.at + 1 < cursor.end) {
    pushLiteral(pieces, cursor.text, cursor.at + 1, cursor.at + 2);
    cursor.at += 2;
  } else readRun(cursor, pieces);
}

/** A run of ordinary characters. Always takes at least one. */
function readRun(cursor: Cursor, pieces: Piece[]): void {
  const start = cursor.at;
  do cursor.at += 1;
  while (cursor.at < cursor.end && !endsRun(cursor, cursor.text[cursor.at] ?? ""));
  pushLiteral(pieces, cursor.text, start, cursor.at);
}

function endsRun(cursor: Cursor, character: string): boolean {
  return /[\s'"$`\\]/.test(character) || character === cursor.options.escape || isOperator(cursor, character);
}

function readSingleQuoted(cursor: Cursor, pieces: Piece[]): void {
  const end = indexOrEnd(cursor, "'", cursor.at + 1);
  pushLiteral(pieces, cursor.text, cursor.at + 1, end);
  cursor.at = Math.min(end + 1, cursor.end);
}

function readDoubleQuoted(cursor: Cursor, pieces: Piece[]): void {
  cursor.at += 1;
  let from = cursor.at;
  while (cursor.at < cursor.end) {
    const character = cursor.text[cursor.at] ?? "";
    if (character === "\\") {
      pushLiteral(pieces, cursor.text, from, cursor.at);
      from = cursor.at + (breakAfter(cursor) || 1);
      cursor.at = Math.max(from, cursor.at + 2);
    } else if (character === '"') break;
    else if (character === "$" || character === "`") {
      pushLiteral(pieces, cursor.text, from, cursor.at);
      readExpansion(cursor, pieces);
      from = cursor.at;
    } else cursor.at += 1;
  }
  cursor.at = Math.min(cursor.at, cursor.end);
  pushLiteral(pieces, cursor.text, from, cursor.at);
  cursor.at = Math.min(cursor.at + 1, cursor.end);
}

/** `$NAME`, `${NAME}`, `$(command)`, a back-quoted command, or a dollar sign that is only a character. */
function readExpansion(cursor: Cursor, pieces: Piece[]): void {
  const start = cursor.at;
  const substitution = cursor.text[start] === "`" ? 1 : cursor.text.startsWith("$(", start) ? 2 : 0;
  const found = substitution > 0 ? undefined : readHole(cursor.text, start, cursor.end);
  if (substitution > 0) readSubstitution(cursor, pieces, substitution);
  else if (found === undefined) {
    pushLiteral(pieces, cursor.text, start, start + 1);
    cursor.at = start + 1;
  } else {
    pieces.push(found.hole);
    cursor.at = found.next;
  }
}

/** The commands inside are read as commands of their own; in the word they are a hole that nothing fills. */
function readSubstitution(cursor: Cursor, pieces: Piece[], opening: number): void {
  const start = cursor.at;
  const close = opening === 1 ? cursor.text.indexOf("`", start + 1) : closingParenthesis(cursor, start + 2);
  const end = close < 0 || close > cursor.end ? cursor.end : close;
  if (cursor.depth < DEEPEST && cursor.options.operators) {
    readCommands({ ...cursor, at: start + opening, end, heredocs: [], depth: cursor.depth + 1 });
  }
  pieces.push({ kind: "hole", name: "$(…)", start, end: Math.min(end + 1, cursor.end) });
  cursor.at = Math.min(end + 1, cursor.end);
}

/** Minds quotes and nesting. -1 when it is never closed. */
function closingParenthesis(cursor: Cursor, from: number): number {
  const open = ["("];
  for (let at = from; at < cursor.end; at += 1) {
    const character = cursor.text[at] ?? "";
    const quoted = open.at(-1) === '"';
    if (character === "\\") at += 1;
    else if (character === "'" && !quoted) at = indexOrEnd(cursor, "'", at + 1);
    else if (closes(character, quoted)) open.pop();
    else if (opens(character, quoted, cursor.text[at - 1])) open.push(character);
    if (open.length === 0) return at;
  }
  return -1;
}

function closes(character: string, quoted: boolean): boolean {
  return quoted ? character === '"' : character === ")";
}

function opens(character: string, quoted: boolean, before: string | undefined): boolean {
  return character === "(" ? !quoted || before === "$" : character === '"';
}

function indexOrEnd(cursor: Cursor, wanted: string, from: number): number {
  const found = cursor.text.indexOf(wanted, from);
  return found < 0 || found > cursor.end ? cursor.end : found;
}

function noteHeredoc(cursor: Cursor): void {
  const opening = /<<(<|-?\s*["']?([A-Za-z_][\w.]*)["']?)?/y;
  opening.lastIndex = cursor.at;
  const found = opening.exec(cursor.text);
  if (found?.[2] !== undefined) cursor.heredocs.push(found[2]);
  cursor.at = Math.min(cursor.at + (found?.[0].length ?? 2), cursor.end);
}

/** What a here-document holds is data, not commands. */
function skipHeredocs(cursor: Cursor): void {
  for (const word of cursor.heredocs.splice(0)) {
    while (cursor.at < cursor.end) {
      const line = cursor.text.slice(cursor.at, lineEnd(cursor)).trim();
      cursor.at = Math.min(lineEnd(cursor) + 1, cursor.end);
      if (line === word) break;
    }
  }
}

function lineEnd(cursor: Cursor): number {
  return indexOrEnd(cursor, "\n", cursor.at);
}
