import type { Pin, Place, Problem } from "../domain/pin.ts";
import { lineAt, lineStarts } from "../lib/syntax/line-index.ts";
import { spelledText } from "../lib/syntax/pieces.ts";
import { discover, type SourceText } from "./discover.ts";
import type { Reference } from "./format.ts";
import { FORMATS } from "./formats.ts";

/** What led to a pin: where it is written and as what it was read. */
type PinOrigin = { readonly kind: Reference["kind"]; readonly text: string; readonly at: Place };

/** What is known of one line: the format that reads its file, the pins that touch it with their origins, and the trouble there. */
export type PlaceExplanation = {
  /** The title of the format; absent when none reads the file. */
  readonly format?: string;
  readonly pins: readonly { readonly pin: Pin; readonly origins: readonly PinOrigin[] }[];
  /** Of this line and of the whole file; where no pin touches the line, also what kept the file from being read. */
  readonly problems: readonly Problem[];
  /** What was read on this line although no pin came of it. */
  readonly unused: readonly PinOrigin[];
};

/** Says how a line of a project's files was understood. `files` are all that formats read. Pure. */
export function explainPlace(files: readonly SourceText[], place: Place): PlaceExplanation {
  const format = FORMATS.find((one) => one.matches(place.path));
  if (format === undefined) return { pins: [], problems: [], unused: [] };
  const { pins, problems } = discover(files);
  const reading = readAgain(files.find((file) => file.path === place.path));
  const touching = pins.filter((pin) => placesOf(pin).some((at) => isSame(at, place)));
  const origins = new Map([[place.path, reading.origins]]);
  const originsAt = (path: string) => {
    const known = origins.get(path) ?? readAgain(files.find((file) => file.path === path)).origins;
    origins.set(path, known);
    return known;
  };
  const here = problems.filter(({ path, line }) => path === place.path && (line === undefined || line === place.line));
  // where a file could not be read to its end, a line may be empty because of what stands elsewhere
  const elsewhere = touching.length > 0 ? [] : reading.problems.filter((problem) => !here.includes(problem));
  return {
    format: format.title,
    pins: touching.map((pin) => {
      const places = [{ path: pin.path, line: pin.line }, ...pin.linked];
      const found = places.flatMap((at) => originsAt(at.path).filter((origin) => isSame(origin.at, at)));
      return { pin, origins: found };
    }),
    problems: distinct([...here, ...elsewhere]),
    unused: touching.length > 0 ? [] : originsAt(place.path).filter(({ at }) => isSame(at, place)),
  };
}

/** Every place a pin speaks of: its own, those it is edited at, and those linked to it. */
function placesOf(pin: Pin): Place[] {
  const edited = pin.edits.map(({ path, line }) => ({ path, line: line ?? pin.line }));
  return [{ path: pin.path, line: pin.line }, ...edited, ...pin.linked];
}

function readAgain(file: SourceText | undefined): { origins: readonly PinOrigin[]; problems: readonly Problem[] } {
  const format = file === undefined ? undefined : FORMATS.find((one) => one.matches(file.path));
  if (file === undefined || format === undefined) return { origins: [], problems: [] };
  const starts = lineStarts(file.text);
  try {
    const { references, problems } = format.read(file.text, file.path);
    const origins = references.map(({ kind, value, name }) => {
      const written = spelledText(value);
      const at = { path: file.path, line: lineAt(starts, value.start) };
      return { kind, text: name === undefined || kind !== "version" ? written : `${name} ${written}`.trim(), at };
    });
    return { origins, problems };
  } catch {
    return { origins: [], problems: [] }; // what is wrong with the file is among the problems of its discovery
  }
}

function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.line} ${problem.message}`, problem])).values()];
}

function isSame(a: Place, b: Place): boolean {
  return a.path === b.path && a.line === b.line;
}
