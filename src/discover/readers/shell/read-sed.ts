import { sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { ShellCommand } from "../../../lib/syntax/shell-cursor.ts";
import type { Replacement } from "../../format.ts";

/** What a sed command puts in the place of words that stand for a value, and the files that it changes. */
export type Substitution = { readonly replaces: readonly Replacement[]; readonly files: readonly string[] };

const EXPRESSION = /(?:^|;\s*)s([/|#,:@~!])((?:(?!\1)[^\\]|\\.)+)\1((?:(?!\1)[^\\]|\\.)*)\1[gipI\d]*(?=\s*(?:;|$))/g;
/** `XXX`, `@VERSION@`, `__TOOL_VERSION__`, `{{version}}`: a word that nobody takes for a value. */
const PLACEHOLDER = /^(?:[A-Z][A-Z0-9_]{2,}|[@%_{<$]+[A-Za-z][\w.-]{0,200}[@%_}>$]+)$/;
const OPTION = /^-/;

/** Reads `sed [-i] [-e] "s/XXX/$VERSION/g" FILE…`. Undefined for every other command. */
export function readSed({ words }: ShellCommand): Substitution | undefined {
  const texts = words.map(visibleText);
  const sed = texts.findIndex((text) => /^(?:\S*\/)?g?sed$/.test(text));
  if (sed < 0) return undefined;
  const replaces = words.slice(sed + 1).flatMap(replacementsOf);
  if (replaces.length === 0) return undefined;
  const files = texts.slice(sed + 1).filter((text) => !OPTION.test(text) && /^[\w./-]+\w$/.test(text));
  return { replaces, files };
}

function replacementsOf(word: Value): Replacement[] {
  const text = visibleText(word);
  return [...text.matchAll(EXPRESSION)].flatMap((match): Replacement[] => {
    const [whole, separator = "", pattern = "", written = ""] = match;
    const placeholder = pattern.replace(/\\(.)/g, "$1");
    if (!PLACEHOLDER.test(placeholder)) return [];
    const start = match.index + whole.indexOf(separator, whole.indexOf(separator) + 1 + pattern.length) + 1;
    return [{ placeholder, value: sliceValue(word, start, start + written.length) }];
  });
}
