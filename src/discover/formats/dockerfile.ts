import { DockerfileParser } from "dockerfile-ast";
import { readAssignment } from "../../lib/syntax/assignment.ts";
import { lineAt, lineStarts } from "../../lib/syntax/line-index.ts";
import { literalValue, type Span, sliceValue, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import { readWords } from "../../lib/syntax/shell.ts";
import type { Format, Reading, Reference } from "../format.ts";
import { DOCKERFILE_NAME } from "../readers/dockerfile/file-name.ts";
import { readCopy } from "../readers/dockerfile/read-dockerfile-copy.ts";
import {
  addImage,
  addUrls,
  addVariables,
  type DockerfileState,
  type Instruction,
  instructionAt,
  newState,
  splitFlags,
} from "../readers/dockerfile/read-dockerfile-state.ts";
import { type Copy, includeChanged, includeLists, includeScripts } from "../readers/shell/read-copied-script.ts";
import { readScript } from "../readers/shell/read-shell.ts";

/** Dockerfiles and Containerfiles (https://docs.docker.com/reference/dockerfile/). */
export const dockerfile: Format = {
  id: "dockerfile",
  title: "Dockerfile",
  matches: (path) => DOCKERFILE_NAME.test(path) && !/\.(?:md|dockerignore|sh|ya?ml|json)$/i.test(path),
  read: readDockerfile,
};

/** The parser takes the square of an instruction's flags; people write a handful. */
const MOST_FLAGS = 5_000;
/** Each value that is put in is looked for in each address. */
const MOST_REPLACES = 500;

function readDockerfile(text: string, path: string): Reading {
  const flags = text.match(/(?<!\S)--/g)?.length ?? 0;
  if (flags > MOST_FLAGS) throw new Error(`${flags} flags are more than are read of one file (${MOST_FLAGS}).`);
  const file = DockerfileParser.parse(text);
  const state = newState(text, path, text.search(/^#\s*escape\s*=\s*`/im) === 0 ? "`" : "\\");
  readSyntax(state);
  const starts = lineStarts(text);
  for (const instruction of file.getInstructions()) {
    const range = instruction.getRange();
    const span = {
      start: (starts[range.start.line] ?? 0) + range.start.character,
      end: (starts[range.end.line] ?? 0) + range.end.character,
    };
    readInstruction(state, instructionAt(text, span));
  }
  const { references, variables, inclusions, scopes, calls, replaces } = state;
  const unstarted = state.stageCount > 0 ? [] : [{ path, line: lineAt(starts, 0), message: "No FROM instruction." }];
  return { references, variables, inclusions, scopes, calls, replaces, problems: unstarted };
}

function readInstruction(state: DockerfileState, instruction: Instruction): void {
  const { keyword } = instruction;
  if (keyword === "FROM") readFrom(state, instruction);
  else if (keyword === "ARG") readArguments(state, instruction);
  else if (keyword === "ENV") readEnvironment(state, instruction);
  else if (keyword === "RUN") readRun(state, instruction);
  else if (keyword === "ADD" || keyword === "COPY") readCopy(state, instruction);
  else if (keyword === "ONBUILD") readInstruction(state, instructionAt(state.text, instruction));
}

/** `# syntax=docker/dockerfile:1` stands before everything else. */
function readSyntax(state: DockerfileState): void {
  const found = /^(?:#[^\n]*\n)*?#[ \t]*syntax[ \t]*=[ \t]*(\S+)/i.exec(state.text.slice(0, 2_000));
  if (found?.[1] === undefined) return;
  const end = found[0].length;
  const value = literalValue(state.text, end - found[1].length, end);
  state.references.push({ kind: "image", value, name: "syntax" });
}

function readFrom(state: DockerfileState, instruction: Instruction): void {
  const words = readWords(state.text, instruction.start, instruction.end, state.escape);
  const [image, as, name] = words.filter((word) => !visibleText(word).startsWith("--"));
  const stage = state.stageCount;
  state.scope = `stage-${stage}`;
  state.stageCount += 1;
  if (image === undefined) return;
  state.references.push({ kind: "image", value: image, scope: "global", local: state.local });
  const text = visibleText(image).toLowerCase();
  const parent = state.stages.get(text);
  if (parent === undefined) state.distribution = text.includes("ubuntu") ? "ubuntu" : "debian";
  else state.scopes[state.scope] = `stage-${parent}`;
  const named = as !== undefined && name !== undefined && /^as$/i.test(visibleText(as));
  const alias = named ? visibleText(name).toLowerCase() : String(stage);
  for (const local of [String(stage), alias]) state.local.set(local, instruction.end);
  state.stages.set(alias, stage);
}

function readArguments(state: DockerfileState, instruction: Instruction): void {
  const { scope } = state;
  for (const word of readWords(state.text, instruction.start, instruction.end, state.escape)) {
    const given = readAssignment(word);
    const name = given?.name ?? visibleText(word);
    const elsewhere = scope === "global" ? "none" : "global";
    const inherited: Value = { ...word, pieces: [{ ...word, kind: "hole", name, scope: elsewhere }] };
    addVariables(state, [{ name, value: given?.value ?? inherited, scope, argument: true }]);
    if (given !== undefined) addUrls(state, given.name, given.value);
  }
}

function readEnvironment(state: DockerfileState, instruction: Instruction): void {
  const words = readWords(state.text, instruction.start, instruction.end, state.escape);
  const [first, second] = words;
  if (first === undefined) return;
  const pairs = words.flatMap((word) => readAssignment(word) ?? []);
  const legacy = pairs.length === 0 && second !== undefined ? [{ name: visibleText(first), value: second }] : [];
  for (const { name, value } of [...pairs, ...legacy]) {
    addVariables(state, [{ name, value, scope: state.scope }]);
    addUrls(state, name, value);
  }
}

function readRun(state: DockerfileState, instruction: Instruction): void {
  const { flags, from } = splitFlags(state, instruction);
  for (const flag of flags) {
    const mounted = /(?:^--mount=|,)from=([^,]+)/.exec(visibleText(flag));
    if (mounted?.[1] === undefined) continue;
    const end = mounted.index + mounted[0].length;
    addImage(state, sliceValue(flag, end - mounted[1].length, end));
  }
  const span = scriptSpan(state.text, from, instruction.end);
  const scope = `${state.scope}/run-${instruction.start}`;
  state.scopes[scope] = state.scope;
  const options = { operators: true, escape: state.escape };
  const script = readScript({ text: state.script, span, scope, outer: state.wordLists }, options);
  state.references.push(...script.references.map((reference) => ofDistribution(state, reference)));
  addVariables(state, script.variables);
  Object.assign(state.scopes, script.scopes);
  Object.assign(state.calls, script.calls);
  const mounts = flags.flatMap(mountedFrom);
  const build = { ...state, copies: [...state.copies, ...mounts], scope };
  state.inclusions.push(...includeScripts(build, span), ...includeLists(build, script.lists));
  state.inclusions.push(...includeChanged(build, script.substitutions));
  const replaces = script.substitutions.flatMap((one) => one.replaces);
  state.replaces.push(...replaces.slice(0, MOST_REPLACES - state.replaces.length));
}

/** What `--mount=type=bind,source=…,target=…` shows of the context to one step. */
function mountedFrom(flag: Value): Copy[] {
  const text = visibleText(flag);
  const source = /(?:^--mount=|,)(?:source|src)=([^,]+)/.exec(text)?.[1];
  const target = /(?:^--mount=|,)(?:target|dst|destination)=([^,]+)/.exec(text)?.[1];
  if (source === undefined || target === undefined || /(?:^--mount=|,)from=/.test(text)) return [];
  return [{ source, target }];
}

/** Debian packages are Ubuntu's where the image says so. */
function ofDistribution(state: DockerfileState, reference: Reference): Reference {
  const { upstream } = reference;
  if (state.distribution === "debian" || upstream?.startsWith("pkg:deb/debian/") !== true) return reference;
  return { ...reference, upstream: upstream.replace("pkg:deb/debian/", `pkg:deb/${state.distribution}/`) };
}

/** The script itself: what follows RUN, or what the here-document holds that stands in its place. */
function scriptSpan(text: string, start: number, end: number): Span {
  const heredoc = /^\s*<<-?\s*["']?[A-Za-z_]\w*(?!\w)["']?[^\n]*\n/.exec(text.slice(start, end));
  return { start: start + (heredoc?.[0].length ?? 0), end };
}
