import { HOLE, type Hole, type Piece, type Value } from "../../lib/syntax/pieces.ts";
import { contentOf, DEEPEST, lookUp, type Place, type Search } from "./look-up.ts";
import type { Includer, ReadFile, ReadTree } from "./read-tree.ts";

/** Text with its origin: `text` is what stands at `start` in `path`. A hole that nothing filled has a name and no text. */
export type Sourced =
  | {
      readonly text: string;
      readonly path: string;
      readonly start: number;
      readonly variable?: string;
      /** How many variables lie between the reference and this text. */
      readonly depth: number;
    }
  | {
      readonly hole: string;
      /** Where the script asks for the value while it runs. */
      readonly asked?: { readonly path: string; readonly start: number };
      /** True where the value comes of a command or of a change that is not followed. */
      readonly computed?: true;
    };

/** A value after filling. `text` shows one `HOLE` for each hole left. */
export type Resolved = { readonly pieces: readonly Sourced[]; readonly text: string };

const MOST_PIECES = 400;
const MOST_DEFINITIONS = 4;

/**
 * Fills the holes of a value: from what stands before it in the same file, from the file that includes this one, from
 * the files it takes variables from, and from the hole's own fallback, in this order.
 */
export function resolveValue(
  tree: ReadTree,
  file: ReadFile,
  { value, scope }: { readonly value: Value; readonly scope?: string | undefined },
  includer?: Includer,
): Resolved {
  const search: Search = { tree, includer, budget: MOST_PIECES };
  const pieces = fill(search, value.pieces, { file, scope, at: value.start }, 0);
  return { pieces, text: pieces.map((piece) => ("hole" in piece ? HOLE : piece.text)).join("") };
}

function fill(search: Search, pieces: readonly Piece[], place: Place, depth: number): Sourced[] {
  return pieces.flatMap((piece): Sourced[] => {
    search.budget -= 1;
    if (piece.kind === "hole") return fillHole(search, piece, place, depth);
    const variable = place.variable === undefined ? {} : { variable: place.variable };
    return [{ text: piece.text, path: place.file.path, start: piece.start, ...variable, depth }];
  });
}

function fillHole(search: Search, hole: Hole, place: Place, depth: number): Sourced[] {
  const { name, fallback } = hole;
  if (search.budget < 0 || depth > DEEPEST) return [{ hole: name }];
  if (hole.unless !== undefined && !isExcluded(search, hole, hole.unless, { place, depth })) return [{ hole: name }];
  if (hole.cut !== undefined) return withoutEnds(search, { ...hole, cut: hole.cut }, place, depth);
  if (isAsked(place.file.text, hole)) return [{ hole: name, asked: { path: place.file.path, start: hole.start } }];
  const held = contentOf(search.tree, place.file, hole);
  if (held !== undefined) return fill(search, held.variable.value.pieces, held.place, depth + 1);
  const filled = fillFromDefinitions(search, hole, { ...place, scope: hole.scope ?? place.scope }, depth);
  if (!isFilled(filled) && fallback !== undefined) return fill(search, fallback.pieces, place, depth + 1);
  return filled.map((piece) =>
    "hole" in piece && piece.hole.startsWith("$") ? { ...piece, hole: name, computed: true } : piece,
  );
}

/** Whether what would put something else in a hole's place is known not to be so. */
function isExcluded(
  search: Search,
  { start, end }: Hole,
  unless: NonNullable<Hole["unless"]>,
  { place, depth }: { readonly place: Place; readonly depth: number },
): boolean {
  const pieces = fillHole(search, { kind: "hole", name: unless.name, start, end }, place, depth + 1);
  if (!isFilled(pieces)) return false;
  const text = pieces.map((piece) => ("hole" in piece ? "" : piece.text)).join("");
  return unless.is === undefined ? /^(?:false|no)$/i.test(text) : text !== unless.is;
}

function isFilled(pieces: readonly Sourced[]): boolean {
  return pieces.length > 0 && !pieces.some((piece) => "hole" in piece);
}

/**
 * The nearest definition. One that only hands on what it is told from outside (`VERSION=$1`, `VERSION=$OPTARG`) leaves
 * the one before it as the value that is written.
 */
function fillFromDefinitions(search: Search, hole: Hole, place: Place, depth: number): Sourced[] {
  let at = Math.min(place.at, hole.start);
  let found = lookUp(search, hole.name, { ...place, at });
  if (found === undefined) return [{ hole: hole.name }];
  const nearest = fill(search, found.variable.value.pieces, found.place, depth + 1);
  let filled = nearest;
  for (let tries = 0; tries < MOST_DEFINITIONS && isToldFromOutside(filled); tries += 1) {
    at = found.variable.value.start;
    const earlier = lookUp(search, hole.name, { ...place, at });
    if (earlier === undefined || earlier.variable === found.variable) return nearest;
    found = earlier;
    filled = fill(search, earlier.variable.value.pieces, earlier.place, depth + 1);
  }
  return isFilled(filled) ? filled : nearest;
}

function isToldFromOutside(pieces: readonly Sourced[]): boolean {
  const holes = pieces.flatMap((piece) => ("hole" in piece ? [piece] : []));
  return holes.length > 0 && holes.every(({ hole, computed }) => computed !== true && /^\w+$/.test(hole));
}

/** A command whose answer depends on the day: it asks a server, or somebody's function for the latest. */
function isAsked(text: string, { name, start, end }: Hole): boolean {
  if (!name.startsWith("$(")) return false;
  return /\b(?:curl|wget|ls-remote|gh (?:api|release)|skopeo|crane)\b|latest/i.test(
    text.slice(start, Math.min(end, start + 500)),
  );
}

type CutHole = Hole & { readonly cut: NonNullable<Hole["cut"]> };

/** The value of a variable with fixed text taken off its ends, where it is there. */
function withoutEnds(search: Search, hole: CutHole, place: Place, depth: number): Sourced[] {
  const { scope, cut } = hole;
  const whole: Hole = {
    kind: "hole",
    name: cut.name,
    start: hole.start,
    end: hole.end,
    ...(scope === undefined ? {} : { scope }),
  };
  const pieces = withoutTail(fillHole(search, whole, place, depth), cut.tail);
  return pieces.map((piece, index) => {
    if ("hole" in piece) return { ...piece, hole: hole.name };
    const first = index === 0 && piece.text.startsWith(cut.prefix) ? cut.prefix.length : 0;
    const last = index === pieces.length - 1 && piece.text.slice(first).endsWith(cut.suffix) ? cut.suffix.length : 0;
    return { ...piece, start: piece.start + first, text: piece.text.slice(first, piece.text.length - last) };
  });
}

/** What stands before a mark, the first or the last one; all of it where there is none. */
function withoutTail(pieces: readonly Sourced[], tail: NonNullable<Hole["cut"]>["tail"]): readonly Sourced[] {
  if (tail === undefined) return pieces;
  const has = (piece: Sourced) => !("hole" in piece) && piece.text.includes(tail.mark);
  const at = tail.first ? pieces.findIndex(has) : pieces.findLastIndex(has);
  const piece = pieces[at];
  if (piece === undefined || "hole" in piece) return pieces;
  const end = tail.first ? piece.text.indexOf(tail.mark) : piece.text.lastIndexOf(tail.mark);
  return [...pieces.slice(0, at), ...(end === 0 ? [] : [{ ...piece, text: piece.text.slice(0, end) }])];
}
