import { toPurl } from "../../domain/upstream.ts";
import { visibleText } from "../../lib/syntax/pieces.ts";
import {
  parseToml,
  type TomlNode,
  tomlAll,
  tomlAt,
  tomlEntries,
  tomlString,
  tomlStrings,
} from "../../lib/syntax/toml.ts";
import type { Format, Reading, Reference } from "../format.ts";
import { comesFromElsewhere, readPoetryDependency } from "../readers/packages/read-poetry.ts";
import { readRequirement } from "../readers/packages/read-requirement.ts";

/**
 * Python projects: PEP 621 and PEP 735 lists, build requirements (PEP 518), and what Poetry, uv, PDM, Hatch, Rye, Flit and
 * tox add under `tool`.
 */
export const pyproject: Format = {
  id: "pyproject",
  title: "Python project (pyproject.toml)",
  matches: (path) => /(?:^|\/)pyproject\.toml$/.test(path),
  read: readPyproject,
};

/** Lists of requirements that a lock file records. */
const LOCKED = [
  "project dependencies",
  "project optional-dependencies *",
  "dependency-groups *",
  "tool uv dev-dependencies",
  "tool uv constraint-dependencies",
  "tool uv override-dependencies",
  "tool pdm dev-dependencies *",
  "tool rye dev-dependencies",
];

/** Lists of requirements that no lock file records. */
const FREE = [
  "build-system requires",
  "tool uv build-constraint-dependencies",
  "tool hatch env requires",
  "tool hatch envs * dependencies",
  "tool hatch envs * extra-dependencies",
  "tool hatch build dependencies",
  "tool hatch build hooks * dependencies",
  "tool hatch build targets * dependencies",
  "tool hatch build targets * hooks * dependencies",
  "tool flit metadata requires",
  "tool flit metadata requires-extra *",
  "tool briefcase app * requires",
  "tool tox requires",
  "tool tox env_run_base deps",
  "tool tox env * deps",
];

const POETRY = ["dependencies", "dev-dependencies", "group * dependencies"];

function readPyproject(text: string, path: string): Reading {
  const { root, problems } = parseToml(text, path);
  const sources = tomlEntries(tomlAt(root, "tool", "uv", "sources"));
  const elsewhere = new Set(
    sources.filter(({ value }) => comesFromElsewhere(value)).map(({ key }) => toPurl("pypi", key)),
  );
  const locked = [
    ...LOCKED.flatMap((list) => requirementsOf(root, list)),
    ...POETRY.flatMap((table) => poetryOf(root, table)),
  ].filter((reference) => !elsewhere.has(reference.upstream ?? ""));
  const sourced = sources.flatMap(({ key, value }) => readPoetryDependency(key, value));
  return {
    references: [
      ...[...locked, ...sourced].map((reference) => ({ ...reference, locked: true })),
      ...FREE.flatMap((list) => requirementsOf(root, list)),
      ...poetryOf(root, "requires-plugins"),
    ],
    variables: [],
    inclusions: [],
    publishes: namesOf(root),
    problems,
  };
}

function requirementsOf(root: TomlNode, list: string): Reference[] {
  const values = tomlAll(root, ...list.split(" ")).flatMap(tomlStrings);
  return values.flatMap((value) => readRequirement(value) ?? []);
}

/** Poetry's tables; what it says of Python itself is which versions the project supports. */
function poetryOf(root: TomlNode, table: string): Reference[] {
  const found = tomlAll(root, "tool", "poetry", ...table.split(" ")).flatMap(tomlEntries);
  return found.flatMap(({ key, value }) => (key === "python" ? [] : readPoetryDependency(key, value)));
}

function namesOf(root: TomlNode): string[] {
  const names = [tomlAt(root, "project", "name"), tomlAt(root, "tool", "poetry", "name")].map(tomlString);
  return names.flatMap((name) => (name === undefined ? [] : [toPurl("pypi", visibleText(name))]));
}
