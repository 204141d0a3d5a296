/**
 * Reads a glob: `*` is anything but a slash, `**` anything, `?` one character but a slash; everything else is itself.
 * The match runs in time proportional to pattern times text, whatever the pattern.
 */
export function globMatcher(pattern: string): (text: string) => boolean {
  const tokens = pattern.match(/\*\*\/|\*+|[^*]/g) ?? [];
  return (text) => matches(tokens, text);
}

/** Steps through the text with the set of pattern positions that are possible so far. */
function matches(tokens: readonly string[], text: string): boolean {
  let states = close(tokens, new Set([0]));
  for (let at = 0; at < text.length && states.size > 0; at += 1) {
    const next = new Set<number>();
    for (const state of states) advance(tokens[state], text, at, (step) => next.add(state + step));
    states = close(tokens, next);
  }
  return states.has(tokens.length);
}

/** A star may stand for nothing. */
function close(tokens: readonly string[], states: Set<number>): Set<number> {
  for (const state of states) if (tokens[state]?.startsWith("*")) states.add(state + 1);
  return states;
}

function advance(token: string | undefined, text: string, at: number, to: (step: 0 | 1) => void): void {
  const character = text[at];
  if (token === undefined) return;
  if (token === "**/") {
    to(0);
    if (character === "/") to(1);
  } else if (token.startsWith("*")) {
    if (token.length > 1 || character !== "/") to(0);
  } else if (token === "?" ? character !== "/" : token === character) to(1);
}
