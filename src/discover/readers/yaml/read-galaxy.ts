import { isMap, isScalar, isSeq, type Node } from "yaml";
import { toPurl } from "../../../domain/upstream.ts";
import { visibleText } from "../../../lib/syntax/pieces.ts";
import { childOf, entriesOf, itemsOf, spanOf } from "../../../lib/syntax/yaml.ts";
import { type AnsibleState, scalarAt, sliceAfter } from "./read-ansible-state.ts";
import { plainText } from "./read-chart.ts";
import { templateOf } from "./read-image-node.ts";

/** True for what names roles and collections of Ansible Galaxy. */
export function isRequired(path: string): boolean {
  return !path.endsWith("/main.yml") || path.includes("/meta/");
}

/** https://docs.ansible.com/ansible/latest/galaxy/user_guide.html#installing-roles-and-collections-from-the-same-requirements-yml-file */
export function readRequired(state: AnsibleState, root: Node | undefined): void {
  const { yaml } = state;
  const lists = isSeq(root) ? [root] : ["roles", "collections", "dependencies"].map((key) => childOf(yaml, root, key));
  for (const item of lists.flatMap((list) => itemsOf(yaml, list))) addRequired(state, item);
  for (const { key, value } of entriesOf(yaml, childOf(yaml, root, "dependencies")))
    addGalaxy(state, key, value, undefined);
}

function addRequired(state: AnsibleState, item: Node): void {
  const at = (key: string) => childOf(state.yaml, item, key);
  if (isScalar(item)) addGalaxy(state, plainText(item), undefined, item);
  const source = plainText(at("src")) || plainText(at("name")) || plainText(at("role"));
  const address = [at("src"), at("name"), at("source")].find((node) =>
    /^(?:git\+)?https?:|^git@/.test(plainText(node)),
  );
  const isGit =
    plainText(at("scm")) === "git" || plainText(at("type")) === "git" || /github\.com|\.git$/.test(plainText(address));
  if (address === undefined || !isGit) {
    if (isMap(item)) addGalaxy(state, source, at("version"), item);
    return;
  }
  const whole = templateOf(state.text, address);
  if (whole === undefined) return;
  const value = visibleText(whole).startsWith("git+") ? sliceAfter(whole, "git+".length) : whole;
  const ref = scalarAt(state, item, "version");
  state.references.push({ kind: "git", value, ...(ref === undefined ? {} : { ref }) });
}

/** A role or collection of Galaxy: `namespace.name`. */
function addGalaxy(state: AnsibleState, name: string, version: Node | undefined, item: Node | undefined): void {
  if (!/^[\w-]+\.[\w.-]+$/.test(name)) return;
  const start = spanOf(state.text, isScalar(item) ? item : undefined)?.start ?? item?.range?.[0] ?? 0;
  const written = templateOf(state.text, version);
  const text = written === undefined ? "" : visibleText(written);
  const value = written !== undefined && text !== "*" ? written : { start, end: start, pieces: [] };
  const precision = value !== written ? "floating" : /^v?\d[\w.+-]*$/.test(text) ? "exact" : "range";
  const upstream = toPurl("generic", `ansible/${name}`);
  state.references.push({ kind: "version", value, name, upstream, precision, scheme: "semver" });
}
