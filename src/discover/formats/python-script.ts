import type { Piece, Value } from "../../lib/syntax/pieces.ts";
import { type Format, NOTHING_READ, type Reading, type Reference, type Variable } from "../format.ts";

/**
 * Python programs that install something: addresses of downloads of a release, and nothing else, since most addresses in
 * a program are where it talks to, or what it tells people. Names in braces are filled by the constants of the file.
 */
export const pythonScript: Format = {
  id: "python-script",
  title: "Python program",
  matches: (path) => /\.py$/i.test(path) && !OTHER.test(path),
  guesses: () => true,
  read: readProgram,
};

const OTHER = /(?:^|\/)(?:tests?|fixtures|testdata|docs?|examples?)\/|(?:^|\/)(?:test_[\w-]+|conftest|setup)\.py$/i;
const DOWNLOAD =
  /(["'])(https:\/\/(?:github\.com\/[\w.-]+\/[\w.-]+\/(?:releases\/(?:latest\/)?download\/|archive\/refs\/tags\/)|dl\.k8s\.io\/(?:release\/)?v?[\d{])[^\n]{0,500}?)\1/g;
const CONSTANT = /^[ \t]*([A-Za-z_]\w*)(?:[ \t]*:[ \t]*\w+)?[ \t]*=[ \t]*(["'])(v?\d[\w.+-]*)\2[ \t]*(?:#.*)?$/gm;
const HOLES = /\{([A-Za-z_]\w*)\}|\{[^{}\n]*\}?/g;

function readProgram(text: string): Reading {
  if (!/releases\/(?:latest\/)?download\/|archive\/refs\/tags\/|dl\.k8s\.io/.test(text)) return NOTHING_READ;
  const references = [...text.matchAll(DOWNLOAD)].flatMap((match): Reference[] => {
    const line = text.slice(text.lastIndexOf("\n", match.index) + 1, match.index);
    if (/^\s*#/.test(line)) return [];
    return [{ kind: "url", value: formatted(text, match.index + 1, match.index + match[0].length - 1) }];
  });
  const variables = [...text.matchAll(CONSTANT)].map((match): Variable => {
    const [whole, name = "", quote = "", written = ""] = match;
    const start = match.index + whole.indexOf(quote, whole.indexOf("=")) + 1;
    const end = start + written.length;
    return { name, value: { start, end, pieces: [{ kind: "literal", text: written, start, end }] } };
  });
  return { ...NOTHING_READ, references, variables };
}

/** Text with the holes of an f-string; an expression is a hole that nothing fills. */
function formatted(text: string, start: number, end: number): Value {
  const pieces: Piece[] = [];
  let from = start;
  const literal = (to: number) => {
    if (from < to) pieces.push({ kind: "literal", text: text.slice(from, to), start: from, end: to });
  };
  for (const match of text.slice(start, end).matchAll(HOLES)) {
    const at = start + match.index;
    literal(at);
    from = at + match[0].length;
    pieces.push({ kind: "hole", name: match[1] ?? match[0], start: at, end: from });
  }
  literal(end);
  return { start, end, pieces };
}
