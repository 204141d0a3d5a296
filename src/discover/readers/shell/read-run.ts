import { readAssignment } from "../../../lib/syntax/assignment.ts";
import { EMPTY_VALUE, HOLE, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { ShellCommand } from "../../../lib/syntax/shell-cursor.ts";

const TO_SHELL =
  /^(?:[^\n;&|\\]|\\[\s\S])*\|\s*(?:\\\r?\n\s*)?(?:sudo\s+(?:-\S+\s+)*)?(?:\S*\/)?(?:(?:ba|da|z|k|a)?sh|python3?)\b/;
const BY_SHELL = /(?:sh\s+-c\s+["']?\$\(|(?:bash|sh|source|\.)\s+<\()\s*(?:curl|wget)\b[^\n]*$/;

/** `curl … | sh`, `sh -c "$(curl …)"`, `bash <(curl …)`. */
export function isRun(text: string, { start, end }: Value): boolean {
  return TO_SHELL.test(text.slice(end, end + 300)) || BY_SHELL.test(text.slice(Math.max(0, start - 200), start));
}

const RUNNER = /^(?:\S*\/)?(?:sudo|env|exec|nice|nohup|time|bash|sh|then|do|else|elif|if|while|until|!|\{)$/;

/** `./install.sh 1.2`, `bash "$HERE/install.sh"`: another script, by the part of its path that is written. */
export function runOf({ words }: ShellCommand): { file: string; words: readonly Value[] } | undefined {
  const at = words.findIndex((word) => {
    const text = visibleText(word);
    return !(RUNNER.test(text) || text.startsWith("-") || readAssignment(word) !== undefined);
  });
  const text = visibleText(words[at] ?? EMPTY_VALUE);
  const file = text.includes(HOLE) ? text.slice(text.lastIndexOf(HOLE) + 1).replace(/^\/+/, "") : text;
  return /^[\w./-]+\.(?:sh|bash)$/.test(file) ? { file, words: words.slice(at + 1, at + 10) } : undefined;
}
