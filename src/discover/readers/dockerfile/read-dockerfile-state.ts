import { withoutExecForm } from "../../../lib/syntax/exec-form.ts";
import type { Span, Value } from "../../../lib/syntax/pieces.ts";
import { readWords } from "../../../lib/syntax/shell.ts";
import type { Inclusion, Reference, Replacement, Variable } from "../../format.ts";
import type { Copy } from "../shell/read-copied-script.ts";
import { urlsOf } from "../shell/read-shell.ts";
import { addWordLists, newWordLists, type WordLists } from "../shell/read-word-list.ts";

/** An instruction: its keyword in capitals, and the span of everything after it. */
export type Instruction = Span & { readonly keyword: string };

/** What has been read so far. `scope` is the stage that is being read. */
export type DockerfileState = {
  readonly text: string;
  /** The same with lists of words as a shell would write them. */
  readonly script: string;
  readonly path: string;
  readonly escape: string;
  readonly references: Reference[];
  readonly variables: Variable[];
  /** What the variables hold. */
  readonly wordLists: WordLists;
  readonly inclusions: Inclusion[];
  readonly replaces: Replacement[];
  readonly scopes: Record<string, string>;
  readonly calls: Record<string, number>;
  /** Stage name → its number. */
  readonly stages: Map<string, number>;
  stageCount: number;
  /** Stage names and numbers, and `scratch`: what is not an image, and from where on. */
  readonly local: Map<string, number>;
  /** What has been copied from the context, and to where. */
  readonly copies: Copy[];
  scope: string;
  distribution: "debian" | "ubuntu";
};

/** Nothing read yet. */
export function newState(text: string, path: string, escapeCharacter: string): DockerfileState {
  const lists = {
    references: [],
    variables: [],
    wordLists: newWordLists(),
    inclusions: [],
    replaces: [],
    scopes: {},
    calls: {},
    stages: new Map<string, number>(),
    stageCount: 0,
    copies: [],
  };
  return {
    text,
    script: withoutExecForm(text),
    path,
    escape: escapeCharacter,
    ...lists,
    local: new Map([["scratch", -1]]),
    scope: "global",
    distribution: "debian",
  };
}

/** The keyword, and the span of everything after it. */
export function instructionAt(text: string, span: Span): Instruction {
  const keyword = /^\s*[A-Za-z]+/.exec(text.slice(span.start, Math.min(span.end, span.start + 40)))?.[0] ?? "";
  return { keyword: keyword.trim().toUpperCase(), start: span.start + keyword.length, end: span.end };
}

/** Variables, and the words that they hold. */
export function addVariables(state: DockerfileState, variables: readonly Variable[]): void {
  for (const variable of variables) state.variables.push(variable);
  addWordLists(state.wordLists, variables);
}

/** The addresses in a variable's value. */
export function addUrls(state: DockerfileState, name: string, value: Value): void {
  const { scope } = state;
  state.references.push(...urlsOf(value).map((url): Reference => ({ kind: "url", value: url, scope, name })));
}

/** An image that the stage being read takes something from. */
export function addImage(state: DockerfileState, value: Value): void {
  state.references.push({ kind: "image", value, scope: state.scope, local: state.local });
}

/** The `--flags` of an instruction, and where its own arguments begin. */
export function splitFlags(state: DockerfileState, instruction: Instruction): { flags: Value[]; from: number } {
  const flags: Value[] = [];
  let from = instruction.start;
  for (;;) {
    const line = /^(?:\s|\\\r?\n)*--\S+/.exec(state.text.slice(from, Math.min(instruction.end, from + 2_000)))?.[0];
    const word = line === undefined ? undefined : readWords(state.text, from, from + line.length, state.escape)[0];
    if (line === undefined || word === undefined) return { flags, from };
    flags.push(word);
    from += line.length;
  }
}
