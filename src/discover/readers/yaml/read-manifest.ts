import { isMap, isScalar, isSeq, type Node } from "yaml";
import { toPurl } from "../../../domain/upstream.ts";
import { visibleText } from "../../../lib/syntax/pieces.ts";
import { childOf, entriesOf, itemsOf, parseYamlDocuments, type Yaml } from "../../../lib/syntax/yaml.ts";
import type { Reading, Reference } from "../../format.ts";
import { plainText, readChart } from "./read-chart.ts";
import { isImageText, readImageLines, readImageParts, readImageText, templateOf } from "./read-image-node.ts";

/** Kinds whose text is about other things, or holds files of other kinds. */
const PASSED_OVER = new Set(["CustomResourceDefinition", "ConfigMap", "Secret", "Kustomization"]);
const CONTAINERS = /^(?:containers|initContainers|ephemeralContainers|steps|sidecars|stepTemplate|container)$/;
const IMAGE_KEY = /^(?:image|imageName|[a-z]\w*Image)$/;
const IMAGE_PARTS = {
  name: ["repository", "name", "image", "reference"],
  tag: ["tag", "newTag", "imageTag"],
};

type State = { readonly text: string; readonly yaml: Yaml; readonly references: Reference[]; readonly seen: Set<Node> };

/** True when a text says what every manifest says, so that other YAML need not be parsed. */
export function isManifest(text: string): boolean {
  return /^(?:- )?[ \t]*["']?apiVersion["']?:/m.test(text) && /^(?:- )?[ \t]*["']?kind["']?:/m.test(text);
}

/** Kubernetes objects of every kind, custom ones included: their images, and the charts and repositories they install. */
export function readManifests(text: string, path: string): Reading {
  const nothing = { variables: [], inclusions: [] };
  const documents = parseYamlDocuments(text, path);
  const problems = documents.flatMap((yaml) => yaml.problems);
  const isTemplate = text.includes("{{");
  if (isTemplate && problems.length > 0) return { ...nothing, references: readImageLines(text), problems: [] };
  const references: Reference[] = [];
  for (const yaml of documents) readObject({ text, yaml, references, seen: new Set() }, yaml.root, documents);
  return { ...nothing, references: isTemplate ? references.filter(isWritten) : references, problems };
}

/** What a template fills in is not known here, and no riddle. */
function isWritten({ value, ref, registry }: Reference): boolean {
  return [value, ref, registry].every((part) => part?.pieces.some(({ kind }) => kind === "hole") !== true);
}

function readObject(state: State, node: unknown, documents: readonly Yaml[]): void {
  const { text, yaml } = state;
  const kind = textAt(state, node, "kind");
  if (kind === "" || textAt(state, node, "apiVersion") === "" || PASSED_OVER.has(kind)) return;
  if (kind === "List") {
    for (const item of itemsOf(yaml, childOf(yaml, node, "items"))) readObject(state, item, documents);
    return;
  }
  state.references.push(...readInstalled(text, yaml, node, { kind, documents }));
  walk(state, yaml.follow(node), false);
}

/** Looks at each node once, whatever aliases say. */
function walk(state: State, node: Node | undefined, inContainer: boolean): void {
  if (node === undefined || state.seen.has(node)) return;
  state.seen.add(node);
  if (isSeq(node)) for (const item of itemsOf(state.yaml, node)) walk(state, item, inContainer);
  if (!isMap(node)) return;
  for (const { key, value } of entriesOf(state.yaml, node)) {
    if (IMAGE_KEY.test(key)) readImage(state, value, inContainer && key === "image");
    if (!isScalar(value)) walk(state, value, CONTAINERS.test(key));
  }
}

function readImage(state: State, node: Node, certain: boolean): void {
  const { text, yaml, references } = state;
  const found = isMap(node) ? readImageParts(text, yaml, node, IMAGE_PARTS) : readImageText(text, node);
  if (found === undefined) return;
  const isImage = certain || isMap(node) || isImageText(visibleText(found.value));
  if (isImage) references.push(found);
}

type Context = { readonly kind: string; readonly documents: readonly Yaml[] };

/** Objects with which a controller in the cluster installs something: Flux, Argo CD, K3s. */
function readInstalled(text: string, yaml: Yaml, node: unknown, { kind, documents }: Context): Reference[] {
  const spec = childOf(yaml, node, "spec");
  const at = (...keys: string[]) => childOf(yaml, spec, ...keys);
  if (kind === "HelmRelease") {
    const source = plainText(at("chart", "spec", "sourceRef", "name"));
    if (plainText(at("chart", "spec", "sourceRef", "kind")) === "GitRepository") return [];
    const found = documents.find((one) => isNamed(one, "HelmRepository", source));
    const address = found === undefined ? `@${source}` : plainText(childOf(found, found.root, "spec", "url"));
    const name = plainText(at("chart", "spec", "chart"));
    return readChart({ name, version: templateOf(text, at("chart", "spec", "version")), repository: address });
  }
  if (kind === "HelmChart")
    return readChart({
      name: plainText(at("chart")),
      version: templateOf(text, at("version")),
      repository: plainText(at("repo")),
    });
  if (kind === "GitRepository")
    return readSource(text, at("url"), at("ref", "tag") ?? at("ref", "commit") ?? at("ref", "branch"));
  if (kind === "OCIRepository") return readArtefact(text, at("url"), at("ref", "tag"), at("ref", "digest"));
  if (kind !== "Application" && kind !== "ApplicationSet") return [];
  const base = kind === "Application" ? spec : at("template", "spec");
  const sources = [childOf(yaml, base, "source"), ...itemsOf(yaml, childOf(yaml, base, "sources"))];
  return sources.flatMap((source) => {
    const child = (key: string) => childOf(yaml, source, key);
    if (child("repoURL") === undefined) return [];
    if (child("chart") === undefined) return readSource(text, child("repoURL"), child("targetRevision"));
    const repository = plainText(child("repoURL"));
    return readChart({
      name: plainText(child("chart")),
      version: templateOf(text, child("targetRevision")),
      repository,
    });
  });
}

function isNamed(yaml: Yaml, kind: string, name: string): boolean {
  const at = (...keys: string[]) => plainText(childOf(yaml, yaml.root, ...keys));
  return name !== "" && at("kind") === kind && at("metadata", "name") === name;
}

function readSource(text: string, address: Node | undefined, ref: Node | undefined): Reference[] {
  const value = templateOf(text, address);
  const version = templateOf(text, ref);
  if (value === undefined || version === undefined) return [];
  return [{ kind: "git", value, ref: version }];
}

/** `oci://host/path` with a tag or a digest. */
function readArtefact(
  text: string,
  address: Node | undefined,
  tag: Node | undefined,
  digest: Node | undefined,
): Reference[] {
  const [, path] = /^oci:\/\/(.+)$/.exec(plainText(address)) ?? [];
  const ref = templateOf(text, tag ?? digest);
  if (path === undefined || ref === undefined) return [];
  const slash = path.indexOf("/");
  const host = path.slice(0, slash);
  const upstream = toPurl("docker", path.slice(slash + 1), host === "docker.io" ? {} : { repository_url: host });
  return [{ kind: "version", value: ref, upstream, scheme: "docker-tag" }];
}

function textAt(state: State, node: unknown, key: string): string {
  return plainText(childOf(state.yaml, node, key));
}
