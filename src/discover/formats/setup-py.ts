import type { Value } from "../../lib/syntax/pieces.ts";
import { readPythonStrings } from "../../lib/syntax/python-literal.ts";
import type { Format, Reading } from "../format.ts";
import { readRequirement } from "../readers/packages/read-requirement.ts";

/** What a `setup.py` says in plain lists. It is read, never run: lists that it computes stay unknown. */
export const setupPy: Format = {
  id: "setup-py",
  title: "setuptools script (setup.py)",
  matches: (path) => /(?:^|\/)setup\.py$/.test(path),
  read: readSetupPy,
};

const ARGUMENT = /\b(?:install_requires|setup_requires|tests_require|extras_require)["']?[ \t]*[:=](?!=)[ \t]*/g;
/** Enough for every script; bounds the work that names of lists make. */
const MOST_ARGUMENTS = 40;

function readSetupPy(text: string): Reading {
  const values = new Map<number, Value>();
  let behind = 0;
  for (const match of [...text.matchAll(ARGUMENT)].slice(0, MOST_ARGUMENTS)) {
    if (match.index < behind || isComment(text, match.index)) continue;
    const at = match.index + match[0].length;
    const open = /[[({]/.test(text[at] ?? "") ? at : namedList(text, at);
    const { strings, end } = open === undefined ? { strings: [], end: at } : readPythonStrings(text, open);
    if (open === at) behind = end;
    for (const value of strings) values.set(value.start, value);
  }
  const references = [...values.values()].flatMap((value) => readRequirement(value) ?? []);
  return { references, variables: [], inclusions: [], problems: [] };
}

function isComment(text: string, at: number): boolean {
  return text.slice(text.lastIndexOf("\n", at) + 1, at).includes("#");
}

/** Where the list stands whose name stands at an offset. */
function namedList(text: string, at: number): number | undefined {
  const name = /^[A-Za-z_]\w{0,80}(?=[\s,)])/.exec(text.slice(at, at + 100))?.[0];
  const found = name === undefined ? null : new RegExp(`^${name}[ \\t]*=[ \\t]*(?=[[({])`, "m").exec(text);
  return found === null ? undefined : found.index + found[0].length;
}
