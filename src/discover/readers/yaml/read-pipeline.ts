import { isMap, isScalar, isSeq, type Node } from "yaml";
import { type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import { childOf, entriesOf, isFolded, itemsOf, scalarOf, spanOf, type Yaml } from "../../../lib/syntax/yaml.ts";
import type { Reference, Variable } from "../../format.ts";
import { readScript, urlsOf } from "../shell/read-shell.ts";
import { isImageText } from "./read-image-node.ts";

/** What is read of one pipeline file. `scopes` says which block lies in which. */
export type Pipeline = {
  readonly text: string;
  readonly yaml: Yaml;
  readonly references: Reference[];
  readonly variables: Variable[];
  readonly scopes: Record<string, string>;
  /** Names of the images that it builds or pushes. */
  readonly builds: Value[];
  readonly seen: Set<Node>;
  /** The image that a value names; undefined when it names none of somebody else's. */
  readonly imageOf: (value: Value) => Value | undefined;
};

const SCRIPTS = /^(?:script|before_script|after_script|install|before_install|run|command|commands|bash)$/;
const VARIABLES = /^(?:variables|environment|env)$/;
/** Below these, `image` is a machine's, or a name that the file gives to something. */
const OTHER = /^(?:machine|pool|macos|parameters|cache|artifacts|rules|only|except)$/;

/**
 * Reads a block of a pipeline and those in it: images, services, scripts, and the variables that hold in it. Each node is
 * looked at once, whatever aliases say.
 */
export function readBlock(state: Pipeline, node: Node | undefined, parent: string): void {
  if (node === undefined || state.seen.has(node)) return;
  state.seen.add(node);
  if (isSeq(node)) for (const item of itemsOf(state.yaml, node)) readBlock(state, item, parent);
  if (!isMap(node)) return;
  const scope = `block ${node.range?.[0] ?? 0}`;
  state.scopes[scope] = parent;
  for (const { key, value } of entriesOf(state.yaml, node)) readEntry(state, key, value, scope);
}

function readEntry(state: Pipeline, key: string, value: Node, scope: string): void {
  if (VARIABLES.test(key)) addVariables(state, value, scope);
  else if (key === "image" || key === "container") addImage(state, value, { scope, certain: key === "image" });
  else if (key === "services") addServices(state, value, scope);
  else if (SCRIPTS.test(key)) addScripts(state, value, scope);
  else if (!OTHER.test(key)) readBlock(state, value, scope);
}

type Place = { readonly scope: string; readonly certain: boolean };

/** A name, or a mapping with the name in it. */
function addImage(state: Pipeline, node: Node, place: Place): void {
  if (isMap(node)) {
    const name = childOf(state.yaml, node, "name") ?? childOf(state.yaml, node, "image");
    if (isScalar(name)) addImage(state, name, { ...place, certain: true });
    return;
  }
  const written = scalarOf(state.text, node);
  const value = written === undefined ? undefined : state.imageOf(written);
  if (value === undefined || !/[\w\uFFFC]/.test(visibleText(value))) return;
  if (place.certain || isImageText(visibleText(value)))
    state.references.push({ kind: "image", value, scope: place.scope });
}

/** A list of images, a list of mappings with one each, or a mapping from names to them. */
function addServices(state: Pipeline, node: Node, scope: string): void {
  const services = [...itemsOf(state.yaml, node), ...entriesOf(state.yaml, node).map(({ value }) => value)];
  for (const service of services) {
    if (isScalar(service)) addImage(state, service, { scope, certain: true });
    else {
      const image = childOf(state.yaml, service, "image") ?? childOf(state.yaml, service, "name");
      if (isScalar(image)) addImage(state, image, { scope, certain: true });
    }
  }
}

function addScripts(state: Pipeline, node: Node, scope: string): void {
  if (isMap(node)) {
    const command = childOf(state.yaml, node, "command");
    if (command === undefined) readBlock(state, node, scope);
    else addScripts(state, command, scope);
    return;
  }
  for (const item of isSeq(node) ? itemsOf(state.yaml, node) : [node]) {
    const span = spanOf(state.text, item);
    if (!isScalar(item) || span === undefined) continue;
    const options = { operators: true, escape: "\\", folded: isFolded(item) };
    const script = readScript({ text: state.text, span, scope }, options);
    state.references.push(...script.references);
    state.variables.push(...script.variables);
    state.builds.push(...script.builds);
  }
}

/** A mapping from names to values or to mappings with `value`, or a list of `{ name, value }`. */
function addVariables(state: Pipeline, node: Node, scope: string): void {
  const { text, yaml, variables } = state;
  const add = (name: string, value: Node | undefined) => {
    const written = scalarOf(text, isMap(value) ? childOf(yaml, value, "value") : value);
    if (written === undefined) return;
    variables.push({ name, value: written, scope });
    state.references.push(...urlsOf(written).map((url): Reference => ({ kind: "url", value: url, scope, name })));
  };
  for (const { key, value } of entriesOf(yaml, node)) add(key, value);
  for (const item of itemsOf(yaml, node)) {
    const name = childOf(yaml, item, "name");
    if (isScalar(name)) add(String(name.value), childOf(yaml, item, "value"));
  }
}

/** The template of a tag that begins with `v`; nothing for a tag that is the version. */
export function templateOfTag(tag: string): { readonly tagTemplate?: string } {
  return /^v\d/.test(tag) ? { tagTemplate: "v{version}" } : {};
}
