import type { Span, Value } from "./pieces.ts";

/** One simple command: its words, quotes taken off, `$(…)` as holes, and the here-documents it is given. */
export type ShellCommand = {
  readonly words: readonly Value[];
  readonly heredocs?: readonly Span[];
  /** What stands in the parentheses of `NAME=(…)`, which is the last word. */
  readonly items?: readonly Value[];
};

/** How the text differs from a shell script's. */
export type ShellOptions = {
  /** False: `;`, `&`, `|` and parentheses are ordinary characters, as in a Dockerfile's ENV. */
  readonly operators: boolean;
  /** The character that continues a line; a backslash unless a Dockerfile says otherwise. */
  readonly escape: string;
  /** True: a line break is white space, as in a folded YAML scalar. */
  readonly folded?: boolean;
  /** True in a Makefile: `$(NAME)` is a variable of make, and `$$` the shell's dollar sign. */
  readonly make?: boolean;
};

/** How far the text is read. `at` moves on; `depth` counts command substitutions. */
export type Cursor = {
  readonly text: string;
  readonly end: number;
  readonly options: ShellOptions;
  readonly commands: ShellCommand[];
  /** The here-documents announced on this line: the word that ends each, and the command that is given it. */
  readonly heredocs: { readonly word: string; readonly into: Span[] }[];
  readonly depth: number;
  at: number;
};

const OPERATORS = ";&|()\n";

/** Lines of a continued command that only hold a comment belong to no word. */
export function skipCommentLines(cursor: Cursor): void {
  const comment = /[ \t]*#[^\n]*\n|[ \t]*\r?\n/y;
  for (;;) {
    comment.lastIndex = cursor.at;
    const found = comment.exec(cursor.text)?.[0];
    if (found === undefined || cursor.at + found.length > cursor.end) return;
    cursor.at += found.length;
  }
}

/** The length of an escape character with the line break after it; 0 when it escapes something else. */
export function breakAfter(cursor: Cursor): number {
  const blank = /.[ \t]*\r?\n/y;
  blank.lastIndex = cursor.at;
  return blank.exec(cursor.text)?.[0].length ?? 0;
}

/** Whether a character ends a word and a command here. */
export function isOperator(cursor: Cursor, character: string): boolean {
  return cursor.options.operators && OPERATORS.includes(character);
}

/** Where something stands from a place on, or the end of what is read. */
export function indexOrEnd(cursor: Cursor, wanted: string, from: number): number {
  const found = cursor.text.indexOf(wanted, from);
  return found < 0 || found > cursor.end ? cursor.end : found;
}

/** The offset of the line break that ends the current line. */
export function lineEnd(cursor: Cursor): number {
  return indexOrEnd(cursor, "\n", cursor.at);
}
