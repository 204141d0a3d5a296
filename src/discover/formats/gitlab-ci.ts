import { isMap, isScalar, type Node } from "yaml";
import { toPurl } from "../../domain/upstream.ts";
import { sliceValue, spelledText, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import { childOf, itemsOf, literalOf, parseYaml, type Yaml } from "../../lib/syntax/yaml.ts";
import type { Format, Reading, Reference } from "../format.ts";
import { withoutPrefix } from "../readers/yaml/read-image-node.ts";
import { type Pipeline, readBlock, templateOfTag } from "../readers/yaml/read-pipeline.ts";

/** GitLab pipelines (https://docs.gitlab.com/ci/yaml/). */
export const gitlabCi: Format = {
  id: "gitlab-ci",
  title: "GitLab CI pipeline",
  matches: (path) => NAME.test(path) || FOLDER.test(path),
  read: readGitlab,
};

const NAME = /(?:^|\/)(?:[\w.-]*\.?gitlab-ci[\w.-]*|salsa-ci)\.ya?ml$/i;
const FOLDER = /(?:^|\/)\.gitlab(?:-ci)?\/.+\.ya?ml$/i;
/** The file that includes the others, whose variables hold in them. */
const ROOT = ".gitlab-ci.yml";
/** The project's own registry, which GitLab names. */
const OWN = /^\$\{CI_(?:REGISTRY|PROJECT|SERVER|TEMPLATE_REGISTRY)\w*\}/;
/** Docker Hub through GitLab's dependency proxy. */
const PROXY = /^\$\{CI_DEPENDENCY_PROXY_(?:GROUP|DIRECT_GROUP)_IMAGE_PREFIX\}\//;

function readGitlab(text: string, path: string): Reading {
  const yaml = parseYaml(text, path);
  const lists = { references: [], variables: [], scopes: {}, builds: [], seen: new Set<Node>() };
  const state: Pipeline = { text, yaml, ...lists, imageOf };
  const include = childOf(yaml, yaml.root, "include");
  for (const item of isMap(include) || isScalar(include) ? [include] : itemsOf(yaml, include)) {
    state.seen.add(item);
    state.references.push(...readInclude(text, yaml, item));
  }
  if (include !== undefined) state.seen.add(include);
  readBlock(state, yaml.follow(yaml.root), "pipeline");
  const { references, variables, scopes, builds } = state;
  const takes = path === ROOT ? [] : [ROOT];
  return { references, variables, scopes, builds, inclusions: [], takes, unordered: true, problems: yaml.problems };
}

function imageOf(value: Value): Value | undefined {
  const spelled = spelledText(value);
  if (PROXY.test(spelled)) return withoutPrefix(value, /^[^/]*\//);
  return OWN.test(spelled) ? undefined : value;
}

/** Files of other projects: `project` with `ref`, an address, a component with `@version`. */
function readInclude(text: string, yaml: Yaml, node: Node): Reference[] {
  const at = (key: string) => literalOf(text, isMap(node) ? childOf(yaml, node, key) : undefined);
  const remote = at("remote") ?? (isScalar(node) ? literalOf(text, node) : undefined);
  if (remote !== undefined && /^https?:/.test(visibleText(remote))) return [{ kind: "url", value: remote }];
  const component = at("component");
  const [, host, name, version] =
    /^([\w.-]+)\/([\w./-]+)\/[\w-]+@([\w.~-]+)$/.exec(component === undefined ? "" : visibleText(component)) ?? [];
  if (component !== undefined && host !== undefined && name !== undefined && version !== undefined) {
    const length = visibleText(component).length;
    return [inProject(name, sliceValue(component, length - version.length, length), { repository_url: host })];
  }
  const project = at("project");
  const ref = at("ref");
  if (project === undefined || visibleText(project).includes("$")) return [];
  const path = visibleText(project).replace(/^\/+/, "");
  return ref === undefined || visibleText(ref).includes("$") ? [] : [inProject(path, ref, {})];
}

function inProject(
  name: string,
  ref: Value,
  { repository_url = "gitlab.com" }: { repository_url?: string },
): Reference {
  const upstream = toPurl("gitlab", name, repository_url === "gitlab.com" ? {} : { repository_url });
  const text = visibleText(ref);
  const commit = /^[0-9a-f]{40}$/.test(text);
  const precision = commit || /^v?\d+\.\d+\.\d/.test(text) ? "exact" : /^v?\d/.test(text) ? "range" : "branch";
  // a project takes a branch, a tag or a commit, and so does a component (https://docs.gitlab.com/ci/yaml/#includeproject)
  return { kind: "version", value: ref, upstream, precision, pinnable: !commit, ...templateOfTag(text) };
}
