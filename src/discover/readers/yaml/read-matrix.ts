import type { Node } from "yaml";
import { type Hole, type Piece, spelledText, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import { childOf, entriesOf, itemsOf, scalarOf, type Yaml } from "../../../lib/syntax/yaml.ts";
import type { Reference, Variable } from "../../format.ts";

/** A workflow as far as its matrices go. `scopes` says which job a step belongs to. */
type State = {
  readonly text: string;
  readonly yaml: Yaml;
  readonly variables: Variable[];
  readonly scopes: Readonly<Record<string, string>>;
  /** The values of each job's matrix, by `job matrix.name`. */
  readonly matrix: Map<string, Value[]>;
};

/** Lists of the matrix and what `include` adds. A name with one value is a variable. */
export function addMatrix(state: State, job: Node, scope: string): void {
  const { text, yaml } = state;
  const matrix = entriesOf(yaml, childOf(yaml, job, "strategy", "matrix"));
  const listed = matrix.filter(({ key }) => key !== "include" && key !== "exclude");
  const included = matrix.filter(({ key }) => key === "include").flatMap(({ value }) => itemsOf(yaml, value));
  const given = [
    ...listed.flatMap(({ key, value }) => itemsOf(yaml, value).map((item) => ({ key, value: item }))),
    ...included.flatMap((item) => entriesOf(yaml, item)),
  ];
  const places = new Map<string, Value[]>();
  for (const { key, value } of given) {
    const written = scalarOf(text, value);
    if (written !== undefined) places.set(key, [...(places.get(key) ?? []), written]);
  }
  for (const [key, values] of places) {
    const [value] = values;
    state.matrix.set(`${scope} matrix.${key}`, values);
    if (value !== undefined && isOne(values)) state.variables.push({ name: `matrix.${key}`, value, scope });
  }
}

/** True where every place says the same. */
function isOne(values: readonly Value[]): boolean {
  return new Set(values.map(spelledText)).size === 1;
}

/**
 * A reference with each value that the matrix gives it. Where several of its lists meet in one reference, which are tried
 * together is not followed; what the matrix computes is nobody's pin.
 */
export function eachOf(state: State, reference: Reference, scope: string | undefined): Reference[] {
  const holes = [reference.value, reference.ref].flatMap((part) => part?.pieces ?? []).filter(isMatrix);
  const [name = "", ...others] = new Set(holes.map((hole) => hole.name));
  if (holes.length === 0) return [reference];
  const { list, values } = valuesOf(state, name, scope);
  if (others.length > 0 && varies(state, reference.value, scope)) return [];
  const versions = values.filter(
    (given) => isOne(values) || reference.kind !== "version" || /\d/.test(visibleText(given)),
  );
  return versions.map((given) => {
    const filled = (part: Value) => ({
      ...part,
      pieces: part.pieces.flatMap((piece) => (isMatrix(piece) && piece.name === name ? given.pieces : [piece])),
    });
    const ref = reference.ref === undefined ? {} : { ref: filled(reference.ref) };
    return { ...reference, value: filled(reference.value), ...ref, ...(values.length > 1 ? { oneOf: list } : {}) };
  });
}

function isMatrix(piece: Piece): piece is Hole {
  return piece.kind === "hole" && piece.name.startsWith("matrix.");
}

/** The values of a name of the matrix in a job, or in the job of a step. */
function valuesOf(state: State, name: string, scope: string | undefined): { list: string; values: readonly Value[] } {
  const lists = [`${scope} ${name}`, `${state.scopes[scope ?? ""]} ${name}`];
  const list = lists.find((one) => state.matrix.has(one)) ?? "";
  return { list, values: state.matrix.get(list) ?? [] };
}

/** True for what a matrix gives several values. */
export function varies(state: State, value: Value, scope: string | undefined): boolean {
  return value.pieces.some((piece) => isMatrix(piece) && !isOne(valuesOf(state, piece.name, scope).values));
}
