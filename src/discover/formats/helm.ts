import { isMap, isScalar, isSeq, type Node } from "yaml";
import { visibleText } from "../../lib/syntax/pieces.ts";
import { childOf, entriesOf, itemsOf, parseYaml, type Yaml } from "../../lib/syntax/yaml.ts";
import type { Format, Reading, Reference } from "../format.ts";
import { plainText, readChart, readChartDependencies } from "../readers/yaml/read-chart.ts";
import { isImageText, readImageParts, readImageText, templateOf } from "../readers/yaml/read-image-node.ts";
import { isManifest, readManifests } from "../readers/yaml/read-manifest.ts";

/**
 * Charts, their values, and helmfiles (https://helm.sh/docs/topics/charts/). Templates are read as manifests; `.tpl` files
 * are not. `appVersion` is what the chart says of itself, not a pin.
 */
export const helm: Format = {
  id: "helm",
  title: "Helm chart, values or helmfile",
  matches: (path) => CHART.test(path) || VALUES.test(path) || HELMFILE.test(path),
  read: (text, path) => {
    if (CHART.test(path)) return readChartDependencies(text, path);
    if (HELMFILE.test(path)) return readHelmfile(text, path);
    return isManifest(text) ? readManifests(text, path) : readValues(text, path);
  },
};

const CHART = /(?:^|\/)Chart\.ya?ml$/;
const VALUES =
  /(?:^|\/)(?:[\w.-]*[.-])?values(?:[.-][\w.-]+)?\.ya?ml(?:\.gotmpl)?$|(?:^|\/)(?:helm-)?values\/[\w./-]+\.ya?ml$/i;
const HELMFILE = /(?:^|\/)helmfile(?:\.d\/[\w.-]+)?\.ya?ml(?:\.gotmpl)?$/;
const IMAGE_KEY = /^(?:image|[a-z]\w*Image|imageName|image_name)$/;
const CONTAINER_KEY = /containers?$/i;
const WITHIN_IMAGE = { name: ["repository", "name", "image"], tag: ["tag", "version", "imageTag"] };
const ANYWHERE = { name: ["repository", "image", "imageName"], tag: ["tag", "imageTag"] };

/** https://helmfile.readthedocs.io: releases name charts as `repository/chart`. */
function readHelmfile(text: string, path: string): Reading {
  const plain = text.includes("{{") ? text.replace(/^[ \t]*\{\{[^\n]*$/gm, (line) => " ".repeat(line.length)) : text;
  const yaml = parseYaml(plain, path);
  const repositories = new Map(
    itemsOf(yaml, childOf(yaml, yaml.root, "repositories")).map((item) => [
      plainText(childOf(yaml, item, "name")),
      addressOf(yaml, item),
    ]),
  );
  const references = itemsOf(yaml, childOf(yaml, yaml.root, "releases")).flatMap((release): Reference[] => {
    const written = plainText(childOf(yaml, release, "chart"));
    const version = templateOf(text, childOf(yaml, release, "version"));
    const slash = written.indexOf("/");
    const repository = written.includes("://") ? undefined : repositories.get(written.slice(0, slash));
    if (repository !== undefined) return readChart({ name: written.slice(slash + 1), version, repository });
    const [, elsewhere, chart] = /^([\w-]+)\/([\w.-]+)$/.exec(written) ?? [];
    return readChart({ name: chart ?? written, version, repository: elsewhere === undefined ? "" : `@${elsewhere}` });
  });
  return { references, variables: [], inclusions: [], problems: plain === text ? yaml.problems : [] };
}

/** Registries are written without their scheme, with `oci: true`. */
function addressOf(yaml: Yaml, item: Node): string {
  const url = plainText(childOf(yaml, item, "url"));
  const oci = childOf(yaml, item, "oci");
  return isScalar(oci) && oci.value === true && !url.includes("://") ? `oci://${url}` : url;
}

type State = { readonly text: string; readonly yaml: Yaml; readonly references: Reference[]; readonly seen: Set<Node> };

function readValues(text: string, path: string): Reading {
  const yaml = parseYaml(text, path);
  const state: State = { text, yaml, references: [], seen: new Set() };
  walk(state, yaml.follow(yaml.root), { isImage: false, isContainer: false });
  const problems = text.includes("{{") ? [] : yaml.problems;
  return { references: state.references, variables: [], inclusions: [], problems };
}

/** What the key above a node says of it. */
type Within = { readonly isImage: boolean; readonly isContainer: boolean };

/** Looks at each node once, whatever aliases say. */
function walk(state: State, node: Node | undefined, within: Within): void {
  if (node === undefined || state.seen.has(node)) return;
  state.seen.add(node);
  const { text, yaml, references } = state;
  const { isImage, isContainer } = within;
  if (isSeq(node)) for (const item of itemsOf(yaml, node)) walk(state, item, { ...within, isImage: false });
  if (!isMap(node)) return;
  const parts = readImageParts(text, yaml, node, isImage ? WITHIN_IMAGE : ANYWHERE);
  if (parts !== undefined && (isImage || isHomeOf(parts))) references.push(parts);
  for (const { key, value } of entriesOf(yaml, node)) {
    const named = IMAGE_KEY.test(key);
    if (!isScalar(value)) walk(state, value, { isImage: named, isContainer: CONTAINER_KEY.test(key) });
    else if (named && parts === undefined) references.push(...imageText(text, value, isContainer && key === "image"));
  }
}

/** Outside of `image:`, a repository with a tag is an image unless it is an address of something else. */
function isHomeOf({ value }: Reference): boolean {
  return !/:\/\/|^\.{0,2}\/|\.git$/.test(visibleText(value));
}

/** A bare name says nothing of a version, since the chart's templates may add one, unless a container is written out. */
function imageText(text: string, node: Node, certain: boolean): Reference[] {
  const found = readImageText(text, node);
  return found !== undefined && (certain || isImageText(visibleText(found.value))) ? [found] : [];
}
