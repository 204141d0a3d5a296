import { readAssignment } from "../../../lib/syntax/assignment.ts";
import { EMPTY_VALUE, partsOf, type Value } from "../../../lib/syntax/pieces.ts";
import type { Variable } from "../../format.ts";
import type { Step } from "./read-functions.ts";

/** Variables and the words that they hold, of all the values that they are given. Grows as a file is read. */
export type WordLists = {
  readonly words: Map<string, Value[]>;
  /** How many words may still be put in the places of variables: more than a file of a person's hand ever needs. */
  left: number;
};

const NAME = /^(?:\$\{)?([A-Za-z_]\w*)(?:\[[@*]\]\})?$/;
const MOST_WORDS = 200;

/** No words yet, and room for all that a person's file needs. */
export function newWordLists(): WordLists {
  return { words: new Map(), left: 10_000 };
}

/** Adds the words of values that variables are given: `PACKAGES="a==1 b==2"`. */
export function addWordLists({ words }: WordLists, variables: readonly Pick<Variable, "name" | "value">[]): void {
  for (const { name, value } of variables) add(words, name, partsOf(value, /[^\s"'\\]+/g));
}

/** What a script's own variables hold that stand for several words or for a whole one: `PACKAGES="a==1 b==2"`, `PACKAGES=(a b)`. */
export function wordListsOf(steps: readonly Step[]): WordLists {
  const lists = newWordLists();
  for (const { command } of steps) {
    addWordLists(
      lists,
      command.words.flatMap((word) => readAssignment(word) ?? []),
    );
    const assigned = readAssignment(command.words.at(-1) ?? EMPTY_VALUE)?.name;
    if (assigned !== undefined && command.items !== undefined) add(lists.words, assigned, command.items);
  }
  return lists;
}

function add(lists: WordLists["words"], name: string, words: Iterable<Value>): void {
  const known = lists.get(name) ?? [];
  lists.set(name, known);
  if (known.length >= MOST_WORDS) return;
  for (const word of words) if (known.push(word) >= MOST_WORDS) return;
}

/** The words that a word which is nothing but a variable stands for, outside and in the script; else the word itself. */
export function listedWords(outer: WordLists, inner: WordLists, word: Value): readonly Value[] {
  const [only] = word.pieces;
  const name = word.pieces.length === 1 && only?.kind === "hole" ? NAME.exec(only.name)?.[1] : undefined;
  const words = name === undefined ? [] : [outer, inner].flatMap((lists) => lists.words.get(name) ?? []);
  if (words.length === 0 || outer.left <= 0) return [word];
  outer.left -= words.length;
  return words.slice(0, MOST_WORDS);
}
