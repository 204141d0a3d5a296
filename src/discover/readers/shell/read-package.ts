import type { Precision } from "../../../domain/pin.ts";
import { toPurl } from "../../../domain/upstream.ts";
import { sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { Reference } from "../../format.ts";

type Known = Pick<Reference, "scheme" | "tagTemplate"> & { readonly upstream: string };

/** A word of the form name and version, in the groups of a pattern. */
export function readNamed(word: Value, pattern: RegExp, known: (name: string) => Known): Reference | undefined {
  const text = visibleText(word);
  const found = pattern.exec(text);
  if (found === null) return undefined;
  const [, name = "", version = ""] = found;
  const value = sliceValue(word, text.length - version.length, text.length);
  return { kind: "version", ...known(name), value, precision: precisionOf(version), ...(name === "" ? {} : { name }) };
}

function precisionOf(version: string): Precision {
  if (version === "" || /^[a-z]+$/i.test(version)) return "floating";
  return /^[\^~<>]|[*]/.test(version) ? "range" : "exact";
}

/** `name`, `@scope/name`, either with `@version` or `@tag`. */
export function readNpmPackage(word: Value): Reference | undefined {
  const pattern = /^((?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*)(?:@(.*))?$/i;
  return readNamed(word, pattern, (name) => ({ upstream: toPurl("npm", name), scheme: "semver" }));
}

/** `host/path@version`. */
export function readGoPackage(word: Value): Reference | undefined {
  return readNamed(word, /^((?:[\w-]+\.)+[a-z]+\/[^@\s]+)@(.+)$/, goModule);
}

/** `go mod edit -require=path@version`, `-replace=path=path@version`. */
export function readModuleEdits(words: readonly Value[]): Reference[] {
  const texts = words.map(visibleText);
  const at = texts.findIndex(
    (text, index) => text === "edit" && texts[index - 1] === "mod" && /(?:^|\/)go$/.test(texts[index - 2] ?? ""),
  );
  return words.slice(at < 0 ? words.length : at).flatMap((word) => {
    const text = visibleText(word);
    const [option] = /^--?(?:require=|replace=[^=\s]+=)/.exec(text) ?? [];
    return option === undefined ? [] : (readGoPackage(sliceValue(word, option.length, text.length)) ?? []);
  });
}

/** The repository of a Go command, where its path names a forge; else the module path as it is. */
function goModule(path: string): Known {
  const [, repository] = /^github\.com\/([^/]+\/[^/]+)/.exec(path) ?? [];
  if (repository !== undefined) return { upstream: toPurl("github", repository) };
  return { upstream: toPurl("golang", path), scheme: "semver" };
}
