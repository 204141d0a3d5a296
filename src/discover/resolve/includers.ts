import { posix } from "node:path";
import { globMatcher } from "../../lib/syntax/glob.ts";
import { HOLE } from "../../lib/syntax/pieces.ts";
import type { Inclusion, Variable } from "../format.ts";
import type { Includer, ReadFile, ReadTree } from "./read-tree.ts";
import { resolveValue } from "./resolve.ts";

const DEEPEST_LIST = 4;

const MOST_INCLUDERS = 100;

/** For each file, those that include it, with the values they give it; at most `MOST_INCLUDERS` of one. */
export function includersOf(files: ReadonlyMap<string, ReadFile>): ReadTree["includers"] {
  const includers = new Map<string, Includer[]>();
  for (const file of files.values()) {
    for (const inclusion of file.reading.inclusions) {
      const { variables, ...more } = inclusion;
      for (const target of targetsOf(files, file, inclusion)) {
        const known = includers.get(target) ?? [];
        includers.set(target, known);
        if (known.length < MOST_INCLUDERS) known.push(includerOf(file, variables, more));
      }
    }
  }
  return throughLists(includers);
}

function includerOf(file: ReadFile, variables: readonly Variable[], more: Partial<Inclusion>): Includer {
  const { scope, constraints, replaces, contexts } = more;
  return {
    file,
    variables,
    ...(scope === undefined ? {} : { scope }),
    ...(constraints === undefined ? {} : { constraints }),
    ...(replaces === undefined ? {} : { replaces }),
    ...(contexts === undefined ? {} : { contexts: new Set(contexts) }),
  };
}

/**
 * A list that only names another list (`-r base.txt`) has no values of its own, and a script hands on what it was given:
 * who includes it includes both. What it was called with stays its own.
 */
function throughLists(includers: ReadonlyMap<string, readonly Includer[]>): ReadTree["includers"] {
  const outer = (includer: Includer, depth: number): readonly Includer[] => {
    const handsOn = /^(?:requirements|shell)$/.test(includer.file.format) && depth < DEEPEST_LIST;
    const above = handsOn ? (includers.get(includer.file.path) ?? []) : [];
    const further = above.filter(({ file }) => file !== includer.file).map(withoutWords);
    return [includer, ...further.flatMap((one) => outer(one, depth + 1))].slice(0, MOST_INCLUDERS);
  };
  return new Map([...includers].map(([path, list]) => [path, list.flatMap((includer) => outer(includer, 0))]));
}

function withoutWords(includer: Includer): Includer {
  return { ...includer, variables: includer.variables.filter(({ name }) => !/^\d$/.test(name)) };
}

/** The first of the paths that exists; where a part of a path is filled while a command runs, every file that it can be. */
function targetsOf(files: ReadTree["files"], file: ReadFile, inclusion: Inclusion): string[] {
  const paths = pathsOf(files, file, inclusion).filter((path) => path !== file.path);
  const whole = paths.find((path) => files.has(path));
  if (whole !== undefined) return [whole];
  const open = paths
    .filter((path) => path.includes(HOLE) && OPEN_PATH.test(path))
    .map((path) => globMatcher(path.replace(HOLE, "*")));
  if (open.length === 0) return [];
  return [...files.keys()].filter((path) => path !== file.path && open.some((matches) => matches(path)));
}

/** `images/NAME/Dockerfile`: a folder is written, and the file in it. */
const OPEN_PATH = new RegExp(`^(?:[\\w.-]+/)+${HOLE}/[\\w.-]+$`);

/** Where the included file may be, with the holes of its path filled by what the file itself is given. */
function pathsOf(files: ReadTree["files"], file: ReadFile, { paths, composed }: Inclusion): readonly string[] {
  if (composed === undefined) return paths;
  const tree: ReadTree = { files, locks: new Set(), commits: new Map(), includers: new Map() };
  const parts = composed.parts.map((part) =>
    typeof part === "string" ? part : resolveValue(tree, file, { value: part }).text,
  );
  if (parts.some((part) => part.includes(HOLE))) return paths;
  return [...composed.folders.map((folder) => posix.join(folder, ...parts)), ...paths];
}
