import { HOLE, type Hole, inScope, partsOf, type Span, type Value, visibleText } from "../lib/syntax/pieces.ts";
import { readShell, type ShellCommand, type ShellOptions } from "../lib/syntax/shell.ts";
import type { Reference, Variable } from "./format.ts";
import { readAssignment } from "./read-assignment.ts";
import { type Download, outputOf, withChecksums } from "./read-checksum.ts";
import { type GitStep, readGit } from "./read-clone.ts";
import { type ContainerStep, readContainer } from "./read-container.ts";
import { followCalls, type Step } from "./read-functions.ts";
import { listsOf, readInstalls, readToolchain } from "./read-install.ts";
import { readListed } from "./read-list.ts";
import { readModuleEdits } from "./read-package.ts";
import { readRCommand } from "./read-r.ts";
import { readWritten } from "./read-redirect.ts";
import { readRelease } from "./read-release.ts";
import { isRun, runOf } from "./read-run.ts";
import { readSed, type Substitution } from "./read-sed.ts";
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

type State = {
  readonly text: string;
  readonly references: Reference[];
  readonly downloads: Download[];
  readonly builds: Value[];
  readonly images: ScriptReading["images"][number][];
  readonly sources: string[];
  readonly lists: ScriptReading["lists"][number][];
  readonly substitutions: Substitution[];
  readonly runs: ScriptReading["runs"][number][];
  /** Scope → the repositories cloned in it: place in the list of references, folder. */
  readonly clones: Map<string, { at: number; folder: string }[]>;
  /** Repositories that are added as a remote, until something is fetched from them. */
  readonly remotes: Map<string, Reference>;
  /** Of what is set outside, and of the script's own variables. */
  readonly wordLists: { readonly outer: WordLists; readonly inner: WordLists };
};

const DEEPEST = 3;
/** How many of a scope's clones a checkout is looked for in, the latest. */
const MOST_CLONES = 200;

/** Reads shell text. `scope` is where its own variables hold, `outer` what those hold that are set before it. */
export function readScript(
  text: string,
  span: Span,
  scope: string,
  options?: ShellOptions,
  outer = newWordLists(),
): ScriptReading {
  const commands = readShell(text, span.start, span.end, options);
  const inner = commands.flatMap((command) => nested(text, command, options, 0));
  return readCommandList(text, inner, span, scope, outer);
}

