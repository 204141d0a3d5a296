import { toPurl } from "../../domain/upstream.ts";
import { lineAt } from "../../lib/syntax/line-index.ts";
import { isMoving, splitTag } from "../../lib/versions/tag.ts";
import type { ReadFile, ReadTree } from "../resolve/read-tree.ts";
import { resolveValue } from "../resolve/resolve.ts";
import type { Draft, Traced } from "./draft.ts";
import { wordsAt } from "./obeyed-comments.ts";

/** Variables that are pins by themselves: by a comment beside them, or by their own name. */
export function draftVariables(tree: ReadTree, file: ReadFile): Traced[] {
  return [...annotated(tree, file), ...namedByRegistry(tree, file)];
}

/** Variables whose upstream a comment names: they are pins even where no address is near. */
function annotated(tree: ReadTree, file: ReadFile): Traced[] {
  if (!/\b(?:renovate|headgate):/.test(file.text)) return [];
  return file.reading.variables.flatMap((variable): Traced[] => {
    const { upstream, tagTemplate, scheme } = wordsAt(file, variable.value.start);
    if (upstream === undefined) return [];
    const { text, pieces } = resolveValue(tree, file, variable);
    const [piece] = pieces;
    if (piece === undefined || "hole" in piece || pieces.length > 1) return [];
    if (piece.path !== file.path || piece.start !== variable.value.start) return [];
    const at = { path: file.path, line: lineAt(file.starts, piece.start) };
    const named = { upstream, name: variable.name, scheme: scheme ?? "loose" };
    const place = { path: file.path, start: piece.start, text };
    if (isMoving(text)) return [{ draft: { ...named, ...place, version: "", precision: "floating", edits: [] }, at }];
    if (!/\d/.test(text) || text.includes("://")) return []; // an address is read as one
    const { prefix, version } = tagTemplate === undefined ? { prefix: "", version: text } : stripped(text, tagTemplate);
    const end = piece.start + text.length;
    const edit = { path: file.path, start: piece.start, end, role: "version", spelling: `${prefix}{version}` } as const;
    const draft: Draft = { ...named, ...place, version, precision: "exact", edits: [edit] };
    return [{ draft: tagTemplate === undefined ? draft : { ...draft, tagTemplate }, at }];
  });
}

/** `PYPI_SETUPTOOLS_VERSION`: a variable whose name says the registry and the package, whatever a script makes of it. */
function namedByRegistry(tree: ReadTree, file: ReadFile): Traced[] {
  if (!file.text.includes("PYPI_")) return [];
  const given = file.reading.inclusions.flatMap(({ variables }) => variables);
  return [...file.reading.variables, ...given].flatMap((variable): Traced[] => {
    const [, name] = /^PYPI_([A-Z][A-Z0-9_]*)_VERSION$/.exec(variable.name) ?? [];
    if (name === undefined) return [];
    const resolved = resolveValue(tree, file, variable);
    const [piece] = resolved.pieces;
    const [, operator = "", version] = /^(={2,3})?(\d[\w.!+]*)$/.exec(resolved.text) ?? [];
    if (version === undefined || piece === undefined || "hole" in piece || resolved.pieces.length > 1) return [];
    const start = piece.start + operator.length;
    const edit = {
      path: piece.path,
      start,
      end: start + version.length,
      role: "version",
      spelling: "{version}",
    } as const;
    const upstream = toPurl("pypi", name.toLowerCase().replaceAll("_", "-"));
    const base = { upstream, name: variable.name, scheme: "pep440", precision: "exact" } as const;
    const draft: Draft = { ...base, path: piece.path, start, text: resolved.text, version, edits: [edit] };
    return [{ draft, at: { path: file.path, line: lineAt(file.starts, variable.value.start) } }];
  });
}

/** A written version without what its tag template says stands before it. */
export function stripped(text: string, template: string): { prefix: string; version: string } {
  const split = splitTag(text);
  return split !== undefined && template.startsWith(split.prefix) ? split : { prefix: "", version: text };
}
