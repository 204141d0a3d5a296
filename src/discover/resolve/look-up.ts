import { posix } from "node:path";
import type { Hole } from "../../lib/syntax/pieces.ts";
import { CONTENT, type Variable } from "../format.ts";
import { lastBeforeIn, lastElsewhere } from "./definitions.ts";
import type { Includer, ReadFile, ReadTree } from "./read-tree.ts";

/** Where a hole stands: its file and scope, and before which offset its definition is looked for. */
export type Place = {
  readonly file: ReadFile;
  readonly scope: string | undefined;
  readonly at: number;
  readonly variable?: string;
};

const READS =
  /^(?:\$\(|`)(?:shell(?=\s))?\s*(?:cat\s+|<\s*)["']?(?:\$\{?\w+\}?\/)?([\w./-]+)["']?\s*(?:2>\S+\s*)?(?:\|\s*(?:tr|head|xargs)\b[^|)`]*)?(?:\)|`)$/;

/** What the file holds that a command prints: `$(cat VERSION)`. Scripts run in their folder or in the root. */
export function contentOf(tree: ReadTree, file: ReadFile, hole: Hole): Found | undefined {
  if (!hole.name.startsWith("$(") || hole.end - hole.start > 200) return undefined;
  const [, named] = READS.exec(file.text.slice(hole.start, hole.end)) ?? [];
  if (named === undefined) return undefined;
  for (const path of placesOf(file.path, named)) {
    const other = tree.files.get(path);
    const variable = other?.variables.get(CONTENT)?.[0];
    if (other === undefined || variable === undefined) continue;
    const found = foundIn(other, variable, variable.value.start);
    return { ...found, place: { ...found.place, variable: posix.basename(path) } };
  }
  return undefined;
}

/** Where a file may be that a script names; in an image, below the folder that the tree was copied to. */
function placesOf(from: string, named: string): string[] {
  if (!named.startsWith("/")) return [posix.join(posix.dirname(from), named), posix.normalize(named)];
  const parts = named.split("/").filter((part) => part !== "");
  return parts.slice(1, -1).map((_, index) => parts.slice(index + 1).join("/"));
}

type Found = { readonly variable: Variable; readonly place: Place };

/** What defines a name as seen from a place: in its file, else in the file that includes it, else in those it takes variables from. */
export function lookUp(search: Search, name: string, place: Place): Found | undefined {
  const { includer } = search;
  const isHere = includer !== undefined && search.tree.includers.get(place.file.path)?.includes(includer) === true;
  const local = lastBefore(place.file, name, place.scope, place.at);
  const given = isHere ? includer.variables.find((variable) => variable.name === name) : undefined;
  if (isHere && given !== undefined && (local === undefined || local.argument === true)) {
    return foundIn(includer.file, given, Number.POSITIVE_INFINITY);
  }
  if (local !== undefined) return foundIn(place.file, local, local.value.start);
  const outer = isHere ? lastBefore(includer.file, name, includer.scope, Number.POSITIVE_INFINITY) : undefined;
  if (isHere && outer !== undefined) return foundIn(includer.file, outer, outer.value.start);
  return takenFrom(search.tree, place.file, name);
}

function foundIn(file: ReadFile, variable: Variable, at: number): Found {
  return { variable, place: { file, scope: variable.scope, at, variable: variable.name } };
}

/**
 * The nearest earlier definition, in the scope itself or in those it inherits from. Where order means nothing, the one
 * that is being filled (`VERSION: ${{ env.VERSION }}`) is passed over.
 */
function lastBefore(file: ReadFile, name: string, scope: string | undefined, at: number): Variable | undefined {
  const find = file.reading.unordered === true ? lastElsewhere : lastBeforeIn;
  let current = scope;
  let before = at;
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    const place = find === lastElsewhere ? at : before;
    const found = find(file.defined, name, current, place);
    if (found !== undefined || current === undefined) return found;
    before = Math.max(before, file.reading.calls?.[current] ?? 0);
    current = file.reading.scopes?.[current];
  }
  return undefined;
}

function takenFrom(tree: ReadTree, file: ReadFile, name: string): Found | undefined {
  for (const path of file.reading.takes ?? []) {
    const other = tree.files.get(path);
    const variable = other?.variables.get(name)?.at(-1);
    if (other !== undefined && variable !== undefined) return foundIn(other, variable, variable.value.start);
  }
  return undefined;
}

/** One filling: what is known, who includes the file, and how many pieces it may still take. */
export type Search = { readonly tree: ReadTree; readonly includer: Includer | undefined; budget: number };

/** So many scopes or definitions deep is no file of a person's hand. */
export const DEEPEST = 12;
