import { posix } from "node:path";
import { isMap, isScalar, isSeq, type Node } from "yaml";
import { toPurl } from "../../../domain/upstream.ts";
import { HOLE, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import { childOf, entriesOf, isFolded, itemsOf, literalOf, parseYaml, spanOf } from "../../../lib/syntax/yaml.ts";
import type { Checksum, Reading } from "../../format.ts";
import { readRequirement } from "../packages/read-requirement.ts";
import { readScript, urlsOf } from "../shell/read-shell.ts";
import { type AnsibleState, scalarAt, sliceAfter } from "./read-ansible-state.ts";
import { plainText, readChart, readChartDependencies } from "./read-chart.ts";
import { isRequired, readRequired } from "./read-galaxy.ts";
import { readImageParts, templateOf } from "./read-image-node.ts";

/** Files whose mapping is variables and nothing else. */
const VARIABLES = /(?:^|\/)(?:group_vars|host_vars|defaults|vars)\//i;
const CONTAINER =
  /^(?:(?:community\.docker|containers\.podman)\.)?(?:docker_container|docker_image|docker_image_pull|docker_swarm_service|podman_container|podman_image)$/;
const MODULE = /^(?:ansible\.(?:builtin|legacy|posix)\.|community\.(?:general|docker)\.|kubernetes\.core\.)?(\w+)$/;
const IMAGE_PARTS = { name: ["name", "image"], tag: ["tag"] };

/** True when a text is a list of plays or of tasks, wherever it lies. */
export function isPlaybook(text: string): boolean {
  return (
    /^- (?:[\w.]+:|\{)/m.test(text) &&
    /^(?:- |[ \t]+)(?:hosts|import_playbook|(?:ansible\.builtin|community\.\w+)\.\w+):/m.test(text)
  );
}

/** What a playbook, a file of tasks or of variables, or a list of requirements takes from upstream. */
export function readAnsible(text: string, path: string): Reading {
  const yaml = parseYaml(text, path);
  const root = yaml.follow(yaml.root);
  if (isMap(root) && childOf(yaml, root, "dependencies") !== undefined && /requirements\.ya?ml$/.test(path)) {
    return readChartDependencies(text, path);
  }
  const state: AnsibleState = { text, yaml, references: [], variables: [], seen: new Set() };
  if (VARIABLES.test(path)) addVariables(state, root);
  else if (/(?:^|\/)(?:requirements|galaxy|main)\.ya?ml$/.test(path) && isRequired(path)) readRequired(state, root);
  else walk(state, root);
  const { references, variables } = state;
  return {
    references,
    variables,
    inclusions: [],
    takes: variableFiles(path),
    unordered: true,
    problems: yaml.problems,
  };
}

/** The folder of a role, which may lie deeper than `roles/name`. */
const ROLES = [
  /^(.*?(?:^|\/)roles\/(?:[^/]+\/){0,3}?[^/]+)\/(?:tasks|handlers|defaults|vars|meta|templates)\//,
  /^(.*?(?:^|\/)roles\/[^/]+)\//,
  /^(.*?)(?:^|\/)(?:tasks|handlers)\//,
];

/** Where the variables of a role or of a playbook stand, strongest first. */
function variableFiles(path: string): string[] {
  const [, role] = ROLES.map((pattern) => pattern.exec(path)).find((match) => match !== null) ?? [];
  const folders = ["vars", "defaults"].map((name) => posix.join(role ?? posix.dirname(path), name, "main"));
  const above = /^(.*?)(?:^|\/)roles\//.exec(path)?.[1];
  const base = role === undefined ? posix.dirname(path) : (above ?? role);
  const groups = ["group_vars/all", "group_vars/all/main", "group_vars/all/vars", "inventory/group_vars/all", "vars"];
  return [...folders, ...groups.map((name) => posix.join(base, name))].flatMap((name) => [
    `${name}.yml`,
    `${name}.yaml`,
  ]);
}

/** Looks at each node once: plays, blocks and tasks in any nesting. */
function walk(state: AnsibleState, node: Node | undefined): void {
  if (node === undefined || state.seen.has(node)) return;
  state.seen.add(node);
  if (isSeq(node)) for (const item of itemsOf(state.yaml, node)) walk(state, item);
  if (!isMap(node)) return;
  for (const { key, value } of entriesOf(state.yaml, node)) {
    if (key === "vars" || key === "set_fact" || key === "ansible.builtin.set_fact") addVariables(state, value);
    else if (isScalar(value)) readScalarModule(state, key, value);
    else if (CONTAINER.test(key)) readContainer(state, value);
    else {
      readModule(state, MODULE.exec(key)?.[1] ?? "", value);
      walk(state, value);
    }
  }
}

function readModule(state: AnsibleState, name: string, node: Node): void {
  if (name === "get_url" || name === "unarchive" || name === "uri") readDownload(state, node);
  else if (/^(?:apt|dnf|yum|package|zypper|win_package)$/.test(name)) readPackageFiles(state, node);
  else if (name === "git") readGit(state, node);
  else if (name === "pip") readPackages(state, node);
  else if (name === "npm") readNpm(state, node);
  else if (name === "helm") readHelm(state, node);
  else if (name === "platforms" || name === "docker_compose_v2") readImages(state, node);
  else if (/^(?:shell|command)$/.test(name)) readCommand(state, childOf(state.yaml, node, "cmd"));
}

/** `shell: …` and `command: …`; the short form of every other module says nothing that is read. */
function readScalarModule(state: AnsibleState, key: string, node: Node): void {
  if (/^(?:ansible\.builtin\.)?(?:shell|command)$/.test(key)) readCommand(state, node);
}

/** What a template fills in could be anything: such a script is left. */
function readCommand(state: AnsibleState, node: Node | undefined): void {
  const span = spanOf(state.text, node);
  if (span === undefined || /\{[{%]/.test(state.text.slice(span.start, span.end))) return;
  const options = { operators: true, escape: "\\", folded: isFolded(node) };
  const script = readScript({ text: state.text, span, scope: `script ${span.start}` }, options);
  state.references.push(...script.references);
  state.variables.push(...script.variables);
}

function readContainer(state: AnsibleState, node: Node): void {
  const image = scalarAt(state, node, "image");
  const parts = readImageParts(state.text, state.yaml, node, IMAGE_PARTS);
  const built =
    plainText(childOf(state.yaml, node, "source")) === "build" || childOf(state.yaml, node, "build") !== undefined;
  const own = built ? { own: true } : {};
  if (parts !== undefined) state.references.push({ ...parts, ...own });
  else if (image !== undefined) state.references.push({ kind: "image", value: image, ...own });
}

function readImages(state: AnsibleState, node: Node): void {
  for (const item of itemsOf(state.yaml, node)) {
    const image = scalarAt(state, item, "image");
    if (image !== undefined && !visibleText(image).startsWith(HOLE))
      state.references.push({ kind: "image", value: image });
  }
}

function readDownload(state: AnsibleState, node: Node): void {
  const address = scalarAt(state, node, "url") ?? scalarAt(state, node, "src");
  if (address === undefined) return;
  const text = visibleText(address);
  if (!/^https?:\/\//.test(text) && !text.startsWith(HOLE)) return;
  const checksums = checksumsOf(scalarAt(state, node, "checksum"));
  state.references.push({ kind: "url", value: address, ...(checksums.length === 0 ? {} : { checksums }) });
}

/** Packages of the system that are installed from their addresses. */
function readPackageFiles(state: AnsibleState, node: Node): void {
  for (const key of ["name", "deb", "pkg", "path"]) {
    const child = childOf(state.yaml, node, key);
    for (const item of isSeq(child) ? itemsOf(state.yaml, child) : [child]) {
      const value = isScalar(item) ? templateOf(state.text, item) : undefined;
      if (value !== undefined && /^https?:\/\//.test(visibleText(value))) state.references.push({ kind: "url", value });
    }
  }
}

/** `sha256:<hex>`; an address in its place is asked when the playbook runs. */
function checksumsOf(value: Value | undefined): Checksum[] {
  const text = value === undefined ? "" : visibleText(value);
  const [, name] = new RegExp(`^(sha1|sha256|sha384|sha512):(?:[0-9a-f]+|${HOLE})$`).exec(text) ?? [];
  const algorithm = (["sha1", "sha256", "sha384", "sha512"] as const).find((known) => known === name);
  if (value === undefined || algorithm === undefined) return [];
  return [{ algorithm, value: sliceAfter(value, algorithm.length + 1) }];
}

function readGit(state: AnsibleState, node: Node): void {
  const value = scalarAt(state, node, "repo");
  const ref = scalarAt(state, node, "version");
  if (value !== undefined) state.references.push({ kind: "git", value, ...(ref === undefined ? {} : { ref }) });
}

/** `name` is a requirement or a list of them; `version` belongs to a single one. */
function readPackages(state: AnsibleState, node: Node): void {
  const names = childOf(state.yaml, node, "name");
  const version = scalarAt(state, node, "version");
  for (const item of isSeq(names) ? itemsOf(state.yaml, names) : [names]) {
    const value = templateOf(state.text, item);
    const found = value === undefined ? undefined : readRequirement(value);
    if (found === undefined) continue;
    const single = version !== undefined && found.precision === "floating" && isScalar(names);
    state.references.push(single ? { ...found, value: version, precision: "exact" } : found);
  }
}

function readNpm(state: AnsibleState, node: Node): void {
  const name = plainText(childOf(state.yaml, node, "name"));
  const value = scalarAt(state, node, "version");
  if (name === "" || value === undefined) return;
  state.references.push({ kind: "version", value, name, upstream: toPurl("npm", name), scheme: "semver" });
}

function readHelm(state: AnsibleState, node: Node): void {
  const at = (key: string) => childOf(state.yaml, node, key);
  const chart = plainText(at("chart_ref"));
  const repository = plainText(at("chart_repo_url"));
  state.references.push(
    ...readChart({ name: chart, version: templateOf(state.text, at("chart_version")), repository }),
  );
}

/** Variables, also those inside of a mapping, by their own name; addresses that are written out are downloads. */
function addVariables(state: AnsibleState, node: Node | undefined): void {
  for (const { key, value } of entriesOf(state.yaml, node)) {
    const scalar = isScalar(value) ? value : undefined;
    const written = typeof scalar?.value === "boolean" ? literalOf(state.text, scalar) : templateOf(state.text, scalar);
    if (written === undefined) continue;
    state.variables.push({ name: key, value: written });
    for (const url of urlsOf(written)) state.references.push({ kind: "url", value: url, name: key });
  }
}
