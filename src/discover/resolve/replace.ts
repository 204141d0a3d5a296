import { HOLE } from "../../lib/syntax/pieces.ts";
import type { Replacement } from "../format.ts";
import type { ReadFile, ReadTree } from "./read-tree.ts";
import { type Resolved, resolveValue, type Sourced } from "./resolve.ts";

/** Resolved text with values in the places of the words that stand for them, where such words are. */
export function withReplacements(
  tree: ReadTree,
  resolved: Resolved,
  from: { readonly file: ReadFile; readonly replaces?: readonly Replacement[] },
): Resolved {
  const { file, replaces = [] } = from;
  return replaces.reduce((text, one) => withReplacement(tree, text, file, one), resolved);
}

function withReplacement(tree: ReadTree, resolved: Resolved, file: ReadFile, replacement: Replacement): Resolved {
  const { placeholder } = replacement;
  if (!resolved.text.includes(placeholder)) return resolved;
  const filled = resolveValue(tree, file, replacement).pieces;
  const pieces = resolved.pieces.flatMap((piece): Sourced[] => {
    if ("hole" in piece) return [piece];
    let at = 0;
    return piece.text.split(placeholder).flatMap((text, index) => {
      const part = { ...piece, text, start: piece.start + at };
      at += text.length + placeholder.length;
      return [...(index === 0 ? [] : filled), ...(text === "" ? [] : [part])];
    });
  });
  return { pieces, text: pieces.map((piece) => ("hole" in piece ? HOLE : piece.text)).join("") };
}
