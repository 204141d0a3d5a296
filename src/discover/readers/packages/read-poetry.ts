import { toPurl } from "../../../domain/upstream.ts";
import { sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import { type TomlNode, tomlAt, tomlString } from "../../../lib/syntax/toml.ts";
import type { Reference } from "../../format.ts";

/** One version behind at most one operator that a newer version can follow. */
const SINGLE = /^(\^|~=?|>=|={1,3})?\s*(v?\d[\w.+!-]*(?:\.\*)*)$/;

/**
 * A Python dependency by its name and what a table says of it: a constraint, or where it comes from
 * (https://python-poetry.org/docs/dependency-specification/, https://docs.astral.sh/uv/concepts/projects/dependencies/,
 * https://github.com/pypa/pipfile). Several constraints are several references; folders of the project are none.
 */
export function readPoetryDependency(name: string, node: TomlNode): Reference[] {
  if (node.items !== undefined) return node.items.flatMap((item) => readPoetryDependency(name, item));
  const written = tomlString(node) ?? tomlString(tomlAt(node, "version"));
  const git = tomlString(tomlAt(node, "git"));
  const url = tomlString(tomlAt(node, "url")) ?? tomlString(tomlAt(node, "file"));
  if (git !== undefined) return [readGit(name, node, git)];
  if (url !== undefined) return [{ kind: "url", value: url, name }];
  return written === undefined || comesFromElsewhere(node) ? [] : [readConstraint(name, written)];
}

/** True where a table names a repository, an address or a folder: then no registry decides. */
export function comesFromElsewhere(node: TomlNode): boolean {
  const tables = node.items ?? [node];
  return tables.some((table) => ["git", "url", "path", "file", "workspace"].some((key) => tomlAt(table, key)));
}

function readGit(name: string, node: TomlNode, address: Value): Reference {
  const [ref] = ["rev", "tag", "ref", "branch"].flatMap((key) => tomlString(tomlAt(node, key)) ?? []);
  const text = visibleText(address);
  const value = text.startsWith("git+") ? sliceValue(address, "git+".length, text.length) : address;
  return { kind: "git", value, name, ...(ref === undefined ? {} : { ref }) };
}

function readConstraint(name: string, value: Value): Reference {
  const base = { kind: "version" as const, name, upstream: toPurl("pypi", name), scheme: "pep440" };
  const text = visibleText(value).trim();
  if (!/\d/.test(text)) return { ...base, value, precision: "floating" };
  const [, operator = "", version] = SINGLE.exec(text) ?? [];
  if (version === undefined) return { ...base, value, precision: "range" };
  const end = visibleText(value).trimEnd().length;
  const exact = /^=*$/.test(operator) && !version.includes("*");
  return {
    ...base,
    value: sliceValue(value, end - version.length, end),
    precision: exact ? "exact" : "range",
    ...(exact ? {} : { written: text }),
  };
}
