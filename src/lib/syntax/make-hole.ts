import { pushLiteral } from "./holes.ts";
import type { Hole, Piece, Span, Value } from "./pieces.ts";

/** What make fills in: a hole, the offset behind it, and the commands of `$(shell …)`. */
type MakeHole = { readonly hole: Hole; readonly next: number; readonly shell?: Span };

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "{": "}" };
const LONGEST = 4_000;

/**
 * Reads what begins at a `$` of a Makefile (https://www.gnu.org/software/make/manual/html_node/Reference.html):
 * `$(NAME)`, `${NAME}`, `$X`. Functions are holes named by their spelling, so that nothing fills them.
 */
export function readMakeHole(text: string, at: number, end: number): MakeHole {
  const opening = text[at + 1] ?? "";
  const closing = CLOSING[opening];
  if (closing === undefined) return plain(opening, at, Math.min(at + 2, end));
  const close = closingOf(text, at + 2, end, opening + closing);
  const inside = text.slice(at + 2, close);
  const next = Math.min(close + 1, end);
  if (/^[\w.-]+$/.test(inside)) return plain(inside, at, next);
  const shell = /^shell\s+/.exec(inside)?.[0].length;
  const hole: Hole = { kind: "hole", name: text.slice(at, next), start: at, end: next };
  return shell === undefined ? { hole, next } : { hole, next, shell: { start: at + 2 + shell, end: close } };
}

/** A value of a Makefile: text with holes; `$$` is a dollar sign of the shell. */
export function readMakeValue(text: string, start: number, end: number): Value {
  const pieces: Piece[] = [];
  let from = start;
  let at = text.indexOf("$", start);
  while (at >= 0 && at < end) {
    const found = text[at + 1] === "$" || at + 1 >= end ? undefined : readMakeHole(text, at, end);
    if (found !== undefined) {
      pushLiteral(pieces, text, from, at);
      pieces.push(found.hole);
      from = found.next;
    }
    at = text.indexOf("$", found?.next ?? at + 2);
  }
  pushLiteral(pieces, text, from, end);
  return { start, end, pieces };
}

function plain(name: string, start: number, end: number): MakeHole {
  return { hole: { kind: "hole", name, start, end }, next: end };
}

/** Where what was opened before `from` is closed again; `brackets` are the two characters. */
function closingOf(text: string, from: number, end: number, [opening, closing]: string): number {
  let depth = 1;
  const last = Math.min(end, from + LONGEST);
  for (let at = from; at < last; at += 1) {
    if (text[at] === opening) depth += 1;
    if (text[at] === closing) depth -= 1;
    if (depth === 0) return at;
  }
  return last;
}
