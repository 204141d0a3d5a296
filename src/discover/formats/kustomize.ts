import type { Node } from "yaml";
import { sliceValue, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import { childOf, itemsOf, parseYaml } from "../../lib/syntax/yaml.ts";
import type { Format, Reading, Reference } from "../format.ts";
import { plainText, readChart } from "../readers/yaml/read-chart.ts";
import { readImageParts, templateOf } from "../readers/yaml/read-image-node.ts";

/** Kustomizations (https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/). */
export const kustomize: Format = {
  id: "kustomize",
  title: "Kustomization",
  matches: (path) => /(?:^|\/)kustomization(?:\.ya?ml)?$/i.test(path),
  read: readKustomization,
};

const REMOTE_LISTS = ["resources", "bases", "components", "crds"];
const KEYS = { name: ["newName", "name"], tag: ["newTag"] };

function readKustomization(text: string, path: string): Reading {
  const yaml = parseYaml(text, path);
  const at = (node: Node, key: string) => childOf(yaml, node, key);
  const itemsAt = (key: string) => itemsOf(yaml, childOf(yaml, yaml.root, key));
  const images = itemsAt("images").flatMap((item) => readImageParts(text, yaml, item, KEYS) ?? []);
  const charts = [...itemsAt("helmCharts"), ...itemsAt("helmChartInflationGenerator")].flatMap((item) =>
    readChart({
      name: plainText(at(item, "name")),
      version: templateOf(text, at(item, "version")),
      repository: plainText(at(item, "repo")),
    }),
  );
  const remotes = REMOTE_LISTS.flatMap(itemsAt).flatMap((item) => remoteOf(templateOf(text, item)) ?? []);
  return { references: [...images, ...charts, ...remotes], variables: [], inclusions: [], problems: yaml.problems };
}

/**
 * `https://host/owner/name//folder?ref=v1`, also without `https://` where the host is a known forge, or the address of a
 * file. https://github.com/kubernetes-sigs/kustomize/blob/master/examples/remoteBuild.md
 */
function remoteOf(value: Value | undefined): Reference | undefined {
  const text = value === undefined ? "" : visibleText(value);
  if (value === undefined) return undefined;
  const query = /[?&](?:ref|version)=([^&]+)/.exec(text);
  if (query?.[1] === undefined) return isFile(text) ? { kind: "url", value } : withoutRef(value, text);
  const end = query.index + query[0].length;
  const address = addressOf(value, text.slice(0, text.indexOf("?")));
  return address === undefined
    ? undefined
    : { ...address, pinnable: true, ref: sliceValue(value, end - query[1].length, end) };
}

function isFile(text: string): boolean {
  return /^https?:\/\/.*\.ya?ml$/.test(text);
}

function withoutRef(value: Value, text: string): Reference | undefined {
  return /^(?:https:\/\/|git@|ssh:\/\/)?github\.com[/:]/.test(text) ? addressOf(value, text) : undefined;
}

/** The repository of an address: what stands before `//` or `.git`, of GitHub the first two names. */
function addressOf(value: Value, text: string): Reference | undefined {
  const [github] = /^(?:git::)?(?:https:\/\/|ssh:\/\/git@|git@)?github\.com[/:][\w.-]+\/[\w.-]+/.exec(text) ?? [];
  const [other] = /^(?:https?|ssh):\/\/[^/]+\/[^?]*?(?=\/\/|\.git(?:\/|$)|$)/.exec(text) ?? [];
  const length = (github ?? other)?.length;
  if (length === undefined) return undefined;
  const from = text.startsWith("git::") ? "git::".length : 0;
  return { kind: "git", value: sliceValue(value, from, length) };
}
