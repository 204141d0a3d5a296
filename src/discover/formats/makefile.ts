import { posix } from "node:path";
import { toPurl } from "../../domain/upstream.ts";
import { lineEnd } from "../../lib/syntax/line-index.ts";
import { readMakeValue } from "../../lib/syntax/make-hole.ts";
import { EMPTY_VALUE, type Span, sliceValue, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import type { Format, Inclusion, Reading, Reference, Variable } from "../format.ts";
import { readOpenwrtPackage } from "../readers/packages/read-openwrt.ts";
import { buildInclusions } from "../readers/shell/read-build.ts";
import { installerOf } from "../readers/shell/read-install.ts";
import { readScript, type ScriptReading, urlsOf } from "../readers/shell/read-shell.ts";

/** Makefiles (https://www.gnu.org/software/make/manual/html_node/Quick-Reference.html). */
export const makefile: Format = {
  id: "makefile",
  title: "Makefile",
  matches: (path) => NAME.test(path),
  read: readMakefile,
};

const NAME =
  /(?:^|\/)(?:GNU|BSD)?makefile(?:\.(?!md$)[\w.-]+)?$|\.(?:mk|mak|makefile)(?:\.in)?$|(?:^|\/)debian\/rules$/i;
const ASSIGNMENT =
  /^[ \t]*(?:[^\s:=#?+!]+[ \t]*:[ \t]+)?(?:(?:export|override|private|unexport)[ \t]+)*([A-Za-z_][\w.-]*)[ \t]*(?::::|::|:|\?|!)?=[ \t]*/;
const INCLUDE = /^[ \t]*(?:-|s)?include[ \t]+(\S.*)$/;
const MODULE = /^(?:[\w-]+\.)+[a-z]+\/\S+$/;

type State = {
  readonly text: string;
  readonly path: string;
  readonly references: Reference[];
  readonly variables: Variable[];
  readonly inclusions: Inclusion[];
  readonly scopes: Record<string, string>;
  readonly calls: Record<string, number>;
  readonly builds: Value[];
  readonly takes: string[];
};

function readMakefile(text: string, path: string): Reading {
  const lists = { references: [], variables: [], inclusions: [], builds: [], takes: [] };
  const state: State = { text, path, ...lists, scopes: {}, calls: {} };
  for (const line of logicalLines(text)) {
    if (text[line.start] === "\t") readRecipe(state, line);
    else readLine(state, line);
  }
  state.references.push(...readOpenwrtPackage(text, state.variables));
  const { references, variables, inclusions, scopes, calls, builds, takes } = state;
  return { references, variables, inclusions, scopes, calls, builds, takes, unordered: true, problems: [] };
}

/** Lines with their continuations. */
function* logicalLines(text: string): Generator<Span> {
  let start = 0;
  while (start < text.length) {
    let end = lineEnd(text, start);
    while (end < text.length && /\\\r?$/.test(text.slice(Math.max(start, end - 2), end))) end = lineEnd(text, end + 1);
    yield { start, end };
    start = end + 1;
  }
}

function readLine(state: State, line: Span): void {
  const content = state.text.slice(line.start, line.end);
  const included = INCLUDE.exec(content)?.[1];
  if (included !== undefined) {
    const files = included.split(/\s+/).map((file) => file.replace(/^.*\$[({]\w+[)}]\/*/, ""));
    const folder = posix.dirname(state.path);
    state.takes.push(...files.flatMap((file) => [posix.join(folder, file), posix.normalize(file)]));
    return;
  }
  const assignment = ASSIGNMENT.exec(content);
  if (assignment === null) readInlineRecipe(state, line, content);
  else readAssigned(state, assignment[1] ?? "", { start: line.start + assignment[0].length, end: line.end });
}

/** `target: needed ; command`. */
function readInlineRecipe(state: State, line: Span, content: string): void {
  const semicolon = /^[^#\s][^#;:]*:[^#;]*;/.exec(content)?.[0].length;
  if (semicolon !== undefined) readRecipe(state, { start: line.start + semicolon, end: line.end });
  for (const call of content.matchAll(/\$\(call\s/g)) readCall(state, line.start + call.index, line.end);
}

function readAssigned(state: State, name: string, span: Span): void {
  const written = state.text.slice(span.start, span.end);
  const comment = written.search(/(?:^|\s)#/);
  const visible = (comment < 0 ? written : written.slice(0, comment)).trimEnd();
  const value = readMakeValue(state.text, span.start, span.start + visible.length);
  const before = state.references.length;
  state.variables.push({ name, value });
  addSite(state, name, value);
  for (const call of written.matchAll(/\$\(call\s/g)) readCall(state, span.start + call.index, span.end);
  state.references.push(...urlsOf(value).map((url): Reference => ({ kind: "url", value: url, name })));
  if (/\$\(shell\s/.test(visible)) addScript(state, { start: value.start, end: value.end });
  if (name.endsWith("_SITE")) addHashes(state, before);
}

/** Buildroot takes no archive whose hash does not stand beside the package (https://buildroot.org/downloads/manual/manual.html#adding-packages-hash). */
function addHashes({ references, path }: State, from: number): void {
  const locks = [path.replace(/\.mk$/i, ".hash")];
  for (const [at, reference] of references.entries()) if (at >= from) references[at] = { ...reference, locks };
}

function readRecipe(state: State, line: Span): void {
  const prefix = /^[\t @+-]*/.exec(state.text.slice(line.start, Math.min(line.end, line.start + 40)))?.[0].length ?? 0;
  const start = line.start + prefix;
  addScript(state, { start, end: line.end });
  for (const call of state.text.slice(start, line.end).matchAll(/\$\(call\s/g)) {
    readCall(state, start + call.index, line.end);
  }
}

function addScript(state: State, span: Span): void {
  const scope = `recipe ${span.start}`;
  const script: ScriptReading = readScript(
    { text: state.text, span, scope },
    { operators: true, escape: "\\", make: true },
  );
  state.references.push(...script.references);
  state.variables.push(...script.variables);
  state.builds.push(...script.builds);
  state.inclusions.push(...buildInclusions(script, state.path));
  Object.assign(state.scopes, script.scopes);
  Object.assign(state.calls, script.calls);
}

/** Functions that install Go tools by convention: `$(call go-install-tool,$(BIN),module/path,$(VERSION))`. */
function readCall(state: State, start: number, end: number): void {
  const [call] = readMakeValue(state.text, start, Math.min(end, start + 1_000)).pieces;
  if (call?.kind !== "hole") return;
  const parts = argumentsOf(state.text, call);
  const forge = /^\$\(call\s+(github|gitlab)\s*,/.exec(state.text.slice(call.start, call.end))?.[1];
  if (forge !== undefined) readForge(state, forge, parts);
  const at = parts.findIndex((part) => MODULE.test(visibleText(part)));
  const module = parts[at];
  if (module === undefined) return;
  const version = parts[at + 1];
  const written = visibleText(module);
  const joined = written.indexOf("@");
  const go = installerOf("go install");
  const reference =
    joined > 0 ? go?.read(module) : version === undefined ? undefined : go?.read(pinned(module, version));
  if (reference !== undefined) state.references.push(reference);
}

/** Buildroot's `$(call github,owner,name,$(VERSION))` (https://buildroot.org/downloads/manual/manual.html#github-download-url). */
function readForge({ references }: State, forge: string, [owner, name, ref]: readonly Value[]): void {
  const [first, second] = [owner, name].map((part) => visibleText(part ?? EMPTY_VALUE));
  if (ref === undefined || !/^[\w.-]+$/.test(`${first}${second}`)) return;
  references.push({ kind: "git", value: ref, upstream: toPurl(forge, `${first}/${second}`), ref });
}

/** A package of Buildroot that is taken from a repository: `X_SITE = https://….git` beside `X_VERSION = …`. */
function addSite({ references }: State, name: string, value: Value): void {
  const [, prefix] = /^(\w+)_SITE$/.exec(name) ?? [];
  if (prefix === undefined || !/^(?:https?|git):\/\/\S+\.git$/.test(visibleText(value))) return;
  const { start, end } = value;
  const ref: Value = { start, end, pieces: [{ kind: "hole", name: `${prefix}_VERSION`, start, end }] };
  references.push({ kind: "git", value, ref });
}

function pinned(module: Value, version: Value): Value {
  const at = { kind: "literal", text: "@", start: module.end, end: module.end + 1 } as const;
  return { start: module.start, end: version.end, pieces: [...module.pieces, at, ...version.pieces] };
}

/** What stands between the commas of a call, without the function's own name. */
function argumentsOf(text: string, call: Span): Value[] {
  const found: Value[] = [];
  let from = call.start;
  let depth = 0;
  for (let at = call.start + 2; at < call.end; at += 1) {
    const character = text[at];
    if (character === "(" || character === "{") depth += 1;
    const isEnd = at === call.end - 1;
    if (isEnd || (depth === 0 && character === ",")) {
      found.push(trimmed(text, from, at));
      from = at + 1;
    }
    if (character === ")" || character === "}") depth -= 1;
  }
  return found.slice(1);
}

function trimmed(text: string, start: number, end: number): Value {
  const written = text.slice(start, end);
  const from = start + (written.length - written.trimStart().length);
  const value = readMakeValue(text, from, start + written.trimEnd().length);
  return sliceValue(value, 0, visibleText(value).length);
}
