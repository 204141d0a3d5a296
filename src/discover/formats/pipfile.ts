import { parseToml, type TomlNode, tomlAt, tomlEntries, tomlString } from "../../lib/syntax/toml.ts";
import type { Format, Reading, Reference } from "../format.ts";
import { readPoetryDependency } from "../readers/packages/read-poetry.ts";
import { runtimeReference } from "../readers/packages/read-runtime.ts";

/** Pipenv's manifest (https://pipenv.pypa.io/en/latest/pipfile.html): every table but its own is a list of packages. */
export const pipfile: Format = {
  id: "pipfile",
  title: "Pipenv manifest (Pipfile)",
  matches: (path) => /(?:^|\/)Pipfile$/.test(path),
  read: readPipfile,
};

const OWN = new Set(["source", "requires", "scripts", "pipenv", "pipfile", "build-system"]);

function readPipfile(text: string, path: string): Reading {
  const { root, problems } = parseToml(text, path);
  const packages = tomlEntries(root)
    .filter(({ key }) => !OWN.has(key))
    .flatMap(({ value }) => tomlEntries(value))
    .flatMap(({ key, value }) => readPoetryDependency(key, value));
  const references = [...packages, ...pythonOf(root)].map((reference) => ({ ...reference, locked: true }));
  return { references, variables: [], inclusions: [], problems };
}

function pythonOf(root: TomlNode): Reference[] {
  return ["python_version", "python_full_version"].flatMap((key) => {
    const value = tomlString(tomlAt(root, "requires", key));
    return value === undefined ? [] : (runtimeReference("python", value) ?? []);
  });
}
