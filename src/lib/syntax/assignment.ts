import { sliceValue, type Value, visibleText } from "./pieces.ts";

/** `NAME=value`; undefined for everything else. */
export function readAssignment(word: Value): { readonly name: string; readonly value: Value } | undefined {
  const first = word.pieces[0];
  const found = first?.kind === "literal" ? /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(first.text) : null;
  const name = found?.[1];
  if (name === undefined) return undefined;
  const text = visibleText(word);
  const value = sliceValue(word, name.length + 1, text.length);
  const start = word.start + name.length + 1;
  return { name, value: text.length === name.length + 1 ? { start, end: start, pieces: [] } : value };
}
