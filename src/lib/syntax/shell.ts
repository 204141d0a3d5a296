import { type FoundHole, pushLiteral, readHole } from "./holes.ts";
import { readMakeHole } from "./make-hole.ts";
import { closingParenthesis } from "./parentheses.ts";
import type { Piece, Span, Value } from "./pieces.ts";
import {
  breakAfter,
  type Cursor,
  indexOrEnd,
  isOperator,
  lineEnd,
  type ShellCommand,
  type ShellOptions,
  skipCommentLines,
} from "./shell-cursor.ts";
import { noteHeredoc, skipHeredocs } from "./shell-heredoc.ts";

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
  let heredocs: Span[] = [];
  const finish = () => {
    if (words.length > 0) cursor.commands.push({ words, heredocs });
    words = [];
    heredocs = [];
  };
  while (cursor.at < cursor.end) {
    const character = cursor.text[cursor.at] ?? "";
    if (skipBlank(cursor, character)) continue;
    if (character === "(" && isArray(cursor, words.at(-1))) {
      cursor.commands.push({ words, heredocs, items: readItems(cursor) });
      words = [];
    } else if (isOperator(cursor, character)) {
      finish();
      cursor.at += 1;
      if (character === "\n") skipHeredocs(cursor);
    } else if (cursor.options.operators && cursor.text.startsWith("<<", cursor.at)) noteHeredoc(cursor, heredocs);
    else words.push(readWord(cursor));
  }
  finish();
  return cursor.commands;
}

function isArray(cursor: Cursor, word: Value | undefined): boolean {
  return cursor.options.operators && word?.end === cursor.at && cursor.text[cursor.at - 1] === "=";
}

/** The words of an array, up to its closing parenthesis. */
function readItems(cursor: Cursor): Value[] {
  const items: Value[] = [];
  cursor.at += 1;
  while (cursor.at < cursor.end) {
    const character = cursor.text[cursor.at] ?? "";
    if (character === ")") break;
    if (character === "\n" || (isOperator(cursor, character) && character !== "#")) cursor.at += 1;
    else if (!skipBlank(cursor, character)) items.push(readWord(cursor));
  }
  cursor.at = Math.min(cursor.at + 1, cursor.end);
  return items;
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

/** Nothing in it means anything to a shell; what a workflow puts in (`${{ … }}`) is there before the shell sees it. */
function readSingleQuoted(cursor: Cursor, pieces: Piece[]): void {
  const { text } = cursor;
  let from = cursor.at + 1;
  let end = indexOrEnd(cursor, "'", from);
  for (let at = holeIn(text, from, end); at >= 0; at = holeIn(text, from, end)) {
    const found = readHole(text, at, cursor.end);
    if (found === undefined) break;
    pushLiteral(pieces, text, from, at);
    pieces.push(found.hole);
    from = found.next;
    end = indexOrEnd(cursor, "'", from);
  }
  pushLiteral(pieces, text, from, end);
  cursor.at = Math.min(end + 1, cursor.end);
}

/** Where `${{` stands between two places; looks no further, since most text has none. */
function holeIn(text: string, from: number, end: number): number {
  const at = text.slice(from, end).indexOf("${{");
  return at < 0 ? -1 : from + at;
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
  if (cursor.options.make === true && readMakeExpansion(cursor, pieces)) return;
  const start = cursor.at;
  const substitution = cursor.text[start] === "`" ? 1 : cursor.text.startsWith("$(", start) ? 2 : 0;
  const found = substitution > 0 ? undefined : (readArgument(cursor) ?? readHole(cursor.text, start, cursor.end));
  if (substitution > 0) readSubstitution(cursor, pieces, substitution);
  else if (found === undefined) {
    pushLiteral(pieces, cursor.text, start, start + 1);
    cursor.at = start + 1;
  } else {
    pieces.push(found.hole);
    cursor.at = found.next;
  }
}

/** `$1`, `$@` and the other names that are one character. */
function readArgument({ text, at, end }: Cursor): FoundHole | undefined {
  const name = at + 1 < end ? (text[at + 1] ?? "") : "";
  if (!/[0-9@*#?!-]/.test(name)) return undefined;
  return { hole: { kind: "hole", name, start: at, end: at + 2 }, next: at + 2 };
}

/** What make puts in before the shell sees the line. False for `$$`, which is left to the shell, its first half passed. */
function readMakeExpansion(cursor: Cursor, pieces: Piece[]): boolean {
  if (cursor.text[cursor.at] !== "$") return false;
  if (cursor.text[cursor.at + 1] === "$") {
    cursor.at += 1;
    return false;
  }
  const { hole, next, shell } = readMakeHole(cursor.text, cursor.at, cursor.end);
  if (shell !== undefined && cursor.depth < DEEPEST && cursor.options.operators) {
    readCommands({ ...cursor, at: shell.start, end: shell.end, heredocs: [], depth: cursor.depth + 1 });
  }
  pieces.push(hole);
  cursor.at = next;
  return true;
}

/** The commands inside are read as commands of their own; in the word they are a hole that nothing fills. */
function readSubstitution(cursor: Cursor, pieces: Piece[], opening: number): void {
  const start = cursor.at;
  const close =
    opening === 1 ? cursor.text.indexOf("`", start + 1) : closingParenthesis(cursor.text, start + opening, cursor.end);
  const end = close < 0 || close > cursor.end ? cursor.end : close;
  if (cursor.depth < DEEPEST && cursor.options.operators) {
    readCommands({ ...cursor, at: start + opening, end, heredocs: [], depth: cursor.depth + 1 });
  }
  pieces.push({ kind: "hole", name: "$(…)", start, end: Math.min(end + 1, cursor.end) });
  cursor.at = Math.min(end + 1, cursor.end);
}
