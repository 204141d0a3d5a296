import { posix } from "node:path";
import { isScalar, type Node } from "yaml";
import { sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import { childOf, entriesOf, itemsOf, parseYaml, scalarOf, type Yaml } from "../../../lib/syntax/yaml.ts";
import type { Inclusion, Reading, Reference, Variable } from "../../format.ts";
import { dockerfilesAround, foldersAround, readBuildArgument } from "../shell/read-build.ts";
import { plainText } from "./read-chart.ts";

/** The file that Compose takes variables from, and what it is copied from where the repository does not hold it. */
const ENVIRONMENT = [
  ...[".env", ".env.example", ".env.sample", ".env.template", ".env.dist", ".env.default", ".env.defaults"],
  ...["env.example", "env.sample", "env.template", "env.dist", "example.env", "sample.env", "template.env"],
];
const ADDRESS = /^(?:https?|git|ssh):\/\/|^git@/;

/** True when a text has services that have images or are built: a Compose file, whatever it is called. */
export function isCompose(text: string): boolean {
  return /^services:/m.test(text) && /^[ \t]+(?:image|build):/m.test(text);
}

/** The images of a Compose file, and the Dockerfiles that it builds with the arguments it gives them. */
export function readCompose(text: string, path: string): Reading {
  const yaml = parseYaml(text, path);
  const references: Reference[] = [];
  const inclusions: Inclusion[] = [];
  const builds: Value[] = [];
  const composed: { service: string; project?: string }[] = [];
  for (const { key, value: service } of entriesOf(yaml, childOf(yaml, yaml.root, "services"))) {
    const image = scalarOf(text, childOf(yaml, service, "image"));
    const build = childOf(yaml, service, "build");
    if (image !== undefined) references.push({ kind: "image", value: image, ...(build ? { own: true } : {}) });
    if (build === undefined) continue;
    if (image === undefined) composed.push({ ...projectOf(yaml, path), service: key });
    else builds.push(image);
    builds.push(...itemsOf(yaml, childOf(yaml, build, "tags")).flatMap((tag) => scalarOf(text, tag) ?? []));
    const remote = remoteContext(scalarOf(text, isScalar(build) ? build : childOf(yaml, build, "context")));
    if (remote !== undefined) references.push(remote);
    else {
      const context = scalarOf(text, isScalar(build) ? build : childOf(yaml, build, "context"));
      const file = scalarOf(text, childOf(yaml, build, "dockerfile"));
      const { contexts, images } = contextsOf(yaml, build, text);
      references.push(...images);
      const variables = argumentsOf(yaml, build, text);
      inclusions.push({ ...dockerfilesAround(path, context, file), variables, contexts });
    }
  }
  const takes = foldersAround(path).flatMap((folder) => ENVIRONMENT.map((name) => posix.join(folder, name)));
  return { references, variables: [], inclusions, takes, builds, composed, problems: yaml.problems };
}

/** The `name` of the file, else that of its folder; what the root is called, no file says. */
function projectOf(yaml: Yaml, path: string): { project?: string } {
  const named = plainText(childOf(yaml, yaml.root, "name"));
  const project = (named || posix.basename(posix.dirname(path))).toLowerCase().replace(/[^a-z0-9_-]/g, "");
  return project === "" ? {} : { project };
}

/** A build context that is a repository elsewhere: `https://host/owner/name.git#ref:folder`. */
export function remoteContext(context: Value | undefined): Reference | undefined {
  const text = context === undefined ? "" : visibleText(context);
  if (context === undefined || !ADDRESS.test(text)) return undefined;
  const hash = text.indexOf("#");
  if (hash < 0) return { kind: "git", value: context };
  const colon = text.indexOf(":", hash);
  const ref = sliceValue(context, hash + 1, colon < 0 ? text.length : colon);
  return {
    kind: "git",
    value: sliceValue(context, 0, hash),
    ...(visibleText(ref) === "" ? {} : { ref, pinnable: true }),
  };
}

/** Names that the Dockerfile has for other builds, folders and images: a mapping, or a list of `name=value`. */
function contextsOf(yaml: Yaml, build: Node, text: string): { contexts: string[]; images: Reference[] } {
  const list = childOf(yaml, build, "additional_contexts");
  const listed = itemsOf(yaml, list).flatMap((item) => scalarOf(text, item) ?? []);
  const named = entriesOf(yaml, list);
  const values = [...named.flatMap(({ value }) => scalarOf(text, value) ?? []), ...listed];
  const images = values.flatMap((value): Reference[] => {
    const { index: at = 0, 0: found } = /(?:^|=)docker-image:\/\//.exec(visibleText(value)) ?? {};
    if (found === undefined) return [];
    return [{ kind: "image", value: sliceValue(value, at + found.length, visibleText(value).length) }];
  });
  return {
    contexts: [...named.map(({ key }) => key), ...listed.map((one) => visibleText(one).split("=")[0] ?? "")],
    images,
  };
}

/** Build arguments: a mapping, or a list of `NAME=value`. */
function argumentsOf(yaml: Yaml, build: Node, text: string): Variable[] {
  const list = childOf(yaml, build, "args");
  const named = entriesOf(yaml, list).map(({ key, value }) => {
    const written = scalarOf(text, value);
    return written === undefined ? fromOutside(key, value) : { name: key, value: written };
  });
  const listed = itemsOf(yaml, list).flatMap((item) => {
    const value = scalarOf(text, item);
    if (value === undefined) return [];
    const name = visibleText(value);
    return /^[A-Za-z_]\w*$/.test(name) ? [fromOutside(name, item)] : readBuildArgument(value);
  });
  return [...named, ...listed];
}

/** An argument without a value is the variable of that name where Compose runs. */
function fromOutside(name: string, node: Node): Variable {
  const [start = 0, end = start] = node.range ?? [];
  return { name, value: { start, end, pieces: [{ kind: "hole", name, start, end }] } };
}
