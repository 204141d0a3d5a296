import { toPurl } from "../../domain/upstream.ts";
import { sliceValue, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import { childOf, entriesOf, literalOf, parseYaml } from "../../lib/syntax/yaml.ts";
import type { Format, Reading, Reference } from "../format.ts";

/** PHP packages (https://getcomposer.org/doc/04-schema.md). JSON is read as the YAML that it is. */
export const composer: Format = {
  id: "composer",
  title: "Composer manifest",
  matches: (path) => /(?:^|\/)composer\.json$/.test(path),
  read: readComposer,
};

const SINGLE = /^([\^~]|[<>]?=)?\s*(v?\d[\w.+-]*)$/;

/** `php`, `ext-*` and their kin are platforms: only names with a slash are packages. */
function readComposer(text: string, path: string): Reading {
  const yaml = parseYaml(text, path);
  const references = ["require", "require-dev"].flatMap((section) =>
    entriesOf(yaml, childOf(yaml, yaml.root, section)).flatMap(({ key, value }): Reference[] => {
      const written = literalOf(text, value);
      return written === undefined || !key.includes("/") ? [] : [{ ...readConstraint(key, written), locked: true }];
    }),
  );
  const name = literalOf(text, childOf(yaml, yaml.root, "name"));
  const publishes = name === undefined ? [] : [toPurl("composer", visibleText(name).toLowerCase())];
  const problems = yaml.problems.map((problem) => ({ ...problem, message: problem.message.replace("YAML", "JSON") }));
  return { references, variables: [], inclusions: [], publishes, problems };
}

function readConstraint(name: string, value: Value): Reference {
  const base = { kind: "version" as const, name, upstream: toPurl("composer", name.toLowerCase()), scheme: "loose" };
  const text = visibleText(value);
  if (!/\d/.test(text) || /^dev-|@dev$/.test(text)) {
    return { ...base, value, precision: text.startsWith("dev-") ? "branch" : "floating" };
  }
  const [, operator = "", version] = SINGLE.exec(text) ?? [];
  if (version === undefined || /\.[x*]/.test(version)) return { ...base, value, precision: "range" };
  const exact = operator === "" || operator === "=";
  const at = text.length - version.length;
  const written = operator === "" ? {} : { written: text };
  return { ...base, value: sliceValue(value, at, text.length), precision: exact ? "exact" : "range", ...written };
}
