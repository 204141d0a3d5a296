import { toPurl } from "../domain/upstream.ts";
import { sliceValue, type Value, visibleText } from "../lib/pieces.ts";
import type { Reference } from "./format.ts";
import { readRequirement } from "./read-requirement.ts";

type Installer = {
  /** The words that begin it, as they stand behind the program's folder. */
  readonly begins: RegExp;
  /** Options that take the next word as their value. */
  readonly valued: RegExp;
  readonly read: (word: Value) => Reference | undefined;
};

const INSTALLERS: readonly Installer[] = [
  {
    begins: /^(?:\S*\/)?(?:uv )?pip[\d.]* (?:\S+ )*?install$/,
    valued:
      /^(?:-[a-zA-Z]*[rcitfb]|--(?:requirement|constraint|index-url|extra-index-url|target|find-links|prefix|root|python|platform|no-binary|only-binary|progress-bar|timeout|retries|trusted-host|cache-dir|src|upgrade-strategy|proxy|implementation|abi|python-version|report|config-settings|global-option))$/,
    read: (word) => readRequirement(word),
  },
  {
    begins: /^(?:\S*\/)?pipx install$|^uv tool install$/,
    valued: /^--(?:python|index-url|spec|pip-args|suffix)$/,
    read: (word) => readRequirement(word),
  },
  {
    begins: /^(?:\S*\/)?npm (?:-g |--global )?(?:install|i|add)$|^yarn global add$/,
    valued: /^--(?:prefix|registry|cache|loglevel|tag)$/,
    read: readNpmPackage,
  },
];

/** Packages that a command installs by name. Undefined: it is no such command. Empty: it installs what a file says. */
export function readInstalls(words: readonly Value[]): Reference[] | undefined {
  const texts = words.map(visibleText);
  const last = texts.findIndex((text) => text === "install" || text === "i" || text === "add");
  if (last < 1) return undefined;
  const installer = installerOf(texts.slice(0, last + 1));
  if (installer === undefined) return undefined;
  if (/npm/.test(texts.slice(0, last).join(" ")) && !texts.some((text) => text === "-g" || text === "--global"))
    return [];
  return packagesOf(installer, words.slice(last + 1), texts.slice(last + 1));
}

/** The program may stand behind others: `sudo -H`, `yes |`, a path. */
function installerOf(texts: readonly string[]): Installer | undefined {
  const program = texts.findIndex((text) => /(?:^|\/)(?:pip[\d.]*|pipx|npm|yarn|uv)$/.test(text));
  if (program < 0) return undefined;
  const phrase = texts.slice(program).join(" ");
  return INSTALLERS.find((installer) => installer.begins.test(phrase));
}

function packagesOf(installer: Installer, words: readonly Value[], texts: readonly string[]): Reference[] {
  const found: Reference[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    const text = texts[index] ?? "";
    if (/^\d*[<>]/.test(text)) break;
    if (installer.valued.test(text)) index += 1;
    else if (word !== undefined && text !== "" && !text.startsWith("-")) {
      const reference = installer.read(word);
      if (reference !== undefined) found.push(reference);
    }
  }
  return found;
}

/** `name`, `@scope/name`, either with `@version` or `@tag`. */
function readNpmPackage(word: Value): Reference | undefined {
  const text = visibleText(word);
  const found = /^(@[a-z0-9][\w.-]*\/)?([a-z0-9][\w.-]*)(?:@(.*))?$/i.exec(text);
  if (found === null) return undefined;
  const name = `${found[1] ?? ""}${found[2] ?? ""}`;
  const version = found[3] ?? "";
  const start = text.length - version.length;
  const isVersion = version !== "" && !/^[a-z]+$/i.test(version);
  const isRange = /^[\^~<>]/.test(version);
  return {
    kind: "version",
    name,
    upstream: toPurl("npm", name),
    scheme: "semver",
    value: sliceValue(word, start, text.length),
    precision: isVersion ? (isRange ? "range" : "exact") : "floating",
  };
}
