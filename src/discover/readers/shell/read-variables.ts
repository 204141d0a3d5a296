import { readAssignment } from "../../../lib/syntax/assignment.ts";
import { EMPTY_VALUE, type Hole, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { Variable } from "../../format.ts";
import type { Step } from "./read-functions.ts";

const DECLARES = /^(?:export|local|readonly|declare|typeset|env)$/;

const BEFORE = /^(?:then|do|else|elif|if|while|until|!|\{|time)$/;

/** What a command sets: in its own scope, and from the body of a function for the rest of the script. */
export function assignments({ command, scope, body }: Step, outer: string): Variable[] {
  const words = [...command.words];
  while (BEFORE.test(visibleText(words[0] ?? EMPTY_VALUE))) words.shift();
  const word = visibleText(words[0] ?? EMPTY_VALUE);
  const found = /^(?:for|read|:)$/.test(word) ? chosen(word, words) : assigned(words);
  const isLocal = /^(?:local|declare|typeset|for)$/.test(word);
  return found.flatMap((one) => [{ ...one, scope }, ...(body && !isLocal ? [{ ...one, scope: outer }] : [])]);
}

function assigned(words: Value[]): { name: string; value: Value }[] {
  while (
    DECLARES.test(visibleText(words[0] ?? EMPTY_VALUE)) ||
    /^-[a-zA-Z]+$/.test(visibleText(words[0] ?? EMPTY_VALUE))
  )
    words.shift();
  const found: { name: string; value: Value }[] = [];
  for (const word of words) {
    const assignment = readAssignment(word);
    if (assignment === undefined) break;
    found.push(assignment);
  }
  return found;
}

/** `for NAME in …` and `read NAME` set what is not followed; `: "${NAME:=value}"` sets a value. */
function chosen(word: string, words: readonly Value[]): { name: string; value: Value }[] {
  if (word === ":") {
    return words
      .slice(1)
      .flatMap(({ pieces: [piece] }) =>
        piece?.kind === "hole" && piece.fallback !== undefined ? [{ name: piece.name, value: piece.fallback }] : [],
      );
  }
  const names = word === "for" ? words.slice(1, 2) : words.slice(1);
  return names.flatMap((name) => {
    const hole: Hole = { kind: "hole", name: "$read", start: name.start, end: name.end };
    return /^[A-Za-z_]\w*$/.test(visibleText(name))
      ? [{ name: visibleText(name), value: { ...name, pieces: [hole] } }]
      : [];
  });
}
