import { posix } from "node:path";
import { isScalar, type Node } from "yaml";
import { readPlainValue } from "../../lib/holes.ts";
import { sliceValue, type Value, visibleText } from "../../lib/pieces.ts";
import type { Format, Inclusion, Reading, Reference, Variable } from "../format.ts";
import { childOf, entriesOf, itemsOf, parseYaml, scalarOf, type Yaml } from "../read-yaml.ts";

/** Compose files and the `.env` beside them (https://docs.docker.com/reference/compose-file/). */
export const compose: Format = {
  id: "compose",
  title: "Compose file",
  matches: (path) => NAME.test(path) || ENV.test(path),
  read: (text, path) => (ENV.test(path) ? readEnvironmentFile(text) : readCompose(text, path)),
};

const NAME = /(?:^|\/)(?:docker-|podman-)?compose(?:[.-][\w.-]+)?\.ya?ml$/i;
const ENV = /(?:^|\/)\.env$/;
const ADDRESS = /^(?:https?|git|ssh):\/\/|^git@/;

function readCompose(text: string, path: string): Reading {
  const yaml = parseYaml(text, path);
  const references: Reference[] = [];
  const inclusions: Inclusion[] = [];
  for (const { value: service } of entriesOf(yaml, childOf(yaml, yaml.root, "services"))) {
    const image = scalarOf(text, childOf(yaml, service, "image"));
    const build = childOf(yaml, service, "build");
    if (image !== undefined) references.push({ kind: "image", value: image, ...(build ? { own: true } : {}) });
    if (build === undefined) continue;
    const remote = remoteContext(scalarOf(text, isScalar(build) ? build : childOf(yaml, build, "context")));
    if (remote !== undefined) references.push(remote);
    else inclusions.push({ paths: [dockerfileOf(yaml, build, path)], variables: argumentsOf(yaml, build, text) });
  }
  const takes = [posix.join(posix.dirname(path), ".env")];
  return { references, variables: [], inclusions, takes, problems: yaml.problems };
}

/** A build context that is a repository elsewhere: `https://host/owner/name.git#ref:folder`. */
function remoteContext(context: Value | undefined): Reference | undefined {
  const text = context === undefined ? "" : visibleText(context);
  if (context === undefined || !ADDRESS.test(text)) return undefined;
  const hash = text.indexOf("#");
  if (hash < 0) return { kind: "git", value: context };
  const colon = text.indexOf(":", hash);
  const ref = sliceValue(context, hash + 1, colon < 0 ? text.length : colon);
  return { kind: "git", value: sliceValue(context, 0, hash), ...(visibleText(ref) === "" ? {} : { ref }) };
}

function dockerfileOf(yaml: Yaml, build: Node, path: string): string {
  const context = stringOf(isScalar(build) ? build : childOf(yaml, build, "context")) ?? ".";
  const file = stringOf(childOf(yaml, build, "dockerfile")) ?? "Dockerfile";
  return posix.join(posix.dirname(path), context, file);
}

/** Build arguments: a mapping, or a list of `NAME=value`. */
function argumentsOf(yaml: Yaml, build: Node, text: string): Variable[] {
  const list = childOf(yaml, build, "args");
  const named = entriesOf(yaml, list).flatMap(({ key, value }) => variableOf(key, scalarOf(text, value)));
  const listed = itemsOf(yaml, list).flatMap((item) => {
    const value = scalarOf(text, item);
    const [, name] = value === undefined ? [] : (/^([A-Za-z_]\w*)=/.exec(visibleText(value)) ?? []);
    if (value === undefined || name === undefined) return [];
    return variableOf(name, sliceValue(value, name.length + 1, visibleText(value).length));
  });
  return [...named, ...listed];
}

function variableOf(name: string, value: Value | undefined): Variable[] {
  return value === undefined ? [] : [{ name, value }];
}

function stringOf(node: Node | undefined): string | undefined {
  return isScalar(node) && typeof node.value === "string" ? node.value : undefined;
}

/** `NAME=value` lines; `export`, quotes and trailing comments as Compose reads them. */
function readEnvironmentFile(text: string): Reading {
  const lines = text.matchAll(/^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*([^\r\n]*)/gm);
  const variables = [...lines].map((match): Variable => {
    const [whole, name = "", written = ""] = match;
    const offset = match.index + whole.length - written.length;
    const quoted = /^(["'])([^"']*)\1/.exec(written);
    const comment = written.search(/\s#/);
    const length = quoted?.[2]?.length ?? (comment < 0 ? written : written.slice(0, comment)).trimEnd().length;
    const start = offset + (quoted === null ? 0 : 1);
    return { name, value: readPlainValue(text, start, start + length) };
  });
  return { references: [], variables, inclusions: [], problems: [] };
}
