import { toPurl } from "../../../domain/upstream.ts";
import { sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { Reference } from "../../format.ts";

const ADDRESS = /^https?:\/\/[\w.-]+\/[\w.-]+\/[\w.-]+/;
const REPOSITORY = /^[\w.-]+\/[\w.-]+$/;
/** Commands that install from a repository in the version an option names. */
const PHRASE = /^(?:gh release download|gh api|zkg (?:\S+ )*?install|helm plugin install|eget|fetch)(?: |$)/;
const WORDS_OF_PHRASE = 12;

/** `gh release download TAG --repo owner/name`, `zkg install URL --version TAG`, `fetch --repo URL --tag TAG` and such. */
export function readRelease(words: readonly Value[]): Reference[] {
  const texts = words.map(visibleText);
  const at = texts.findIndex((text) => /^(?:\S*\/)?(?:gh|zkg|helm|eget|fetch)$/.test(text));
  const phrase = texts
    .slice(Math.max(at, 0), at + WORDS_OF_PHRASE)
    .join(" ")
    .replace(/^\S*\//, "");
  if (at < 0 || !PHRASE.test(phrase)) return [];
  const rest = words.slice(at + 1);
  const repository = optionOf(rest, /^(?:-R|--repo)$/) ?? rest.find((word) => isRepository(word, phrase));
  if (repository === undefined) return [];
  const tag = phrase.startsWith("gh release download") ? tagOf(rest.slice(2)) : undefined;
  const ref = tag ?? optionOf(rest, /^--(?:version|tag|branch|commit|revision)$/);
  const text = visibleText(repository);
  const [, named] = /^\/?repos\/([\w.-]+\/[\w.-]+)\/(?:releases|tags)/.exec(text) ?? [];
  const known = named ?? (REPOSITORY.test(text) ? text : undefined);
  if (known === undefined && !ADDRESS.test(text)) return [];
  const upstream = known === undefined ? {} : { upstream: toPurl("github", known) };
  return [{ kind: "git", value: repository, ...upstream, ...(ref === undefined ? {} : { ref }) }];
}

function isRepository(word: Value, phrase: string): boolean {
  const text = visibleText(word);
  if (phrase.startsWith("gh api")) return /^\/?repos\/[\w.-]+\/[\w.-]+\/(?:releases|tags)/.test(text);
  return ADDRESS.test(text) || (phrase.startsWith("eget") && REPOSITORY.test(text));
}

/** The first word that is neither an option nor the value of one is the tag. */
function tagOf(words: readonly Value[]): Value | undefined {
  const texts = words.map(visibleText);
  return words.find((_, index) => !/^[-<>|]/.test(texts[index] ?? "") && !VALUED.test(texts[index - 1] ?? ""));
}

/** https://cli.github.com/manual/gh_release_download */
const VALUED = /^(?:-[RpODA]|--(?:repo|pattern|output|dir|archive))$/;

function optionOf(words: readonly Value[], names: RegExp): Value | undefined {
  for (const [index, word] of words.entries()) {
    const text = visibleText(word);
    const equals = text.indexOf("=");
    if (names.test(text)) return words[index + 1];
    if (equals > 0 && names.test(text.slice(0, equals))) return sliceValue(word, equals + 1, text.length);
  }
  return undefined;
}
