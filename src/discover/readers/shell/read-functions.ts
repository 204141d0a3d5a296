import { EMPTY_VALUE, type Hole, type Span, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { ShellCommand } from "../../../lib/syntax/shell-cursor.ts";
import type { Variable } from "../../format.ts";

/** One command as it runs: in the body of a function, with the arguments of one call in their places. */
export type Step = {
  readonly command: ShellCommand;
  readonly scope: string;
  /** True in a function's body: what is set there holds for the whole script, too. */
  readonly body: boolean;
};

/** A script's commands with the calls of its own functions carried out, and the scopes that arise. */
export type Steps = {
  readonly steps: readonly Step[];
  /** What functions are called with, named `1`, `2` … */
  readonly variables: readonly Variable[];
  readonly scopes: Readonly<Record<string, string>>;
  readonly calls: Readonly<Record<string, number>>;
};

type Definition = { readonly body: ShellCommand[]; readonly start: number; takes: boolean; used: boolean };

type State = {
  readonly functions: ReadonlyMap<string, Definition>;
  readonly steps: Step[];
  readonly variables: Variable[];
  readonly scopes: Record<string, string>;
  readonly calls: Record<string, number>;
  budget: number;
};

const MOST_STEPS = 4_000;
const DEEPEST = 3;
const MOST_ARGUMENTS = 50;
const NAME = /^[\w.:-]+$/;
/** Words that may stand before a command of the same line. */
const BEFORE = /^(?:if|then|elif|else|while|until|do|!|time|\{)$/;
const ARGUMENT = /^(?:[1-9]\d?|[@*]|\$\{[@*1-9].*)$/;

/** Follows the calls of functions that take arguments; the bodies of all others are read once. */
export function followCalls(text: string, commands: readonly ShellCommand[], span: Span, scope: string): Steps {
  const { functions, top } = findFunctions(text, commands);
  const state: State = { functions, steps: [], variables: [], scopes: {}, calls: {}, budget: MOST_STEPS };
  run(state, top, { scope, depth: 0, body: false });
  for (const takes of [false, true]) {
    for (const definition of functions.values()) {
      if (definition.takes !== takes || definition.used) continue;
      const inner = `${scope} function ${definition.start}`;
      state.scopes[inner] = scope;
      state.calls[inner] = span.end;
      run(state, definition.body, { scope: inner, depth: 0, body: true });
    }
  }
  return state;
}

/** The commands that belong to no function, and the functions. Braces nest. */
function findFunctions(text: string, commands: readonly ShellCommand[]) {
  const functions = new Map<string, Definition>();
  const open: (Definition | undefined)[] = [];
  const top: ShellCommand[] = [];
  let named: { name: string; start: number } | undefined;
  for (const command of commands) {
    const header = headerOf(text, command);
    named = header ?? named;
    const words = bodyStart(command, header !== undefined);
    if (words !== undefined) open.push(define(functions, named) ?? open.at(-1));
    if (words !== undefined) named = undefined;
    else if (visibleText(command.words[0] ?? EMPTY_VALUE) === "}") open.pop();
    const rest = words ?? (header === undefined ? command.words : []);
    if (rest.length > 0) add(open.at(-1), top, { ...command, words: rest });
  }
  return { functions, top };
}

function add(owner: Definition | undefined, top: ShellCommand[], command: ShellCommand): void {
  (owner?.body ?? top).push(command);
  if (owner !== undefined) owner.takes ||= takesArguments(command);
}

function define(functions: Map<string, Definition>, named: { name: string; start: number } | undefined) {
  if (named === undefined) return undefined;
  const definition: Definition = { body: [], start: named.start, takes: false, used: false };
  functions.set(named.name, definition);
  return definition;
}

/** `name ()` or `function name`. */
function headerOf(text: string, { words }: ShellCommand): { name: string; start: number } | undefined {
  const [first, second] = words.map(visibleText);
  const [word] = words;
  if (word === undefined || first === undefined) return undefined;
  if (first === "function" && second !== undefined && NAME.test(second)) return { name: second, start: word.start };
  const isNamed = words.length === 1 && NAME.test(first) && /^\s*\(\s*\)/.test(text.slice(word.end, word.end + 20));
  return isNamed ? { name: first, start: word.start } : undefined;
}

/** The words behind an opening brace; undefined when none opens here. */
function bodyStart({ words }: ShellCommand, isHeader: boolean): readonly Value[] | undefined {
  const at = isHeader ? 2 : 0;
  return visibleText(words[at] ?? EMPTY_VALUE) === "{" ? words.slice(at + 1) : undefined;
}

function takesArguments({ words, items = [] }: ShellCommand): boolean {
  return [...words, ...items].some((word) => word.pieces.some((piece) => piece.kind === "hole" && isArgument(piece)));
}

function isArgument(hole: Hole): boolean {
  return ARGUMENT.test(hole.cut?.name ?? hole.name);
}

/** Where commands run: in which scope, how many calls deep, and whether in the body of a function that nobody calls. */
type Frame = { readonly scope: string; readonly depth: number; readonly body: boolean };

function run(state: State, commands: readonly ShellCommand[], frame: Frame): void {
  const { scope, depth, body } = frame;
  for (const command of commands) {
    state.budget -= 1;
    state.steps.push({ command, scope, body });
    const first = command.words.findIndex((word) => !BEFORE.test(visibleText(word)) && !isAssignment(word));
    const called = state.functions.get(visibleText(command.words[first] ?? EMPTY_VALUE));
    if (called?.takes !== true || depth >= DEEPEST || state.budget < called.body.length) continue;
    called.used = true;
    call(state, called, command.words.slice(first), frame);
  }
}

function isAssignment(word: Value): boolean {
  const [piece] = word.pieces;
  return piece?.kind === "literal" && /^[A-Za-z_]\w*=/.test(piece.text);
}

function call(state: State, { body }: Definition, words: readonly Value[], { scope, depth }: Frame): void {
  const [name, ...given] = words.slice(0, MOST_ARGUMENTS);
  const at = name?.start ?? 0;
  const inner = `${scope} call ${at}`;
  state.scopes[inner] = scope;
  state.calls[inner] = at;
  const values = given.map((word) => asSeenBy(scope, word));
  state.variables.push(
    ...values.map((value, index) => ({ name: String(index + 1), value, scope: inner, always: true })),
  );
  run(state, withArguments(body, values), { scope: inner, depth: depth + 1, body: false });
}

/** An argument's own holes are filled where the call stands. */
function asSeenBy(scope: string, word: Value): Value {
  return { ...word, pieces: word.pieces.map((piece) => (piece.kind === "hole" ? { scope, ...piece } : piece)) };
}

/** The body with all arguments in the place of `"$@"`, and single ones numbered on as `shift` moves them. */
function withArguments(body: readonly ShellCommand[], given: readonly Value[]): ShellCommand[] {
  let moved = 0;
  let lost = false;
  return body.map((command) => {
    const [first, count] = command.words.map(visibleText);
    lost ||= /^(?:while|until)$/.test(first ?? "") && takesArguments(command);
    const replace = (words: readonly Value[]) => words.flatMap((word) => replaced(word, given, moved, lost));
    const items = command.items === undefined ? {} : { items: replace(command.items) };
    const result = { ...command, words: replace(command.words), ...items };
    if (first === "shift") moved += Number(/^\d+$/.test(count ?? "") ? count : 1);
    return result;
  });
}

function replaced(word: Value, given: readonly Value[], moved: number, lost: boolean): Value[] {
  const [only] = word.pieces;
  const list = word.pieces.length === 1 && only?.kind === "hole" ? /^(?:[@*]|\$\{[@*]:(\d+)\})$/.exec(only.name) : null;
  if (list !== null && !lost) return given.slice(Number(list[1] ?? 1) - 1 + moved);
  const number = (name: string) => (lost ? `$${name}` : String(Number(name) + moved));
  const pieces = word.pieces.map((piece) => {
    if (piece.kind === "literal" || !/^[1-9]\d?$/.test(piece.cut?.name ?? piece.name)) return piece;
    return piece.cut === undefined
      ? { ...piece, name: number(piece.name) }
      : { ...piece, cut: { ...piece.cut, name: number(piece.cut.name) } };
  });
  return [{ ...word, pieces }];
}
