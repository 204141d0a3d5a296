import { isScalar, type Node } from "yaml";
import { own } from "../../domain/own.ts";
import { toPurl } from "../../domain/upstream.ts";
import { literalValue, sliceValue, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import { childOf, entriesOf, literalOf, parseYaml, type Yaml } from "../../lib/syntax/yaml.ts";
import type { Checksum, Format, Reading, Reference } from "../format.ts";
import { readNpmDependency } from "../readers/packages/read-npm.ts";

/** Package manifests (https://docs.npmjs.com/cli/configuring-npm/package-json). JSON is read as the YAML that it is. */
export const packageJson: Format = {
  id: "package-json",
  title: "npm package manifest",
  matches: (path) => /(?:^|\/)package\.json$/.test(path),
  read: readManifest,
};

const SECTIONS = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
const MANAGER = /^(npm|pnpm|yarn|bun)@(\d+\.\d+\.\d+[\w.-]*)(?:\+(sha1|sha256|sha384|sha512)\.([0-9a-f]+))?/;
/** https://docs.volta.sh/advanced/configuration: exact versions of the tools themselves. */
const VOLTA: Readonly<Record<string, Pick<Reference, "upstream" | "scheme" | "tagTemplate">>> = {
  node: { upstream: "pkg:github/nodejs/node", scheme: "loose", tagTemplate: "v{version}" },
  npm: { upstream: "pkg:npm/npm", scheme: "semver" },
  yarn: { upstream: "pkg:npm/yarn", scheme: "semver" },
  pnpm: { upstream: "pkg:npm/pnpm", scheme: "semver" },
};

function readManifest(text: string, path: string): Reading {
  const yaml = parseYaml(text, path);
  const section = (...keys: string[]) => entriesOf(yaml, childOf(yaml, yaml.root, ...keys));
  const dependencies = SECTIONS.flatMap((name) =>
    section(name).flatMap(({ key, value }) => dependencyOf(text, key, value)),
  );
  const forced = [
    ...section("resolutions").flatMap(({ key, value }) => dependencyOf(text, forcedName(key), value)),
    ...section("pnpm", "overrides").flatMap(({ key, value }) => dependencyOf(text, forcedName(key), value)),
    ...overridesOf({ yaml, text }, childOf(yaml, yaml.root, "overrides")),
  ].map((reference) => ({ ...reference, name: `forced ${reference.name}` }));
  const tools = section("volta").flatMap(({ key, value }) => toolOf(text, key, value));
  const name = childOf(yaml, yaml.root, "name");
  return {
    references: [
      ...[...dependencies, ...forced].map((reference) => ({ ...reference, locked: true })),
      ...tools,
      ...managerOf(literalOf(text, childOf(yaml, yaml.root, "packageManager"))),
    ],
    variables: [],
    inclusions: [],
    publishes: isScalar(name) && typeof name.value === "string" ? [toPurl("npm", name.value)] : [],
    problems: yaml.problems.map((problem) => ({ ...problem, message: problem.message.replace("YAML", "JSON") })),
  };
}

function dependencyOf(text: string, name: string, node: Node): Reference[] {
  if (!isScalar(node) || typeof node.value !== "string" || !node.range || name === "") return [];
  const [start, end] = node.range;
  const reference = readNpmDependency(name, literalValue(text, start + 1, Math.max(end - 1, start + 1)));
  return reference === undefined ? [] : [reference];
}

/** The package of `parent/name`, `**\/name`, `parent>name` and `name@range`, as Yarn and pnpm write what they force. */
function forcedName(key: string): string {
  return /((?:@[\w.-]+\/)?[\w.-]+)(?:@[^/>]*)?$/.exec(key.slice(-400))?.[1] ?? "";
}

type Manifest = { readonly yaml: Yaml; readonly text: string };

/** npm's overrides nest; `.` is the package itself, `$name` is what the manifest says of it elsewhere. */
function overridesOf(file: Manifest, node: Node | undefined, depth = 0, parent = ""): Reference[] {
  return entriesOf(file.yaml, node).flatMap(({ key, value }) => {
    const name = key === "." ? parent : forcedName(key);
    if (!isScalar(value)) return depth > 5 ? [] : overridesOf(file, value, depth + 1, name);
    return String(value.value).startsWith("$") ? [] : dependencyOf(file.text, name, value);
  });
}

function toolOf(text: string, name: string, node: Node): Reference[] {
  const tool = own(VOLTA, name);
  const value = literalOf(text, node);
  if (tool === undefined || value === undefined || !/^v?\d+\.\d/.test(visibleText(value))) return [];
  return [{ kind: "version", value, name, precision: "exact", ...tool }];
}

/** `pnpm@9.1.0+sha512.<hex>` (https://github.com/nodejs/corepack#when-authoring-packages). */
function managerOf(value: Value | undefined): Reference[] {
  const [whole, name, version = "", algorithm, hash = ""] = MANAGER.exec(value ? visibleText(value) : "") ?? [];
  if (value === undefined || whole === undefined || name === undefined) return [];
  const known = (["sha1", "sha256", "sha384", "sha512"] as const).find((one) => one === algorithm);
  const of = `npm:/${name}/-/${name}-{version}.tgz`; // below whatever registry npm is configured for
  const checksum: Checksum[] =
    known === undefined
      ? []
      : [{ algorithm: known, value: sliceValue(value, whole.length - hash.length, whole.length), of }];
  return [
    {
      kind: "version",
      value: sliceValue(value, name.length + 1, name.length + 1 + version.length),
      upstream: toPurl("npm", name),
      scheme: "semver",
      name: "packageManager",
      precision: "exact",
      ...(checksum.length === 0 ? {} : { checksums: checksum }),
    },
  ];
}
