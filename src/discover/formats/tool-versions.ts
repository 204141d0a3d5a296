import { posix } from "node:path";
import { literalValue, sliceValue, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import { parseToml, type TomlNode, tomlAt, tomlEntries, tomlString, tomlStrings } from "../../lib/syntax/toml.ts";
import type { Format, Reading, Reference } from "../format.ts";
import { runtimeReference } from "../readers/packages/read-runtime.ts";

/** Files that name the version of an interpreter or a tool: of pyenv, nvm, asdf, mise, Heroku and their kin. */
export const toolVersions: Format = {
  id: "tool-versions",
  title: "Versions of interpreters and tools",
  matches: (path) => NAME.test(path),
  read: readToolVersions,
};

const NAME =
  /(?:^|\/)(?:\.(?:python|node|ruby|go|terraform|terragrunt|bun|deno)-version|\.nvmrc|\.tool-versions|\.?mise(?:\.[\w-]+)?\.toml|\.?mise\/(?:config|conf\.d\/[\w-]+)(?:\.[\w-]+)?\.toml|runtime\.txt)$/;

function readToolVersions(text: string, path: string): Reading {
  const name = posix.basename(path);
  if (name.endsWith(".toml")) return readMise(text, path);
  const single = name === ".nvmrc" ? "node" : /^\.(\w+)-version$/.exec(name)?.[1];
  const references = [...text.matchAll(/^[^\r\n#]+/gm)].flatMap(({ 0: line, index }) => {
    const words = [...line.matchAll(/\S+/g)].map((word) => {
      const start = index + word.index;
      return literalValue(text, start, start + word[0].length);
    });
    if (name === "runtime.txt") return words.flatMap(readHeroku);
    return single === undefined ? readAsdf(words) : words.flatMap((word) => runtimeReference(single, word) ?? []);
  });
  return { references, variables: [], inclusions: [], problems: [] };
}

/** `nodejs 22.11.0 20.18.1` (https://asdf-vm.com/manage/configuration.html#tool-versions). */
function readAsdf([tool, ...versions]: readonly Value[]): Reference[] {
  return tool === undefined ? [] : versions.flatMap((version) => runtimeReference(visibleText(tool), version) ?? []);
}

/** `python-3.12.7` (https://devcenter.heroku.com/articles/python-runtimes). */
function readHeroku(word: Value): Reference[] {
  const text = visibleText(word);
  if (!text.startsWith("python-")) return [];
  return [runtimeReference("python", sliceValue(word, "python-".length, text.length)) ?? []].flat();
}

/** `[tools]` of mise (https://mise.jdx.dev/configuration.html): a version, several, or a table with one. */
function readMise(text: string, path: string): Reading {
  const { root, problems } = parseToml(text, path);
  const references = tomlEntries(tomlAt(root, "tools")).flatMap(({ key, value }) => toolOf(key, value));
  return { references, variables: [], inclusions: [], problems };
}

function toolOf(key: string, node: TomlNode): Reference[] {
  const versions = [
    ...tomlStrings(node),
    ...[tomlString(tomlAt(node, "version"))].filter((value) => value !== undefined),
  ];
  return versions.flatMap((value) => runtimeReference(key, value) ?? []).map((one) => ({ ...one, locked: true }));
}
