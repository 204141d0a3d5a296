import { HOLE } from "../../lib/syntax/pieces.ts";
import type { Resolved } from "../resolve/resolve.ts";

/** A run of resolved text that stands in one place of one file. */
export type Slice = {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** The variable whose value it is; absent when it stands in the reference itself. */
  readonly variable?: string;
  readonly depth: number;
};

/** The one place that is edited to change a part of a resolved text, and what is written around it. */
export type Anchor = Slice & { readonly before: string; readonly after: string };

/** The places behind a range of resolved text, neighbours joined. */
export function slicesOf(resolved: Resolved, from: number, to: number): Slice[] {
  const found: Slice[] = [];
  let at = 0;
  for (const piece of resolved.pieces) {
    const length = "hole" in piece ? HOLE.length : piece.text.length;
    const first = Math.max(from - at, 0);
    const last = Math.min(to - at, length);
    at += length;
    if (first >= last || "hole" in piece) continue;
    const { path, variable, depth } = piece;
    const span = { start: piece.start + first, end: piece.start + last };
    const slice = { path, ...span, text: piece.text.slice(first, last), depth };
    const previous = found.at(-1);
    if (previous?.path === path && previous.end === slice.start) {
      found[found.length - 1] = { ...previous, end: slice.end, text: previous.text + slice.text };
    } else found.push(variable === undefined ? slice : { ...slice, variable });
  }
  return found;
}

/**
 * Where a range is edited. One run: there. A variable with fixed text around it: the variable. Several variables with
 * digits: nowhere, because no single edit can express a new value.
 */
export function anchorOf(resolved: Resolved, from: number, to: number): Anchor | undefined {
  const slices = slicesOf(resolved, from, to);
  const variables = slices.filter((slice) => slice.variable !== undefined);
  const deepest = Math.max(...variables.map((slice) => slice.depth));
  const digits = (variables.length === 0 ? slices : variables).filter((slice) => /\d/.test(slice.text));
  const inner = variables.filter((slice) => slice.depth === deepest);
  const chosen = slices.length === 1 ? slices : digits.length > 0 ? digits : inner;
  const [anchor] = chosen;
  if (anchor === undefined || chosen.length > 1) return undefined;
  const index = slices.indexOf(anchor);
  const textOf = (list: readonly Slice[]) => list.map((slice) => slice.text).join("");
  return { ...anchor, before: textOf(slices.slice(0, index)), after: textOf(slices.slice(index + 1)) };
}

/** Names of the holes that are left in a range. */
export function holesIn(resolved: Resolved, from: number, to: number): string[] {
  let at = 0;
  return resolved.pieces.flatMap((piece) => {
    const start = at;
    at += "hole" in piece ? HOLE.length : piece.text.length;
    return "hole" in piece && start >= from && start < to ? [piece.hole] : [];
  });
}

/** Where a script asks for what fills a range while it runs; undefined unless that is so for every hole in it. */
export function askedIn(resolved: Resolved, from: number, to: number): { path: string; start: number } | undefined {
  let at = 0;
  const holes = resolved.pieces.filter((piece) => {
    const start = at;
    at += "hole" in piece ? HOLE.length : piece.text.length;
    return "hole" in piece && start >= from && start < to;
  });
  const asked = holes.flatMap((piece) => ("hole" in piece && piece.asked !== undefined ? [piece.asked] : []));
  return asked.length === holes.length ? asked[0] : undefined;
}

/** Resolved text as a person would write it, with `${NAME}` for what is left open. */
export function spelledOut(resolved: Resolved): string {
  return resolved.pieces.map((piece) => ("hole" in piece ? spelledHole(piece.hole) : piece.text)).join("");
}

function spelledHole(name: string): string {
  return /^\$|^\{\{/.test(name) ? name : `\${${name}}`;
}
