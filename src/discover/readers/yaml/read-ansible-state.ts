import { isScalar, type Node } from "yaml";
import { sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import { childOf, type Yaml } from "../../../lib/syntax/yaml.ts";
import type { Reference, Variable } from "../../format.ts";
import { templateOf } from "./read-image-node.ts";

/** What has been read of a playbook so far; `seen`: nodes that were walked, as aliases lead to them twice. */
export type AnsibleState = {
  readonly text: string;
  readonly yaml: Yaml;
  readonly references: Reference[];
  readonly variables: Variable[];
  readonly seen: Set<Node>;
};

/** The text of a mapping's key, with its template's holes; undefined where it is no plain text. */
export function scalarAt(state: AnsibleState, node: Node, key: string): Value | undefined {
  const child = childOf(state.yaml, node, key);
  return isScalar(child) ? templateOf(state.text, child) : undefined;
}

/** A value without its first `length` characters. */
export function sliceAfter(value: Value, length: number): Value {
  return sliceValue(value, length, visibleText(value).length);
}
