/** A half-open range of UTF-16 code units in a file's text. */
export type Span = { readonly start: number; readonly end: number };

/** Text that stands in the file exactly so: `text` is the slice of the span. */
type Literal = Span & { readonly kind: "literal"; readonly text: string };

/** A place that something else fills: `${NAME}`, `$(command)`. `scope` says where to look when it is not the reader's own. */
export type Hole = Span & {
  readonly kind: "hole";
  readonly name: string;
  readonly fallback?: Value;
  readonly scope?: string;
  /** Filled only where a variable is false or, with `is`, where it is something else: else another text stands there. */
  readonly unless?: { readonly name: string; readonly is?: string };
  /**
   * The value of `name` without fixed text at its ends: `${NAME#v}`, `${NAME%.git}`; or without everything from the last
   * or the first mark on: `${NAME%-*}`, `${NAME%%-*}`. The hole's own name is its spelling.
   */
  readonly cut?: {
    readonly name: string;
    readonly prefix: string;
    readonly suffix: string;
    readonly tail?: { readonly mark: string; readonly first: boolean };
  };
};

/** One part of a written value: text as it stands, or a variable that fills it. */
export type Piece = Literal | Hole;

/** A written value as runs of text and holes, without its quotes. The span covers all of it. */
export type Value = Span & { readonly pieces: readonly Piece[] };

/** Where there is no word: nothing is written, nowhere. */
export const EMPTY_VALUE: Value = { start: 0, end: 0, pieces: [] };

/** Stands for one hole in the visible text of a value. */
export const HOLE = "\uFFFC";

/** What can be read of a value: its text, with one `HOLE` for each hole. */
export function visibleText(value: Value): string {
  return value.pieces.map(visiblePiece).join("");
}

/** The value as a person would write it, holes as `${NAME}`: equal texts mean equal values. */
export function spelledText(value: Value): string {
  return value.pieces.map((piece) => (piece.kind === "literal" ? piece.text : `\${${piece.name}}`)).join("");
}

/** The part of a value between two offsets of its visible text. */
export function sliceValue(value: Value, from: number, to: number): Value {
  return slicerOf(value)(from, to);
}

/** The parts of a value that a pattern finds, one after another, without white space behind them. */
export function* partsOf(value: Value, pattern: RegExp): Generator<Value> {
  const slice = slicerOf(value);
  for (const { 0: part, index } of visibleText(value).matchAll(pattern))
    yield slice(index, index + part.trimEnd().length);
}

/** The lines of a value that hold more than a comment, from their first character on. */
export function linesOf(value: Value): Value[] {
  return [...partsOf(value, /[^\s#][^\n#]*/g)];
}

/** `sliceValue` for many parts of one value: each takes time for its own pieces alone. */
function slicerOf(value: Value): (from: number, to: number) => Value {
  const offsets: number[] = [0];
  for (const piece of value.pieces) offsets.push((offsets.at(-1) ?? 0) + visiblePiece(piece).length);
  return (from, to) => {
    const pieces: Piece[] = [];
    for (let index = firstEndingAfter(offsets, from); index < value.pieces.length; index += 1) {
      const [piece, at = 0, end = 0] = [value.pieces[index], offsets[index], offsets[index + 1]];
      if (piece === undefined || at >= to) break;
      const [first, last] = [Math.max(from, at), Math.min(to, end)];
      if (first < last) pieces.push(piece.kind === "literal" ? sliceLiteral(piece, first - at, last - at) : piece);
    }
    const start = pieces[0]?.start ?? value.start;
    return { start, end: pieces.at(-1)?.end ?? start, pieces };
  };
}

/** The first piece whose end lies behind an offset; `offsets` holds where each begins, and where the last one ends. */
function firstEndingAfter(offsets: readonly number[], offset: number): number {
  let low = 0;
  let high = offsets.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle + 1] ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A value without holes, from a slice of a file's text. */
export function literalValue(text: string, start: number, end: number): Value {
  const pieces: Piece[] = start === end ? [] : [{ kind: "literal", text: text.slice(start, end), start, end }];
  return { start, end, pieces };
}

function sliceLiteral(piece: Literal, first: number, last: number): Literal {
  return { ...piece, text: piece.text.slice(first, last), start: piece.start + first, end: piece.start + last };
}

function visiblePiece(piece: Piece): string {
  return piece.kind === "literal" ? piece.text : HOLE;
}

/** The value with its holes looked for in a scope, wherever it is filled. */
export function inScope(value: Value, scope: string): Value {
  return { ...value, pieces: value.pieces.map((piece) => (piece.kind === "hole" ? { scope, ...piece } : piece)) };
}
