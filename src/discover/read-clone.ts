import { sliceValue, type Value, visibleText } from "../lib/pieces.ts";
import type { Reference } from "./format.ts";

/** `git clone [-b REF] URL`. */
export function readClone(words: readonly Value[]): Reference | undefined {
  const texts = words.map(visibleText);
  const git = texts.findIndex((text) => text === "git" || text.endsWith("/git"));
  if (git < 0 || !texts.slice(git + 1).includes("clone")) return undefined;
  const address = words.find((_, index) => index > git && /^(?:https?|git|ssh):\/\/|^git@/.test(texts[index] ?? ""));
  if (address === undefined) return undefined;
  const ref = refOf(words, texts);
  return { kind: "git", value: address, ...(ref === undefined ? {} : { ref }) };
}

function refOf(words: readonly Value[], texts: readonly string[]): Value | undefined {
  const joined = texts.findIndex((text) => text.startsWith("--branch="));
  const word = words[joined];
  if (word !== undefined) return sliceValue(word, "--branch=".length, texts[joined]?.length ?? 0);
  const flag = texts.findIndex((text) => text === "-b" || text === "--branch");
  return flag < 0 ? undefined : words[flag + 1];
}
