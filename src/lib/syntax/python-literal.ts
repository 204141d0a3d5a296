import { literalValue, type Value } from "./pieces.ts";

type Token = { readonly sign: string; readonly string?: Value };

const BEFORE = /^[[({,:]$/;
const AFTER = /^[\])},]$/;

/**
 * The plain strings of a Python list, tuple or dictionary that opens at an offset, and the offset behind it. Left out:
 * keys, arguments of calls, and strings that something is done to (`"…" % x`, `"…".format()`, `f"…"`, `"…" + x`).
 */
export function readPythonStrings(text: string, open: number): { readonly strings: Value[]; readonly end: number } {
  const tokens: Token[] = [];
  const brackets: ("call" | "literal")[] = [];
  let calls = 0;
  let at = open;
  do {
    const { end, ...token } = tokenAt(text, at);
    at = end;
    if (token.sign === " ") continue;
    if ("([{".includes(token.sign)) brackets.push(isCall(token.sign, tokens) ? "call" : "literal");
    if ("([{".includes(token.sign) && brackets.at(-1) === "call") calls += 1;
    if (")]}".includes(token.sign) && brackets.pop() === "call") calls -= 1;
    tokens.push(calls > 0 ? { sign: token.sign } : token);
  } while (brackets.length > 0 && at < text.length);
  const strings = tokens.flatMap(({ string }, index) => {
    const stands = BEFORE.test(tokens[index - 1]?.sign ?? "") && AFTER.test(tokens[index + 1]?.sign ?? "");
    return string === undefined || !stands ? [] : [string];
  });
  return { strings, end: at };
}

function isCall(sign: string, tokens: readonly Token[]): boolean {
  return sign !== "{" && /[\w)\]]$/.test(tokens.at(-1)?.sign ?? "");
}

/** White space and comments are a blank; a word is its last letter; a plain string is `"`. An open string ends it all. */
function tokenAt(text: string, at: number): Token & { readonly end: number } {
  TOKEN.lastIndex = at;
  const { skip, word, string } = TOKEN.exec(text)?.groups ?? {};
  if (skip !== undefined) return { sign: " ", end: at + skip.length };
  if (word !== undefined) return { sign: word.slice(-1), end: at + word.length };
  const first = text[at] ?? "";
  if (string === undefined) return { sign: first, end: /["']/.test(first) ? text.length : at + 1 };
  const [, prefix = "", quotes = ""] = /^([A-Za-z]*)("""|'''|["'])/.exec(string) ?? [];
  const end = at + string.length;
  if (!/^[ru]?$/i.test(prefix)) return { sign: "'", end };
  return { sign: '"', string: literalValue(text, at + prefix.length + quotes.length, end - quotes.length), end };
}

const TOKEN =
  /(?<skip>\s+|#[^\n]*|\\\r?\n)|(?<string>[rRuUbBfF]{0,2}(?:"""[^\\]*?"""|'''[^\\]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))|(?<word>[\w.]+)/y;
