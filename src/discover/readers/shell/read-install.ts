import { HOLE, sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { Reference } from "../../format.ts";
import { INSTALLERS, type Installer } from "./installers.ts";

const PROGRAM =
  /^(?:\S*\/)?(pip[\d.]*|pipx|npm|npx|pnpm|yarn|bun|bunx|corepack|uv|uvx|gem|logstash-plugin|cargo|go|pecl|apt|apt-get|aptitude|apk|dnf|yum|microdnf|tdnf|zypper|conda|mamba|micromamba|composer|dotnet|choco|nvm|fnm|pyenv|rbenv|rustup|opm|gh)$/;
const VERB =
  /^(?:install|i|add|get|download|wheel|require|dlx|exec|prepare|use|default|binstall|localinstall|create|in)$/;
/** Programs that run a package without any verb. */
const RUNS = /^(?:\S*\/)?(?:npx|bunx|uvx)$/;

/** What reads the packages of a command that begins with these words, for example `go install`. */
export function installerOf(phrase: string): Installer | undefined {
  return INSTALLERS.find(({ begins }) => begins.test(phrase));
}

/** Options of pip that name a list of requirements. */
const LISTS = /^(?:-[a-zA-Z]{0,9}[rc]|--requirements?|--constraints?)$/;

/** A list of requirements that lies elsewhere is a download. */
function listAfter(option: Value, value: Value | undefined): Reference[] {
  const isAddress = value !== undefined && LISTS.test(visibleText(option)) && /^https?:\/\//.test(visibleText(value));
  return isAddress ? [{ kind: "url", value }] : [];
}

/** Files of requirements and of constraints that a command of pip reads, by the part of their paths that is written. */
export function listsOf(words: readonly Value[]): { requirements: string[]; constraints: string[] } {
  const texts = words.map(visibleText);
  const pip = texts.findIndex((text) => /^(?:\S*\/)?pip[\d.]*$/.test(text));
  const named = (letter: string, long: string) => {
    const joined = new RegExp(`^(?:--${long}s?=|-${letter})(?=[\\w./${HOLE}])(.+)$`);
    const apart = new RegExp(`^(?:--${long}s?|-[a-zA-Z]{0,9}${letter})$`);
    return texts.flatMap((text, index) => {
      if (pip < 0 || index <= pip) return [];
      const written = apart.test(text) ? (texts[index + 1] ?? "") : (joined.exec(text)?.[1] ?? "");
      const file = written.includes(HOLE) ? written.slice(written.lastIndexOf(HOLE) + 1).replace(/^\/+/, "") : written;
      return /^[\w./-]+\.(?:txt|in|pip|cfg)$/.test(file) ? [file] : [];
    });
  };
  return { requirements: named("r", "requirement"), constraints: named("c", "constraint") };
}

/** What rustup's installer is told to install: `--default-toolchain 1.86`. */
export function readToolchain(words: readonly Value[]): Reference[] {
  const at = words.findIndex((word) => /^--default-toolchain(?:=|$)/.test(visibleText(word)));
  const option = words[at];
  if (option === undefined) return [];
  const text = visibleText(option);
  const equals = text.indexOf("=");
  const value = equals < 0 ? words[at + 1] : sliceValue(option, equals + 1, text.length);
  if (value === undefined) return [];
  return [{ kind: "version", value, name: "rust", upstream: "pkg:github/rust-lang/rust", numeric: true }];
}

/**
 * Packages that a command installs by name. Undefined: it is no such command. Empty: it installs what a file says.
 * `expand` gives the words that a variable stands for.
 */
export function readInstalls(words: readonly Value[], expand: Expand = (word) => [word]): Reference[] | undefined {
  const texts = words.map(visibleText);
  const program = texts.findIndex((text) => PROGRAM.test(text));
  const runs = RUNS.test(texts[program] ?? "");
  const verb = runs ? program : texts.findIndex((text, index) => index > program && VERB.test(text));
  if (program < 0 || verb < 0) return undefined;
  const phrase = texts.slice(program, verb + 1).join(" ");
  const installer = installerOf(phrase.replace(/^\S*\//, ""));
  return installer === undefined ? undefined : packagesOf(installer, words.slice(verb + 1), expand);
}

type Expand = (word: Value) => readonly Value[];

function packagesOf(installer: Installer, words: readonly Value[], expand: Expand): Reference[] {
  const found: Reference[] = [];
  let version: Value | undefined;
  let from = 0;
  for (const [index, word] of words.entries()) {
    const text = visibleText(word);
    if (index < from) continue;
    if (/^\d*[<>]/.test(text)) break;
    if (text.startsWith("-")) {
      const option = readOption(installer, word, words[index + 1]);
      version = option.version ?? version;
      found.push(...listAfter(word, words[index + 1]));
      from = index + 1 + option.more;
      continue;
    }
    found.push(...expand(word).flatMap((one) => packageOf(installer, one) ?? []));
    if (installer.single === true) break;
  }
  return version === undefined ? found : found.map((one) => ({ ...one, value: version, precision: "exact" as const }));
}

/** A package by its name, or from its address. */
function packageOf(installer: Installer, word: Value): Reference | undefined {
  const text = visibleText(word);
  if (text === "" || text.startsWith("-")) return undefined;
  return installer.read(word) ?? (/^https?:\/\//.test(text) ? { kind: "url", value: word } : undefined);
}

/** The version that an option gives, in its own word or in the next, and how many words more it takes. */
function readOption(installer: Installer, word: Value, next: Value | undefined): { version?: Value; more: number } {
  const text = visibleText(word);
  const name = text.split("=")[0] ?? text;
  const isJoined = name !== text;
  const value = isJoined ? sliceValue(word, name.length + 1, text.length) : next;
  const isVersion = installer.versioned?.test(name) === true;
  const more = !isJoined && (isVersion || installer.valued.test(name)) ? 1 : 0;
  return isVersion && value !== undefined ? { version: value, more } : { more };
}
