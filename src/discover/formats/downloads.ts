import { isMap, isScalar, isSeq, type Node } from "yaml";
import { literalValue, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import { parseToml, type TomlNode, tomlString } from "../../lib/syntax/toml.ts";
import { entriesOf, itemsOf, literalOf, parseYaml, type Yaml } from "../../lib/syntax/yaml.ts";
import { type Checksum, type Format, NOTHING_READ, type Reading, type Reference, type Variable } from "../format.ts";
import { readStatedDownload } from "../readers/packages/read-url.ts";
import { readScript } from "../readers/shell/read-shell.ts";

/**
 * Data of no known kind that lists downloads: an address with its version or its checksum beside it. Nothing else in it
 * is a pin, so that schemas, dashboards and test data stay silent. TOML also carries scripts, as text of several lines.
 */
export const downloads: Format = {
  id: "downloads",
  title: "List of downloads (JSON, TOML, YAML)",
  matches: (path) => (NAME.test(path) || LIST.test(path)) && !OTHER.test(path),
  read: readData,
};

const NAME = /\.(?:json|toml)$/i;
const LIST =
  /(?:^|\/)(?:versions?|tools?|dependencies|deps|downloads?|artifacts|binaries|third[_-]?party|sources)(?:[._-][\w-]+)?\.ya?ml$/i;
const OTHER = /(?:^|\/)(?:tests?|__tests__|fixtures|testdata|examples?)\/|(?:lock|schema)\.json$/i;
const LONGEST = 500_000;
const DEEPEST = 40;
const WORTH_READING = /https?:\/\/[^\s"'<>]{1,400}[/_-]v?\d{1,9}\.\d/;
const VERSION_KEY = /^(?:[\w-]+[_-])?(?:version|tag|release|tag_name|ver)$/i;
const CHECKSUM_KEY = /(?:^|[_-])(?:sha(?:1|256|384|512)(?:sum)?|checksum|hash|digest)$/i;
const HASH = /^(?:(sha1|sha256|sha384|sha512)[:-])?([0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i;
/** A tag that stands apart from its image. */
const IMAGE_TAG = /["']?\bimage_?tag["']?\s*[:=]/i;
const SCRIPT = /^[ \t]*(?:curl|wget|git clone|apt-get|apt|pip3?|npm|[A-Z_]+=)/m;

type Collected = { readonly text: string; readonly references: Reference[]; readonly variables: Variable[] };

function readData(text: string, path: string): Reading {
  if (text.length > LONGEST || !(/https?:\/\//.test(text) || IMAGE_TAG.test(text))) return NOTHING_READ;
  const isToml = /\.toml$/i.test(path);
  if (!isToml && !WORTH_READING.test(text) && !IMAGE_TAG.test(text)) return NOTHING_READ;
  const collected: Collected = { text, references: [], variables: [] };
  const root = isToml ? parseToml(text, path).root : treeOf(text, parseYaml(text, path));
  collect(collected, root, [], 0);
  return { ...NOTHING_READ, references: collected.references, variables: collected.variables };
}

/** JSON and YAML in the shape that TOML is read to. */
function treeOf(text: string, yaml: Yaml): TomlNode {
  let budget = LONGEST;
  const convert = (node: Node | null | undefined, depth: number): TomlNode => {
    budget -= 1;
    if (budget < 0 || depth > DEEPEST) return {};
    if (isMap(node)) {
      return { table: new Map(entriesOf(yaml, node).map(({ key, value }) => [key, convert(value, depth + 1)])) };
    }
    if (isSeq(node)) return { items: itemsOf(yaml, node).map((item) => convert(item, depth + 1)) };
    const scalar = isScalar(node) ? literalOf(text, node) : undefined;
    return scalar === undefined ? {} : { scalar, isString: true };
  };
  return convert(yaml.root, 0);
}

/** Goes down with the versions that the tables above state, the nearest first. */
function collect(collected: Collected, node: TomlNode, stated: readonly Value[], depth: number): void {
  if (depth > DEEPEST) return;
  const entries = [...(node.table ?? [])];
  const versions = [
    ...entries.flatMap(([key, { scalar }]) => (scalar !== undefined && VERSION_KEY.test(key) ? [scalar] : [])),
    ...stated,
  ].slice(0, 8);
  const checksums = entries.flatMap(([key, value]) =>
    CHECKSUM_KEY.test(key) ? checksumOf(collected.text, value) : [],
  );
  collected.references.push(...imageOf(node));
  for (const child of node.table?.values() ?? []) {
    const value = tomlString(child);
    if (value === undefined) collect(collected, child, versions, depth + 1);
    else if (/\n/.test(visibleText(value))) readText(collected, value);
    else {
      const download = readStatedDownload(value, versions, checksums);
      if (download !== undefined) collected.references.push(download);
    }
  }
  for (const item of node.items ?? []) collect(collected, item, versions, depth + 1);
}

/** `{ "image": "owner/name", "image_tag": "v1" }`. */
function imageOf({ table }: TomlNode): Reference[] {
  const [image, tag] = [/^image(?:_?name)?$/i, /^image_?tag$/i].map((name) => {
    const found = [...(table ?? [])].find(([key]) => name.test(key));
    return found === undefined ? undefined : tomlString(found[1]);
  });
  const isName = image !== undefined && /^[a-z0-9][\w.-]*(?:\/[\w.-]+)*$/.test(visibleText(image));
  return isName && tag !== undefined && visibleText(tag) !== "" ? [{ kind: "image", value: image, ref: tag }] : [];
}

function checksumOf(text: string, node: TomlNode): Checksum[] {
  const value = tomlString(node);
  const [, named, hex] = HASH.exec(value === undefined ? "" : visibleText(value)) ?? [];
  if (value === undefined || hex === undefined) return [];
  const bits = { 40: "sha1", 64: "sha256", 96: "sha384", 128: "sha512" } as const;
  const algorithm = bits[hex.length as keyof typeof bits];
  if (named !== undefined && named.toLowerCase() !== algorithm) return [];
  return [{ value: literalValue(text, value.end - hex.length, value.end), algorithm }];
}

/** A script that stands in the data as a text. */
function readText({ text, references, variables }: Collected, value: Value): void {
  if (!SCRIPT.test(visibleText(value))) return;
  const script = readScript({ text, span: value, scope: `script-${value.start}` });
  references.push(...script.references);
  variables.push(...script.variables);
}
