import { type Value, visibleText } from "../lib/pieces.ts";
import type { Reference } from "./format.ts";
import { INSTALLERS, type Installer } from "./installers.ts";

const PROGRAM = /^(?:\S*\/)?(pip[\d.]*|pipx|npm|yarn|uv|gem|logstash-plugin|cargo|go|pecl|apt|apt-get|nvm|opm)$/;
const VERB = /^(?:install|i|add|get)$/;

/** Packages that a command installs by name. Undefined: it is no such command. Empty: it installs what a file says. */
export function readInstalls(words: readonly Value[]): Reference[] | undefined {
  const texts = words.map(visibleText);
  const program = texts.findIndex((text) => PROGRAM.test(text));
  const verb = texts.findIndex((text, index) => index > program && VERB.test(text));
  if (program < 0 || verb < 0) return undefined;
  const phrase = texts.slice(program, verb + 1).join(" ");
  const installer = INSTALLERS.find(({ begins }) => begins.test(phrase.replace(/^\S*\//, "")));
  return installer === undefined ? undefined : packagesOf(installer, words.slice(verb + 1), texts.slice(verb + 1));
}

function packagesOf(installer: Installer, words: readonly Value[], texts: readonly string[]): Reference[] {
  const found: Reference[] = [];
  let version: Value | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    const text = texts[index] ?? "";
    if (/^\d*[<>]/.test(text)) break;
    if (installer.versioned?.test(text) === true) {
      index += 1;
      version = words[index];
    } else if (installer.valued.test(text)) index += 1;
    else if (word !== undefined && text !== "" && !text.startsWith("-")) {
      const reference = installer.read(word);
      if (reference !== undefined) found.push(reference);
    }
  }
  return version === undefined ? found : found.map((one) => ({ ...one, value: version, precision: "exact" as const }));
}
