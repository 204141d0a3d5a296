import type { Variable } from "../format.ts";

/** What one name means in one scope of a file, in the order of reading. */
type Definitions = {
  readonly list: readonly Variable[];
  /** For each of them where the earliest of it and all after it stands: they never fall, so that the last one before a place is found by halving. */
  readonly earliest: readonly number[];
};

/** A file's variables, by name and by scope. */
export type DefinedNames = ReadonlyMap<string, ReadonlyMap<string | undefined, Definitions>>;

/** Takes time in proportion to the list; the questions below take the logarithm of it. */
export function definedNames(variables: readonly Variable[]): DefinedNames {
  const names = new Map<string, Map<string | undefined, Variable[]>>();
  for (const variable of variables) {
    const scopes = names.get(variable.name) ?? new Map<string | undefined, Variable[]>();
    names.set(variable.name, scopes);
    const list = scopes.get(variable.scope);
    if (list === undefined) scopes.set(variable.scope, [variable]);
    else list.push(variable);
  }
  return new Map(
    [...names].map(([name, scopes]) => [
      name,
      new Map([...scopes].map(([scope, list]) => [scope, { list, earliest: earliestOf(list) }])),
    ]),
  );
}

function earliestOf(list: readonly Variable[]): number[] {
  const earliest: number[] = new Array(list.length);
  let least = Number.POSITIVE_INFINITY;
  for (let at = list.length - 1; at >= 0; at -= 1) {
    const variable = list[at];
    least = Math.min(least, variable?.always === true ? Number.NEGATIVE_INFINITY : (variable?.value.start ?? least));
    earliest[at] = least;
  }
  return earliest;
}

/** The last definition that stands before a place, or that holds everywhere in its scope. */
export function lastBeforeIn(
  names: DefinedNames,
  name: string,
  scope: string | undefined,
  place: number,
): Variable | undefined {
  const { list, earliest } = names.get(name)?.get(scope) ?? NOTHING;
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((earliest[middle] ?? place) < place) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? undefined : list[low - 1];
}

/** The last definition but the one that stands at a place. */
export function lastElsewhere(
  names: DefinedNames,
  name: string,
  scope: string | undefined,
  place: number,
): Variable | undefined {
  return names
    .get(name)
    ?.get(scope)
    ?.list.findLast(({ value }) => value.start !== place);
}

const NOTHING: Definitions = { list: [], earliest: [] };
