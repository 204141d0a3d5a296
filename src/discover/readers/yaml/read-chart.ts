import { posix } from "node:path";
import { isScalar, type Node } from "yaml";
import { toPurl } from "../../../domain/upstream.ts";
import { type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import { childOf, itemsOf, parseYaml } from "../../../lib/syntax/yaml.ts";
import type { Reading, Reference } from "../../format.ts";
import { templateOf } from "./read-image-node.ts";

/** Which chart is installed, from where, and in which version. */
export type Chart = { readonly name: string; readonly version: Value | undefined; readonly repository: string };

/**
 * A chart of a repository elsewhere. Where the repository is only named (`@stable`, another object), its address stays out
 * of the package URL; where none is, the chart lies in the project itself.
 */
export function readChart({ name, version, repository }: Chart): Reference[] {
  const [, host, embedded] = /^((?:oci|https?):\/\/.+)\/([\w.-]+)$/.exec(name) ?? [];
  const address = (host ?? repository).replace(/(?<!\/)\/+$/, "");
  const isHosted = /^(?:https?|oci):\/\/[^\s{]+$/.test(address) || /^[\w-]+(?:\.[\w-]+)+\/[^\s{]+$/.test(address);
  const isNamed = /^(?:@|alias:)[\w.-]+$/.test(address);
  const chart = embedded ?? name;
  if (!/^[\w][\w.-]*$/.test(chart) || version === undefined || !(isHosted || isNamed)) return [];
  const upstream = toPurl("helm", chart, { repository_url: isNamed ? "" : address });
  const range = rangeOf(visibleText(version));
  return [{ kind: "version", value: version, name: chart, upstream, scheme: "semver", ...range }];
}

/** The dependencies of a chart, in `Chart.yaml` or, before Helm 3, in `requirements.yaml`. */
export function readChartDependencies(text: string, path: string): Reading {
  const yaml = parseYaml(text, path);
  const locks = ["Chart.lock", "requirements.lock"].map((name) => posix.join(posix.dirname(path), name));
  const references = itemsOf(yaml, childOf(yaml, yaml.root, "dependencies")).flatMap((item) => {
    const at = (key: string) => childOf(yaml, item, key);
    return readChart({
      name: plainText(at("name")),
      version: templateOf(text, at("version")),
      repository: plainText(at("repository")),
    });
  });
  const located = references.map((reference): Reference => ({ ...reference, locks }));
  return { references: located, variables: [], inclusions: [], problems: yaml.problems };
}

/** A scalar's text; empty for everything else. */
export function plainText(node: Node | undefined): string {
  return isScalar(node) && typeof node.value === "string" ? node.value : "";
}

/** https://github.com/Masterminds/semver#checking-version-constraints: everything but a full version is a range. */
function rangeOf(version: string): Pick<Reference, "precision" | "tagTemplate"> {
  const [, prefix] = /^(v?)\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/.exec(version) ?? [];
  if (prefix === "v") return { precision: "exact", tagTemplate: "v{version}" };
  return { precision: prefix === undefined ? "range" : "exact" };
}
