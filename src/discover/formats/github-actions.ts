import { posix } from "node:path";
import type { Node } from "yaml";
import { readPlainValue } from "../../lib/syntax/holes.ts";
import {
  EMPTY_VALUE,
  inScope,
  literalValue,
  type Span,
  sliceValue,
  type Value,
  visibleText,
} from "../../lib/syntax/pieces.ts";
import {
  childOf,
  entriesOf,
  isFolded,
  itemsOf,
  linesOf,
  literalOf,
  parseYaml,
  scalarOf,
  spanOf,
  type Yaml,
} from "../../lib/syntax/yaml.ts";
import type { Format, Inclusion, Reading, Reference, Variable } from "../format.ts";
import { readTools } from "../readers/packages/read-tool.ts";
import { buildInclusions, readBuildArgument } from "../readers/shell/read-build.ts";
import { readScript } from "../readers/shell/read-shell.ts";
import { addMatrix, eachOf, varies } from "../readers/yaml/read-matrix.ts";

/** Workflows and actions (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax). */
export const githubActions: Format = {
  id: "github-actions",
  title: "GitHub Actions workflow or action",
  matches: (path) => WORKFLOW.test(path) || ACTION.test(path),
  read: readWorkflow,
};

/** Only those of the root are ever run. */
const WORKFLOW = /^\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/;
const ACTION = /(?:^|\/)action\.ya?ml$/;
/** What follows a commit: `# v4.2.1`, `# tag=v4.2.1`, `# pin@v4`, `# ratchet:owner/name@v4.2.1`. */
const COMMENT = /^["']?[ \t]+#[ \t]*(?:[\w./:-]*[=@])?(v?\d[\w.+-]*)/;

type State = {
  readonly text: string;
  readonly yaml: Yaml;
  readonly references: Reference[];
  readonly variables: Variable[];
  readonly scopes: Record<string, string>;
  readonly builds: Value[];
  readonly inclusions: Inclusion[];
  readonly takes: string[];
  /** The values of each job's matrix, by `job matrix.name`. */
  readonly matrix: Map<string, Value[]>;
};

function readWorkflow(text: string, path: string): Reading {
  const yaml = parseYaml(text, path);
  const state: State = {
    text,
    yaml,
    references: [],
    variables: [],
    scopes: {},
    builds: [],
    inclusions: [],
    takes: [],
    matrix: new Map(),
  };
  addInputs(state);
  addVariables(state, yaml.root, "workflow");
  for (const { key, value: job } of entriesOf(yaml, childOf(yaml, yaml.root, "jobs"))) readJob(state, key, job);
  for (const step of itemsOf(yaml, childOf(yaml, yaml.root, "runs", "steps"))) readStep(state, step, "workflow");
  addImage(state, dockerImage(scalarOf(text, childOf(yaml, yaml.root, "runs", "image"))));
  const { references, variables, scopes, builds, inclusions, takes } = state;
  return { references, variables, scopes, builds, inclusions, takes, unordered: true, problems: yaml.problems };
}

function readJob(state: State, name: string, job: Node): void {
  const { text, yaml } = state;
  const scope = `job ${name}`;
  state.scopes[scope] = "workflow";
  addMatrix(state, job, scope);
  addVariables(state, job, scope);
  addUses(state, job, scope);
  addImage(state, scalarOf(text, childOf(yaml, job, "container")), scope);
  addImage(state, scalarOf(text, childOf(yaml, job, "container", "image")), scope);
  for (const { value: service } of entriesOf(yaml, childOf(yaml, job, "services"))) {
    addImage(state, scalarOf(text, childOf(yaml, service, "image")), scope);
  }
  for (const step of itemsOf(yaml, childOf(yaml, job, "steps"))) readStep(state, step, scope);
}

function readStep(state: State, step: Node, parent: string): void {
  const { yaml } = state;
  const scope = `${parent} step ${step.range?.[0] ?? 0}`;
  state.scopes[scope] = parent;
  addVariables(state, step, scope);
  addUses(state, step, scope);
  readInputs(state, step, scope);
  const run = childOf(yaml, step, "run");
  readSteps(state, run, scope);
  for (const name of ["prepare", "run"]) readSteps(state, childOf(yaml, step, "with", name), scope);
}

/** The script of a step, or the one that an action is given to run in a machine of its own. */
function readSteps(state: State, run: Node | undefined, scope: string): void {
  const { text } = state;
  const span = spanOf(text, run);
  if (span === undefined) return;
  readExports(state, span, state.scopes[scope] ?? scope);
  const script = readScript({ text, span, scope }, { operators: true, escape: "\\", folded: isFolded(run) });
  state.references.push(...script.references.flatMap((one) => eachOf(state, one, scope)));
  state.variables.push(...script.variables);
  state.builds.push(...script.builds);
  state.inclusions.push(...buildInclusions(script, "Dockerfile"));
  Object.assign(state.scopes, script.scopes);
}

const EXPORT = /\becho[ \t]+["']?([A-Za-z_][\w-]*)=([^\s"'`>]*)["']?[ \t]*>>[ \t]*["']?\$\{?GITHUB_ENV\b/g;
const EXPORTED_FILE = /\bcat[ \t]+["']?([\w./-]+)["']?[ \t]*>>[ \t]*["']?\$\{?GITHUB_ENV\b/g;

/** Variables that a step sets for those after it (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-environment-variable). */
function readExports({ text, variables, takes }: State, { start, end }: Span, scope: string): void {
  const script = text.slice(start, end);
  for (const match of script.matchAll(EXPORT)) {
    const [whole, name = "", written = ""] = match;
    const at = start + match.index + whole.indexOf("=") + 1;
    variables.push({ name, value: readPlainValue(text, at, at + written.length), scope });
  }
  takes.push(...[...script.matchAll(EXPORTED_FILE)].map(([, file = ""]) => posix.normalize(file)));
}

/** What well-known actions are told to use or to build. */
function readInputs(state: State, step: Node, scope: string): void {
  const { text, yaml } = state;
  const uses = literalOf(text, childOf(yaml, step, "uses"));
  const action = uses === undefined ? "" : (visibleText(uses).split("@")[0] ?? "").toLowerCase();
  const input = (name: string) => childOf(yaml, step, "with", name);
  if (action === "docker/setup-buildx-action") {
    for (const option of linesOf(text, input("driver-opts"))) {
      const setting = visibleText(option);
      if (setting.startsWith("image=")) addImage(state, sliceValue(option, "image=".length, setting.length), scope);
    }
  }
  if (action === "docker/setup-qemu-action") addImage(state, scalarOf(text, input("image")), scope);
  if (action === "docker/build-push-action") readBuild(state, input, scope);
  if (action === "docker/metadata-action") {
    state.builds.push(...linesOf(text, input("images")).map((image) => inScope(image, scope)));
  }
  const tools = readTools(action, (name) => scalarOf(text, input(name))).filter(({ value }) => !isAnswer(value));
  state.references.push(...tools.flatMap((tool) => eachOf(state, { ...tool, scope }, scope)));
}

/** What an earlier step or job answers while it runs is written nowhere, and no riddle. */
function isAnswer({ pieces }: Value): boolean {
  return pieces.some((piece) => piece.kind === "hole" && /^(?:\$\{\{\s*)?(?:steps|needs)\./.test(piece.name));
}

/** https://github.com/docker/build-push-action#inputs: `file` is seen from the root, and else lies in the context. */
function readBuild(state: State, input: (name: string) => Node | undefined, scope: string): void {
  const { text } = state;
  state.builds.push(...linesOf(text, input("tags")).map((tag) => inScope(tag, scope)));
  const written = (name: string) => visibleText(literalOf(text, input(name)) ?? EMPTY_VALUE);
  const file = written("file") || posix.join(written("context") || ".", "Dockerfile");
  const variables = linesOf(text, input("build-args"))
    .flatMap(readBuildArgument)
    .filter(({ value }) => !varies(state, value, scope))
    .map((variable) => ({ ...variable, scope }));
  state.inclusions.push({ paths: [posix.normalize(file)], variables });
}

/** An action or a reusable workflow; one of the project's own is given what stands under `with`. */
function addUses(state: State, user: Node, scope: string): void {
  const value = literalOf(state.text, childOf(state.yaml, user, "uses"));
  const text = value === undefined ? "" : visibleText(value);
  if (text.startsWith("./")) {
    const paths = /\.ya?ml$/.test(text) ? [text] : [`${text}/action.yml`, `${text}/action.yaml`];
    state.inclusions.push({ paths: paths.map(posix.normalize), variables: givenBy(state, user, scope) });
  }
  if (value === undefined || text.startsWith("./") || text.startsWith("../")) return;
  const image = dockerImage(value);
  const comment = commentAfter(state.text, value.end);
  if (image !== undefined) addImage(state, image);
  else state.references.push({ kind: "action", value, ...(comment === undefined ? {} : { comment }) });
}

function givenBy({ text, yaml }: State, user: Node, scope: string): Variable[] {
  return entriesOf(yaml, childOf(yaml, user, "with")).flatMap(({ key, value }): Variable[] => {
    const written = scalarOf(text, value);
    return written === undefined ? [] : [{ name: `inputs.${key}`, value: written, scope }];
  });
}

function commentAfter(text: string, end: number): Value | undefined {
  const found = COMMENT.exec(text.slice(end, end + 200));
  const tag = found?.[1];
  if (found === null || tag === undefined) return undefined;
  const stop = end + found[0].length;
  return literalValue(text, stop - tag.length, stop);
}

function dockerImage(value: Value | undefined): Value | undefined {
  const text = value === undefined ? "" : visibleText(value);
  return value === undefined || !text.startsWith("docker://")
    ? undefined
    : sliceValue(value, "docker://".length, text.length);
}

function addImage(state: State, value: Value | undefined, scope?: string): void {
  if (value === undefined) return;
  const at = scope === undefined ? {} : { scope };
  state.references.push(...eachOf(state, { kind: "image", value, ...at }, scope));
}

/** Inputs of reusable workflows and actions, by their defaults. */
function addInputs({ text, yaml, variables }: State): void {
  const lists = [
    childOf(yaml, yaml.root, "inputs"),
    childOf(yaml, yaml.root, "on", "workflow_call", "inputs"),
    childOf(yaml, yaml.root, "on", "workflow_dispatch", "inputs"),
  ];
  for (const { key, value } of lists.flatMap((list) => entriesOf(yaml, list))) {
    const written = scalarOf(text, childOf(yaml, value, "default"));
    if (written !== undefined) {
      for (const name of [`inputs.${key}`, `github.event.inputs.${key}`])
        variables.push({ name, value: written, scope: "workflow", argument: true });
    }
  }
}

function addVariables(state: State, node: unknown, scope: string): void {
  for (const { key, value } of entriesOf(state.yaml, childOf(state.yaml, node, "env"))) {
    const written = scalarOf(state.text, value);
    if (written !== undefined) state.variables.push({ name: key, value: written, scope });
  }
}
