import { EMPTY_VALUE, HOLE, inScope, partsOf, type Span, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import { readShell } from "../../../lib/syntax/shell.ts";
import type { ShellCommand, ShellOptions } from "../../../lib/syntax/shell-cursor.ts";
import type { Reference, Variable } from "../../format.ts";
import { readRCommand } from "../packages/read-r.ts";
import { followGit, type GitState } from "./follow-git.ts";
import { type Download, outputOf, withChecksums } from "./read-checksum.ts";
import { readGit } from "./read-clone.ts";
import { type ContainerStep, readContainer } from "./read-container.ts";
import { followCalls, type Step } from "./read-functions.ts";
import { listsOf, readInstalls, readToolchain } from "./read-install.ts";
import { readListed } from "./read-list.ts";
import { readModuleEdits } from "./read-package.ts";
import { readWritten } from "./read-redirect.ts";
import { readRelease } from "./read-release.ts";
import { isRun, runOf } from "./read-run.ts";
import { readSed, type Substitution } from "./read-sed.ts";
import { assignments } from "./read-variables.ts";
import { readVersionManager } from "./read-version-manager.ts";
import { listedWords, newWordLists, type WordLists, wordListsOf } from "./read-word-list.ts";

/** What a script says: downloads, installs, clones, and the variables it sets for itself. */
export type ScriptReading = {
  readonly references: readonly Reference[];
  readonly variables: readonly Variable[];
  /** Scopes of the script's functions and of their calls, each with the one it inherits from. */
  readonly scopes: Readonly<Record<string, string>>;
  readonly calls: Readonly<Record<string, number>>;
  /** Names of the images that it builds or pushes. */
  readonly builds: readonly Value[];
  /** Builds of images, with the scope that their arguments are written in. */
  readonly images: readonly (NonNullable<ContainerStep["build"]> & { readonly scope: string })[];
  /** Files whose variables it takes over, as written. */
  readonly sources: readonly string[];
  /** Scripts that it runs, as written, with what they are called with. */
  readonly runs: readonly { readonly file: string; readonly words: readonly Value[]; readonly scope: string }[];
  /** Words in whose place it puts values, in its own addresses and in other files. */
  readonly substitutions: readonly Substitution[];
  /** Lists of Python packages that it installs, as written, with the scope that they see. */
  readonly lists: readonly (ReturnType<typeof listsOf> & { readonly scope: string })[];
};

type State = GitState & {
  readonly text: string;
  readonly downloads: Download[];
  readonly builds: Value[];
  readonly images: ScriptReading["images"][number][];
  readonly sources: string[];
  readonly lists: ScriptReading["lists"][number][];
  readonly substitutions: Substitution[];
  readonly runs: ScriptReading["runs"][number][];
  /** Of what is set outside, and of the script's own variables. */
  readonly wordLists: { readonly outer: WordLists; readonly inner: WordLists };
};

const DEEPEST = 3;

/** A script in a file. */
export type Script = {
  readonly text: string;
  readonly span: Span;
  /** Where its own variables hold. */
  readonly scope: string;
  /** What those hold that are set before it. */
  readonly outer?: WordLists;
};

/** Reads shell text: downloads, installs, clones and variables, in the order of the text. Never fails. */
export function readScript(script: Script, options?: ShellOptions): ScriptReading {
  const { text, span } = script;
  const commands = readShell(text, span.start, span.end, options);
  const inner = commands.flatMap((command) => nested(text, command, options, 0));
  return readCommandList(script, inner);
}

/** Reads commands that are split into words already. */
export function readCommandList(script: Script, commands: readonly ShellCommand[]): ScriptReading {
  const { text, span, scope, outer = newWordLists() } = script;
  const { steps, variables, scopes, calls } = followCalls(text, commands, span, scope);
  const clones: State["clones"] = new Map();
  const lists = {
    references: [],
    downloads: [],
    builds: [],
    images: [],
    sources: [],
    lists: [],
    substitutions: [],
    runs: [],
  };
  const wordLists = { outer, inner: wordListsOf(steps) };
  const state: State = { text, ...lists, clones, remotes: new Map(), wordLists };
  for (const step of steps) readStep(state, step);
  const { references, downloads, builds, images, sources, lists: installed, substitutions, runs } = state;
  return {
    references: withChecksums(references, downloads, steps),
    variables: [...variables, ...steps.flatMap((step) => assignments(step, scope))],
    scopes,
    calls,
    builds,
    images,
    sources,
    lists: installed,
    substitutions,
    runs,
  };
}

/** Every address in a value that begins as a URL does; text that a value only quotes is passed over. */
export function urlsOf(value: Value): Value[] {
  const text = visibleText(value);
  const found = [...partsOf(value, /\b(?:https?|ftp):\/\/[^\s"'<>|;,()[\]{}\\]+/g)];
  const bare = found.length === 0 && text.startsWith(HOLE) && text.indexOf("/") === 1 ? [value] : [];
  return [...found, ...bare];
}

/** A command, after the commands of a script that it hands to another shell: `bash -c '…'`, `sh <<END`. */
function nested(text: string, command: ShellCommand, options: ShellOptions | undefined, depth: number): ShellCommand[] {
  const { words, heredocs = [] } = command;
  const shell = words.findIndex((word) => /^(?:\S*\/)?(?:(?:ba|da|z|k|a)?sh|su|ssh|eval)$/.test(visibleText(word)));
  if (shell < 0 || depth >= DEEPEST) return [command];
  const flag = words.findIndex((word, index) => index > shell && /^-[a-z]*c$/.test(visibleText(word)));
  const quoted = flag < 0 ? undefined : words[flag + 1];
  const spans = [...heredocs, ...(quoted === undefined ? [] : quotedSpan(text, quoted))];
  const inner = spans.flatMap((span) => readShell(text, span.start, span.end, options));
  return [...inner.flatMap((one) => nested(text, one, options, depth + 1)), command];
}

function quotedSpan(text: string, word: Value): Span[] {
  const quote = text[word.start];
  const isWhole = (quote === "'" || quote === '"') && text[word.end - 1] === quote && word.end - word.start > 1;
  return isWhole ? [{ start: word.start + 1, end: word.end - 1 }] : [];
}

function readStep(state: State, step: Step): void {
  const { command, scope } = step;
  const container = readContainer(command.words);
  if (container !== undefined) addContainer(state, container, scope);
  const git = readGit(command.words, state.text);
  if (git !== undefined) followGit(state, git, scope);
  const source = sourceOf(command);
  if (source !== undefined) state.sources.push(source);
  const run = runOf(command);
  if (run !== undefined) state.runs.push({ ...run, scope });
  const sed = readSed(command);
  if (sed !== undefined) state.substitutions.push(inScopeOf(sed, scope));
  const lists = listsOf(command.words);
  if (lists.requirements.length > 0) state.lists.push({ ...lists, scope });
  const found = [
    ...readCommand(state, command),
    ...readListed(state.text, command),
    ...readRCommand(command.words),
    ...readToolchain(command.words),
    ...readVersionManager(command.words),
    ...readModuleEdits(command.words),
    ...readWritten(state.text, command),
    ...readRelease(command.words),
  ];
  const output = outputOf(command);
  for (const reference of found) {
    if (reference.kind === "url") {
      state.downloads.push({ at: state.references.length, output: output(reference), scope });
    }
    state.references.push({ ...reference, scope });
  }
}

function inScopeOf({ replaces, files }: Substitution, scope: string): Substitution {
  return { replaces: replaces.map((one) => ({ ...one, scope })), files };
}

function addContainer(state: State, { images, builds, build }: ContainerStep, scope: string): void {
  state.references.push(...images.map((image) => ({ ...image, scope })));
  state.builds.push(...builds.map((one) => inScope(one, scope)));
  if (build !== undefined) state.images.push({ ...build, scope });
}

function readCommand({ text, wordLists }: State, command: ShellCommand): Reference[] {
  const { words, items = [] } = command;
  const installs = readInstalls(words, (word) => listedWords(wordLists.outer, wordLists.inner, word));
  if (installs !== undefined) return installs;
  if (SAYS.test(visibleText(words[0] ?? EMPTY_VALUE))) return [];
  const fetches = words.some((word) => /(?:^|\/)(?:curl|wget|aria2c)$/.test(visibleText(word)));
  const addresses = [...words, ...items].flatMap((word) => {
    const found = urlsOf(word);
    return found.length === 0 && fetches && visibleText(word).startsWith(HOLE) ? [word] : found;
  });
  const taken = fetches ? addresses : addresses.filter((address) => !LICENCE.test(visibleText(address)));
  return taken.map((value) => ({ kind: "url", value, ...(fetches && isRun(text, value) ? { run: true } : {}) }));
}

/** Where a script only says under which terms something comes. */
const LICENCE = /\/(?:licen[cs]e|copying)(?:[._-][\w.-]*)?$/i;

/** `source FILE` and `. FILE`, by the part of the name that is written. */
function sourceOf({ words }: ShellCommand): string | undefined {
  const at = words.findIndex((word) => /^(?:source|\.)$/.test(visibleText(word)));
  const file = at < 0 ? "" : visibleText(words[at + 1] ?? EMPTY_VALUE);
  const written = file.slice(file.lastIndexOf(HOLE) + 1).replace(/^\/+/, "");
  return /^[\w./-]+$/.test(written) && !file.startsWith("/") ? written : undefined;
}
/** Commands, and what people call their functions, that only tell somebody an address. */
const SAYS =
  /^(?:echo|printf|write-\w+|(?:log|print|say|show)(?:[_-](?:info|warn|warning|error|debug|msg|message|status|success|line))?|info|warn|warning|error|debug|notice|note|msg|message|die|fatal|fail|abort|success)$/i;
