import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { parseSync } from "oxc-parser";

const root = join(import.meta.dirname, "../..");

/** One import of a module of ours; `names`: what it takes of the other, as that calls it. `later`: by `import()`. */
export type Import = {
  readonly from: string;
  readonly to: string;
  readonly names: readonly string[];
  readonly typeOnly: boolean;
  readonly later: boolean;
};

function importsOf(path: string): Import[] {
  const { text } = textOf(path);
  const { module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  return [
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => ({
      from: path,
      to: text.slice(start + 1, end - 1),
      names: [],
      typeOnly: false,
      later: true,
    })),
    ...module.staticImports.map((one) => ({
      from: path,
      to: one.moduleRequest.value,
      names: one.entries.flatMap(({ importName }) => importName.name ?? []),
      typeOnly: one.entries.length > 0 && one.entries.every((entry) => entry.isType),
      later: false,
    })),
    ...module.staticExports.flatMap((one) =>
      one.entries.flatMap(({ moduleRequest, isType }) =>
        moduleRequest ? [{ from: path, to: moduleRequest.value, names: [], typeOnly: isType, later: false }] : [],
      ),
    ),
  ];
}

/** A source file by its path below `src/`. */
export function textOf(path: string): { readonly path: string; readonly text: string } {
  return { path, text: readFileSync(join(root, "src", path), "utf8") };
}

/** Every module of ours, by its path below `src/`. */
export const SOURCE_FILES = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .map((entry) => relative(join(root, "src"), join(entry.parentPath, entry.name)))
  .sort();

/** Every import there is: `to` is a package as it is written, or the path below `src/` of a module of ours. */
export const IMPORTS = SOURCE_FILES.flatMap(importsOf).map((one) =>
  one.to.startsWith(".") ? { ...one, to: normalize(join(dirname(one.from), one.to)) } : one,
);

/** Those between modules of ours. */
export const OUR_IMPORTS = IMPORTS.filter(({ to }) => SOURCE_FILES.includes(to) || to.startsWith(".."));

/** The folder or file right below `src/` that a path lies in. */
export function placeOf(path: string): string {
  return path.split("/")[0] ?? path;
}

/** Everything that modules load, however many steps away, types left out. */
export function reachedFrom(start: readonly string[]): Set<string> {
  const reached = new Set(start);
  for (const path of reached)
    for (const { from, to, typeOnly } of IMPORTS) if (from === path && !typeOnly) reached.add(to);
  return reached;
}
