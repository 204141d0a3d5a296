import { isScalar, type Node } from "yaml";
import { toPurl } from "../../domain/upstream.ts";
import { sliceValue, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import { childOf, entriesOf, itemsOf, literalOf, parseYamlDocuments, type Yaml } from "../../lib/syntax/yaml.ts";
import type { Format, Reading, Reference } from "../format.ts";
import { type Pipeline, readBlock, templateOfTag } from "../readers/yaml/read-pipeline.ts";

/** Pipelines of Azure, CircleCI, Drone, Woodpecker, Bitbucket and Travis: their images, scripts and shared parts. */
export const ciPipeline: Format = {
  id: "ci-pipeline",
  title: "CI pipeline",
  matches: (path) => NAME.test(path) || FOLDER.test(path),
  read: readPipeline,
};

const NAME =
  /(?:^|\/)(?:[\w.-]*azure-pipelines[\w.-]*|bitbucket-pipelines|\.drone|\.woodpecker|\.travis|\.cirrus|\.semaphore)\.ya?ml$/i;
const FOLDER = /(?:^|\/)(?:\.circleci|\.woodpecker|\.azure-pipelines|\.azuredevops|\.buildkite)\/.+\.ya?ml$/i;

function readPipeline(text: string, path: string): Reading {
  const lists = { references: [] as Reference[], variables: [], scopes: {}, builds: [], seen: new Set<Node>() };
  const documents = parseYamlDocuments(text, path);
  for (const yaml of documents) {
    const state: Pipeline = { text, yaml, ...lists, imageOf };
    lists.references.push(...orbsOf(text, yaml), ...repositoriesOf(text, yaml));
    readBlock(state, yaml.follow(yaml.root), "pipeline");
  }
  const { references, variables, scopes, builds } = lists;
  const problems = documents.flatMap((yaml) => yaml.problems);
  return { references, variables, scopes, builds, inclusions: [], unordered: true, problems };
}

/** Templates are filled by the CI before anything runs: nothing here can be said of them. */
function imageOf(value: Value): Value | undefined {
  return /<<|\$\[|\$\(|\{\{/.test(visibleText(value)) ? undefined : value;
}

/** https://circleci.com/docs/orb-intro/: `namespace/name@version`. */
function orbsOf(text: string, yaml: Yaml): Reference[] {
  return entriesOf(yaml, childOf(yaml, yaml.root, "orbs")).flatMap(({ value: node }): Reference[] => {
    const value = literalOf(text, node);
    const written = value === undefined ? "" : visibleText(value);
    const [, name, version] = /^([\w-]+\/[\w-]+)@([\w.:-]+)$/.exec(written) ?? [];
    if (value === undefined || name === undefined || version === undefined) return [];
    const precision = /^\d+\.\d+\.\d+$/.test(version) ? "exact" : /^\d/.test(version) ? "range" : "floating";
    const upstream = toPurl("generic", `circleci/${name}`);
    const ref = sliceValue(value, written.length - version.length, written.length);
    return [{ kind: "version", value: ref, name, upstream, precision, scheme: "semver" }];
  });
}

/** Azure's `resources.repositories`: templates of other repositories, at a ref. */
function repositoriesOf(text: string, yaml: Yaml): Reference[] {
  return itemsOf(yaml, childOf(yaml, yaml.root, "resources", "repositories")).flatMap((item): Reference[] => {
    const type = childOf(yaml, item, "type");
    const name = literalOf(text, childOf(yaml, item, "name"));
    const ref = literalOf(text, childOf(yaml, item, "ref"));
    if (!isScalar(type) || type.value !== "github" || name === undefined) return [];
    const upstream = toPurl("github", visibleText(name));
    const [prefix = "", kind] = /^refs\/(heads|tags)\//.exec(ref === undefined ? "" : visibleText(ref)) ?? [];
    if (ref === undefined) return [{ kind: "version", value: sliceValue(name, 0, 0), upstream, precision: "floating" }];
    const value = sliceValue(ref, prefix.length, visibleText(ref).length);
    return [
      {
        kind: "version",
        value,
        upstream,
        precision: kind === "tags" ? "exact" : "branch",
        ...templateOfTag(visibleText(value)),
      },
    ];
  });
}
