import { posix } from "node:path";
import { toPurl } from "../../domain/upstream.ts";
import { literalValue, sliceValue, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import { childOf, itemsOf, literalOf, parseYaml } from "../../lib/syntax/yaml.ts";
import type { Format, Inclusion, Reading, Reference } from "../format.ts";
import { readRequirement } from "../readers/packages/read-requirement.ts";

/** Conda environments (https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html). */
export const conda: Format = {
  id: "conda",
  title: "Conda environment",
  matches: (path) => NAME.test(path),
  read: readConda,
};

const NAME = /(?:^|\/)(?:env|(?:[\w.-]+[-_.])?(?:environment|conda)(?:[-_.][\w.-]+)?)\.ya?ml$/i;
/** `channel::name`, and the version behind it. */
const SPEC = /^(?:([\w./-]+)::)?([A-Za-z0-9_][\w.-]*)\s*/;
/** `=1.26.4`, `==1.26.4`, ` 1.26.4`, each with a build behind it. */
const SINGLE = /^(={1,2}|>=|~=)?\s*(\d[\w.!+-]*)(=[\w.*]+)?$/;

function readConda(text: string, path: string): Reading {
  const yaml = parseYaml(text, path);
  const items = itemsOf(yaml, childOf(yaml, yaml.root, "dependencies"));
  const specs = items.flatMap((item) => literalOf(text, item) ?? []);
  const nested = items.flatMap((item) => itemsOf(yaml, childOf(yaml, item, "pip")));
  const pip = nested.flatMap((item) => literalOf(text, item) ?? []);
  const isEnvironment = ["name", "channels", "prefix"].some((key) => childOf(yaml, yaml.root, key) !== undefined);
  if (!isEnvironment) return { references: [], variables: [], inclusions: [], problems: [] };
  return {
    references: [
      ...specs.flatMap((spec) => readSpec(spec) ?? []),
      ...pip.flatMap((line) => readRequirement(withoutOption(text, line)) ?? []),
    ].map((reference) => ({ ...reference, locked: true })),
    variables: [],
    inclusions: pip.flatMap((line) => inclusionOf(line, path)),
    problems: yaml.problems,
  };
}

/** A match specification (https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html). */
function readSpec(value: Value): Reference | undefined {
  const text = visibleText(value).trimEnd();
  const [head = "", channel = "", name] = SPEC.exec(text) ?? [];
  if (name === undefined) return undefined;
  const upstream = toPurl("conda", name.toLowerCase(), { channel });
  const base = { kind: "version" as const, name, upstream, scheme: "loose" };
  const rest = text.slice(head.length);
  const slice = (from: number, to: number) => sliceValue(value, from, to);
  if (rest === "" || rest === "*") return { ...base, value: slice(name.length, name.length), precision: "floating" };
  const [, operator = "", version, build = ""] = SINGLE.exec(rest) ?? [];
  if (version === undefined) {
    return /^[=<>!~\d]/.test(rest)
      ? { ...base, value: slice(head.length, text.length), precision: "range" }
      : undefined;
  }
  // A build belongs to one version: no other one can be written in front of it.
  if (build !== "")
    return { ...base, value: slice(text.length - build.length - version.length, text.length), written: version };
  const end = text.length;
  const exact = /^=?$/.test(operator) ? operator === "" || /\..*\./.test(version) : operator === "==";
  return {
    ...base,
    value: slice(end - version.length, end),
    precision: exact ? "exact" : "range",
    ...(exact ? {} : { written: text.slice(head.length, end) }),
  };
}

function withoutOption(text: string, line: Value): Value {
  const option = /^(?:-e|--editable)(?:\s+|=)/.exec(visibleText(line))?.[0].length ?? 0;
  return literalValue(text, line.start + option, line.end);
}

function inclusionOf(line: Value, path: string): Inclusion[] {
  const file = /^(?:-r|--requirement|-c|--constraint)(?:\s+|=)(\S+)/.exec(visibleText(line))?.[1];
  return file === undefined ? [] : [{ paths: [posix.join(posix.dirname(path), file)], variables: [] }];
}
