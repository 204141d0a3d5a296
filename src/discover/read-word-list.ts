import { sliceValue, type Value, visibleText } from "../lib/syntax/pieces.ts";
import type { Variable } from "./format.ts";
import { readAssignment } from "./read-assignment.ts";
import type { Step } from "./read-functions.ts";

/** Variable → the words that it holds, of all the values that it is given. */
export type WordLists = ReadonlyMap<string, readonly Value[]>;

const NAME = /^(?:\$\{)?([A-Za-z_]\w*)(?:\[[@*]\]\})?$/;
const MOST_WORDS = 200;

/** What a script's variables hold that stand for several words or for a whole one: `PACKAGES="a==1 b==2"`, `PACKAGES=(a b)`. */
export function wordListsOf(steps: readonly Step[], outer: readonly Variable[]): WordLists {
  const lists = new Map<string, Value[]>();
  const add = (name: string, words: readonly Value[]) => {
    lists.set(name, [...(lists.get(name) ?? []), ...words].slice(0, MOST_WORDS));
  };
  for (const { name, value } of outer) add(name, wordsIn(value));
  for (const { command } of steps) {
    for (const word of command.words) {
      const { name, value } = readAssignment(word) ?? {};
      if (name !== undefined && value !== undefined) add(name, wordsIn(value));
    }
    const assigned = readAssignment(command.words.at(-1) ?? EMPTY)?.name;
    if (assigned !== undefined && command.items !== undefined) add(assigned, command.items);
  }
  return lists;
}

const EMPTY: Value = { start: 0, end: 0, pieces: [] };

/** The words that a word which is nothing but a variable stands for; else the word itself. */
export function listedWords(lists: WordLists, word: Value): readonly Value[] {
  const [only] = word.pieces;
  const name = word.pieces.length === 1 && only?.kind === "hole" ? NAME.exec(only.name)?.[1] : undefined;
  const words = name === undefined ? undefined : lists.get(name);
  return words === undefined || words.length === 0 ? [word] : words;
}

function wordsIn(value: Value): Value[] {
  return [...visibleText(value).matchAll(/[^\s"'\\]+/g)].map((word) =>
    sliceValue(value, word.index, word.index + word[0].length),
  );
}
