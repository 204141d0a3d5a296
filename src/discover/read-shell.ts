import { HOLE, type Span, sliceValue, spelledText, type Value, visibleText } from "../lib/pieces.ts";
import { readShell, type ShellCommand, type ShellOptions } from "../lib/shell.ts";
import type { Checksum, Reference, Variable } from "./format.ts";
import { readClone } from "./read-clone.ts";
import { readInstalls } from "./read-install.ts";

/** What a script says: downloads, installs, clones, and the variables it sets for itself. */
export type ScriptReading = { readonly references: readonly Reference[]; readonly variables: readonly Variable[] };

type Download = { readonly at: number; readonly output: string };
type Check = { readonly checksum: Checksum; readonly file: string };

/** Reads shell text. `scope` is where its own variables hold. */
export function readScript(text: string, span: Span, scope: string, options?: ShellOptions): ScriptReading {
  const commands = readShell(text, span.start, span.end, options);
  const variables = commands.flatMap((command) => assignments(command, scope));
  const downloads: Download[] = [];
  const references: Reference[] = [];
  for (const command of commands) {
    const found = readCommand(command);
    for (const reference of found) {
      if (reference.kind === "url") downloads.push({ at: references.length, output: outputOf(command, reference) });
      references.push({ ...reference, scope });
    }
  }
  return { references: withChecksums(references, downloads, checksOf(commands)), variables };
}

/** Every address in a value that begins as a URL does; text that a value only quotes is passed over. */
export function urlsOf(value: Value): Value[] {
  const text = visibleText(value);
  const found = [...text.matchAll(/\b(?:https?|ftp):\/\/[^\s"'<>|;,()[\]{}\\]+/g)].map((match) =>
    sliceValue(value, match.index, match.index + match[0].length),
  );
  const bare = found.length === 0 && text.startsWith(HOLE) && text.indexOf("/") === 1 ? [value] : [];
  return [...found, ...bare];
}

/** `NAME=value`; undefined for everything else. */
export function readAssignment(word: Value): { readonly name: string; readonly value: Value } | undefined {
  const first = word.pieces[0];
  const found = first?.kind === "literal" ? /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(first.text) : null;
  const name = found?.[1];
  if (name === undefined) return undefined;
  const text = visibleText(word);
  const value = sliceValue(word, name.length + 1, text.length);
  const start = word.start + name.length + 1;
  return { name, value: text.length === name.length + 1 ? { start, end: start, pieces: [] } : value };
}

function readCommand(command: ShellCommand): Reference[] {
  const clone = readClone(command.words);
  if (clone !== undefined) return [clone];
  const installs = readInstalls(command.words);
  if (installs !== undefined) return installs;
  if (/^(?:echo|printf)$/.test(visibleText(command.words[0] ?? EMPTY))) return [];
  const fetches = command.words.some((word) => /(?:^|\/)(?:curl|wget|aria2c)$/.test(visibleText(word)));
  const addresses = command.words.flatMap((word) => {
    const found = urlsOf(word);
    return found.length === 0 && fetches && visibleText(word).startsWith(HOLE) ? [word] : found;
  });
  return addresses.map((value) => ({ kind: "url", value }));
}

function assignments(command: ShellCommand, scope: string): Variable[] {
  const words = [...command.words];
  while (/^(?:export|local|readonly|declare|env|then|do|else|if|!|\{)$/.test(visibleText(words[0] ?? EMPTY)))
    words.shift();
  const found: Variable[] = [];
  for (const word of words) {
    const assignment = readAssignment(word);
    if (assignment === undefined) break;
    found.push({ ...assignment, scope });
  }
  return found;
}

const EMPTY: Value = { start: 0, end: 0, pieces: [] };

/** The file a download is written to: `-o`, `-O`, else the last part of its address. */
function outputOf(command: ShellCommand, reference: Reference): string {
  const words = command.words.map(spelledText);
  const flag = words.findIndex((word) => /^(?:-[A-Za-z]*o|-O|--output|--output-document)$/.test(word));
  const named = flag >= 0 ? words[flag + 1] : undefined;
  const isName = named !== undefined && !named.startsWith("-") && !named.includes("://");
  return baseName(isName ? named : spelledText(reference.value));
}

/** Commands such as `echo "<hash>  <file>" | sha256sum -c`. */
function checksOf(commands: readonly ShellCommand[]): Check[] {
  return commands.flatMap((command, index) => {
    const words = command.words.map(visibleText);
    const tool = words.map((word) => /^(?:\S*\/)?(?:sha(1|256|384|512)sum|shasum)$/.exec(word)).find((match) => match);
    if (!tool || !words.some((word) => /^(?:-[a-z]*c\w*|--check)$/.test(word))) return [];
    const algorithm = ALGORITHMS.find((known) => known === `sha${tool[1] ?? shasumBits(words)}`) ?? "sha1";
    const candidates = [...command.words, ...(commands[index - 1]?.words ?? [])];
    return candidates.flatMap((word) => checkOf(word, algorithm)).slice(0, 1);
  });
}

const ALGORITHMS = ["sha1", "sha256", "sha384", "sha512"] as const;

function shasumBits(words: readonly string[]): string {
  const flag = words.findIndex((word) => /^(?:-a|--algorithm)$/.test(word));
  return (flag >= 0 ? words[flag + 1] : undefined) ?? "1";
}

function checkOf(word: Value, algorithm: Checksum["algorithm"]): Check[] {
  const match = new RegExp(`^(${HOLE}|[0-9a-f]{40,128})\\s+\\*?(\\S+)`).exec(visibleText(word));
  const [whole, hash, file] = match ?? [];
  if (whole === undefined || hash === undefined || file === undefined) return [];
  const value = sliceValue(word, 0, hash.length);
  return [
    {
      checksum: { value, algorithm },
      file: baseName(spelledText(sliceValue(word, whole.length - file.length, whole.length))),
    },
  ];
}

/** A check belongs to the download of the file it names, or to the only one there is. */
function withChecksums(
  references: readonly Reference[],
  downloads: readonly Download[],
  checks: readonly Check[],
): readonly Reference[] {
  const linked = [...references];
  for (const { checksum, file } of checks) {
    const named = downloads.filter((download) => download.output === file);
    const only = downloads.length === 1 && checks.length === 1 ? downloads : [];
    const [download] = named.length > 0 ? named : only;
    const reference = download === undefined ? undefined : linked[download.at];
    if (download === undefined || reference === undefined) continue;
    linked[download.at] = { ...reference, checksums: [...(reference.checksums ?? []), checksum] };
  }
  return linked;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
