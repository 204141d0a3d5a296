import { plainLine } from "./plain.ts";

/** Columns of a mail's text. */
const WIDTH = 78;

/** One paragraph in lines of at most `WIDTH` columns, each after `indent`; words that are longer (addresses) stay whole. */
export function wrap(text: string, indent = "", first = indent): string {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of plainLine(text, 2_000).split(" ")) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent;
      empty = true;
    }
    line += (empty ? "" : " ") + word;
    empty = false;
  }
  return [...lines, line.trimEnd()].join("\n");
}

/** A heading with a rule below it. */
export function underline(text: string): string {
  const line = plainLine(text, WIDTH);
  return `${line}\n${"-".repeat(line.length)}`;
}
