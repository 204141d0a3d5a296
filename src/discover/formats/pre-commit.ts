import type { Node } from "yaml";
import { own } from "../../domain/own.ts";
import { EMPTY_VALUE, literalValue, partsOf, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import { childOf, itemsOf, literalOf, parseYaml, type Yaml } from "../../lib/syntax/yaml.ts";
import type { Format, Reading, Reference } from "../format.ts";
import { readRequirement } from "../readers/packages/read-requirement.ts";
import { plainWords } from "../readers/shell/read-container.ts";
import { readGoPackage, readNpmPackage } from "../readers/shell/read-package.ts";
import { isImageText } from "../readers/yaml/read-image-node.ts";

/** Hooks of pre-commit (https://pre-commit.com/#adding-pre-commit-plugins-to-your-project). */
export const preCommit: Format = {
  id: "pre-commit",
  title: "pre-commit hooks",
  matches: (path) => /(?:^|\/)\.pre-commit-config\.ya?ml$/.test(path),
  read: readPreCommit,
};

/** What `pre-commit autoupdate --freeze` and people write behind a commit: `# frozen: v4.5.0`, `# v4.5.0`. */
const COMMENT = /^["']?[ \t]+#[ \t]*(?:[\w./-]*[:=@][ \t]*)?(v?\d[\w.+-]*)/;

/** As `pre-commit autoupdate --freeze` writes it. */
const FROZEN = "  # frozen: {tag}";

function readPreCommit(text: string, path: string): Reading {
  const yaml = parseYaml(text, path);
  const references = itemsOf(yaml, childOf(yaml, yaml.root, "repos")).flatMap((entry) =>
    readRepository(text, yaml, entry),
  );
  return { references, variables: [], inclusions: [], problems: yaml.problems };
}

function readRepository(text: string, yaml: Yaml, entry: Node): Reference[] {
  const repository = literalOf(text, childOf(yaml, entry, "repo"));
  const rev = literalOf(text, childOf(yaml, entry, "rev"));
  const address = repository === undefined ? "" : visibleText(repository);
  const hooks = itemsOf(yaml, childOf(yaml, entry, "hooks"));
  const additional = hooks.flatMap((hook) => [
    ...additionalOf(text, yaml, hook, address),
    ...imageOf(text, yaml, hook),
  ]);
  if (repository === undefined || rev === undefined) return additional;
  const comment = commentAfter(text, rev.end);
  return [
    {
      kind: "git",
      value: repository,
      ref: rev,
      pinnable: true,
      pinComment: FROZEN,
      ...(comment === undefined ? {} : { comment }),
    },
    ...additional,
  ];
}

function commentAfter(text: string, end: number): Value | undefined {
  const found = COMMENT.exec(text.slice(end, end + 200));
  const tag = found?.[1];
  return found === null || tag === undefined
    ? undefined
    : literalValue(text, end + found[0].length - tag.length, end + found[0].length);
}

/** Packages that a hook is given besides its own; which registry they are of, its language says. */
function additionalOf(text: string, yaml: Yaml, hook: Node, address: string): Reference[] {
  const [language, id] = ["language", "id"].map((key) => {
    const value = literalOf(text, childOf(yaml, hook, key));
    return value === undefined ? "" : visibleText(value);
  });
  const read = readerOf(language ?? "", `${address} ${id}`);
  return itemsOf(yaml, childOf(yaml, hook, "additional_dependencies")).flatMap((item) => {
    const value = literalOf(text, item);
    return value === undefined ? [] : (read(value) ?? []);
  });
}

/** The image that a hook runs in stands before its command, behind options of `docker run` (https://pre-commit.com/#docker_image). */
function imageOf(text: string, yaml: Yaml, hook: Node): Reference[] {
  const at = (key: string) => literalOf(text, childOf(yaml, hook, key));
  const [language, id] = ["language", "id"].map((key) => visibleText(at(key) ?? EMPTY_VALUE));
  const entry = at("entry");
  if (entry === undefined || !(language === "docker_image" || /docker/.test(id ?? ""))) return [];
  const [value = EMPTY_VALUE] = plainWords([...partsOf(entry, /\S+/g)]);
  return isImageText(visibleText(value)) ? [{ kind: "image", value }] : [];
}

type Read = (value: Value) => Reference | undefined;

/** Only local hooks name their language; of others the names tell, and most are Python's. */
function readerOf(language: string, names: string): Read {
  const known: Readonly<Record<string, Read>> = {
    node: readNpmPackage,
    golang: readGoPackage,
    python: readRequirement,
  };
  if (language !== "") return own(known, language) ?? (() => undefined);
  const isNode = /prettier|eslint|stylelint|markdownlint|commitlint|biome|cspell|htmlhint|svelte|textlint/.test(names);
  return (value) => {
    if (/^(?:[\w-]+\.)+[a-z]+\/[^@]+@/.test(visibleText(value))) return readGoPackage(value);
    return isNode || /^@?[\w./-]+@[\^~]?\d/.test(visibleText(value)) ? readNpmPackage(value) : readRequirement(value);
  };
}
