import { type AST, parseTOML } from "toml-eslint-parser";
import { Failure } from "../failure.ts";

const LONGEST = 200;
/** Nobody writes so much there, and the time that it takes grows with it: a mebibyte took two seconds. */
const MOST = 256 * 1024;
const key = (...names: readonly string[]) => JSON.stringify(names);
const BACKEND = key("build-system", "build-backend");
const FOLDER = key("build-system", "backend-path");

/**
 * What builds a source archive, by its `pyproject.toml` (PEP 517). Without a word on it setuptools does ("Source trees"); a
 * backend of the archive's own folder is code of its own. `unreadable` where that is no TOML: nobody could build it.
 */
export function buildBackendOf(pyproject: string): string | Failure {
  if (pyproject.length > MOST)
    return new Failure("unreadable", "the pyproject.toml of the source archive is longer than 256 KiB");
  try {
    const values = new Map(
      parseTOML(pyproject, { tomlVersion: "1.1" }).body[0].body.flatMap((row) => valuesIn(row, [])),
    );
    const named = values.get(BACKEND);
    const backend = named?.type === "TOMLValue" ? String(named.value).slice(0, LONGEST) : undefined;
    return `${backend ?? "setuptools.build_meta:__legacy__"}${values.has(FOLDER) ? " (in the archive)" : ""}`;
  } catch (error) {
    return new Failure("unreadable", "the pyproject.toml of the source archive is not understood", { cause: error });
  }
}

type Row = AST.TOMLKeyValue | AST.TOMLTable;

/** Every value by the whole of its key, in whichever way that is written. */
function valuesIn(row: Row, above: readonly string[]): [string, AST.TOMLContentNode][] {
  const path = [...above, ...row.key.keys.map((name) => (name.type === "TOMLBare" ? name.name : name.value))];
  if (row.type === "TOMLTable") return row.body.flatMap((entry) => valuesIn(entry, path));
  if (row.value.type === "TOMLInlineTable") return row.value.body.flatMap((entry) => valuesIn(entry, path));
  return [[key(...path), row.value]];
}