/** Reads commands that are split into words already. */
export function readCommandList(
  text: string,
  commands: readonly ShellCommand[],
  span: Span,
  scope: string,
  outer = newWordLists(),
): ScriptReading {
  const { steps, variables, scopes, calls } = followCalls(text, commands, span, scope);
  const clones = new Map<string, { at: number; folder: string }[]>();
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
  if (git !== undefined) addGit(state, git, scope);
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

/** A ref that is checked out belongs to the clone of that folder, else to the latest clone of the scope. */
function addGit(state: State, step: GitStep, scope: string): void {
  const known = state.clones.get(scope) ?? [];
  if (step.kind === "checkout") addCheckout(state, step.ref, step.folder, scope);
  else if (step.kind === "compare") addCompared(state, step, scope);
  else if (step.kind === "remote") state.remotes.set(scope, step.reference);
  else {
    state.clones.set(scope, known);
    known.push({ at: state.references.length, folder: step.folder });
    state.references.push({ ...step.reference, scope });
  }
}

function addCheckout(state: State, ref: Value | undefined, folder: string, scope: string): void {
  const remote = state.remotes.get(scope);
  state.remotes.delete(scope);
  if (remote !== undefined) addGit(state, { kind: "clone", reference: remote, folder: "" }, scope);
  const clones = (state.clones.get(scope) ?? []).slice(-MOST_CLONES);
  const clone = clones.findLast((one) => one.folder === folder) ?? clones.at(-1);
  const reference = clone === undefined ? undefined : state.references[clone.at];
  if (clone === undefined || reference === undefined || ref === undefined) return;
  const { clone: _, ...rest } = reference; // what is compared is what this command chooses
  state.references[clone.at] = { ...rest, ref };
}

function addCompared(state: State, { commit, folder }: GitStep & { kind: "compare" }, scope: string): void {
  const clone = (state.clones.get(scope) ?? [])
    .slice(-MOST_CLONES)
    .findLast((one) => folder === "" || one.folder === folder);
  const reference = clone === undefined ? undefined : state.references[clone.at];
  if (clone !== undefined && reference !== undefined) state.references[clone.at] = { ...reference, digest: commit };
}

function readCommand({ text, wordLists }: State, command: ShellCommand): Reference[] {
  const { words, items = [] } = command;
  const installs = readInstalls(words, (word) => listedWords(wordLists.outer, wordLists.inner, word));
  if (installs !== undefined) return installs;
  if (SAYS.test(visibleText(words[0] ?? EMPTY))) return [];
  const fetches = words.some((word) => /(?:^|\/)(?:curl|wget|aria2c)$/.test(visibleText(word)));
  const addresses = [...words, ...items].flatMap((word) => {
    const found = urlsOf(word);
    return found.length === 0 && fetches && visibleText(word).startsWith(HOLE) ? [word] : found;
  });
  return addresses.map((value) => ({ kind: "url", value, ...(fetches && isRun(text, value) ? { run: true } : {}) }));
}

/** `source FILE` and `. FILE`, by the part of the name that is written. */
function sourceOf({ words }: ShellCommand): string | undefined {
  const at = words.findIndex((word) => /^(?:source|\.)$/.test(visibleText(word)));
  const file = at < 0 ? "" : visibleText(words[at + 1] ?? EMPTY);
  const written = file.slice(file.lastIndexOf(HOLE) + 1).replace(/^\/+/, "");
  return /^[\w./-]+$/.test(written) && !file.startsWith("/") ? written : undefined;
}

const EMPTY: Value = { start: 0, end: 0, pieces: [] };
/** Commands, and what people call their functions, that only tell somebody an address. */
const SAYS =
  /^(?:echo|printf|write-\w+|(?:log|print|say|show)(?:[_-](?:info|warn|warning|error|debug|msg|message|status|success|line))?|info|warn|warning|error|debug|notice|note|msg|message|die|fatal|fail|abort|success)$/i;
const DECLARES = /^(?:export|local|readonly|declare|typeset|env)$/;
const BEFORE = /^(?:then|do|else|elif|if|while|until|!|\{|time)$/;

/** What a command sets: in its own scope, and from the body of a function for the rest of the script. */
function assignments({ command, scope, body }: Step, outer: string): Variable[] {
  const words = [...command.words];
  while (BEFORE.test(visibleText(words[0] ?? EMPTY))) words.shift();
  const word = visibleText(words[0] ?? EMPTY);
  const found = /^(?:for|read|:)$/.test(word) ? chosen(word, words) : assigned(words);
  const isLocal = /^(?:local|declare|typeset|for)$/.test(word);
  return found.flatMap((one) => [{ ...one, scope }, ...(body && !isLocal ? [{ ...one, scope: outer }] : [])]);
}

function assigned(words: Value[]): { name: string; value: Value }[] {
  while (DECLARES.test(visibleText(words[0] ?? EMPTY)) || /^-[a-zA-Z]+$/.test(visibleText(words[0] ?? EMPTY)))
    words.shift();
  const found: { name: string; value: Value }[] = [];
  for (const word of words) {
    const assignment = readAssignment(word);
    if (assignment === undefined) break;
    found.push(assignment);
  }
  return found;
}

/** `for NAME in …` and `read NAME` set what is not followed; `: "${NAME:=value}"` sets a value. */
function chosen(word: string, words: readonly Value[]): { name: string; value: Value }[] {
  if (word === ":") {
    return words
      .slice(1)
      .flatMap(({ pieces: [piece] }) =>
        piece?.kind === "hole" && piece.fallback !== undefined ? [{ name: piece.name, value: piece.fallback }] : [],
      );
  }
  const names = word === "for" ? words.slice(1, 2) : words.slice(1);
  return names.flatMap((name) => {
    const hole: Hole = { kind: "hole", name: "$read", start: name.start, end: name.end };
    return /^[A-Za-z_]\w*$/.test(visibleText(name))
      ? [{ name: visibleText(name), value: { ...name, pieces: [hole] } }]
      : [];
  });
}
