import {
  isFloating,
  isUnpinned,
  isWatched,
  type Pin,
  type PinFinding,
  type Place,
  toComponents,
} from "../domain/pin.ts";
import { DOCKERFILE_NAME } from "./readers/dockerfile/file-name.ts";

type TextFile = { readonly path: string; readonly text: string };

/** Names that a Dockerfile has when its folder is what tells it apart. */
const PLAIN = /^(?:docker|container)file$/i;

/** What people should know of the pins of a project, in the order of the first place of each kind. Pure. */
export function findingsOf(pins: readonly Pin[], files: readonly TextFile[]): PinFinding[] {
  const watched = pins.filter(isWatched);
  return [
    ...byUpstream("unpinned", watched.filter(isUnpinned)),
    ...byUpstream("mutable", watched.filter(isMutable)),
    ...driftOf(watched),
    ...unusedOf(files),
    ...staleCopiesOf(watched, files),
  ];
}

/** Images can be pinned by digest, actions by commit; a lock file or a registry that never replaces files does it elsewhere. */
function isMutable(pin: Pin): boolean {
  const canBePinned = /^pkg:(?:docker|githubactions)\//.test(pin.upstream);
  return canBePinned && !isFloating(pin) && pin.digest === undefined && pin.lockedBy === undefined;
}

function byUpstream(kind: PinFinding["kind"], pins: readonly Pin[]): PinFinding[] {
  const groups = new Map<string, Place[]>();
  for (const pin of pins) {
    const places = groups.get(pin.upstream);
    if (places === undefined) groups.set(pin.upstream, [placeOf(pin)]);
    else places.push(placeOf(pin));
  }
  return [...groups].map(([upstream, places]) => ({ kind, upstream, places }));
}

function driftOf(pins: readonly Pin[]): PinFinding[] {
  return toComponents("", pins)
    .filter(({ current }) => current.length > 1)
    .map(({ upstream, current, pins: members }) => {
      const places = members.filter((pin) => !isFloating(pin)).map(placeOf);
      return { kind: "drift", upstream, versions: current, places };
    });
}

/**
 * Dockerfiles whose name, or whose folder's name where the file has none of its own, stands in no other file that is read.
 * The one in the root is what `docker build .` builds. Names count wherever they stand, so that a doubt speaks for the file.
 */
function unusedOf(files: readonly TextFile[]): PinFinding[] {
  const dockerfiles = files.filter(({ path }) => DOCKERFILE_NAME.test(path) && path.includes("/"));
  if (dockerfiles.length === 0) return [];
  const words = new Set<string>();
  for (const { path, text } of files) {
    if (!DOCKERFILE_NAME.test(path)) for (const [word] of text.matchAll(/[\w.-]+/g)) words.add(word.toLowerCase());
  }
  return dockerfiles
    .filter(({ path, text }) => !isNamed(path.toLowerCase(), words) && !/^FROM [^\r\n\u2028\u2029]*\{\{/im.test(text))
    .map(({ path }) => ({ kind: "unused", places: [{ path, line: 1 }] }));
}

/** A pattern such as `*.Dockerfile` leaves its fixed half behind. */
function isNamed(path: string, words: ReadonlySet<string>): boolean {
  const segments = path.split("/");
  const name = segments.pop() ?? "";
  if (PLAIN.test(name)) return segments.some((segment) => words.has(segment));
  const dot = name.search(/[.-](?:docker|container)file$|(?<=file)[.-]/i);
  const halves = dot < 0 ? [] : [name.slice(dot), name.slice(0, dot + 1), name.slice(0, dot)];
  return [name, ...halves].some((half) => words.has(half));
}

/** Kinds of files that are copied whole, and what a tool takes without being told: only their folders tell them apart. */
const COPIED: Readonly<Record<string, RegExp>> = {
  requirements: /^requirements\.(?:txt|in)$/,
  compose: /^(?:docker-)?compose(?:\.override)?\.ya?ml$/,
  conda: /^environment\.ya?ml$/,
};
const FEWEST_SHARED = 3;

/**
 * Lists of requirements, Compose files and environments that no other file names, and that say of the same upstreams what
 * another file of their kind says, in other versions: copies that were left behind. Pure.
 */
function staleCopiesOf(pins: readonly Pin[], files: readonly TextFile[]): PinFinding[] {
  const versions = versionsByFile(pins.filter(({ format }) => COPIED[format] !== undefined));
  const copies = [...versions].filter(([path, own]) => {
    const others = [...versions].filter(([other, { format }]) => other !== path && format === own.format);
    return path.includes("/") && own.taken.size >= FEWEST_SHARED && others.some(([, other]) => repeats(own, other));
  });
  return copies
    .filter(([path, { format }]) => !isNamedElsewhere(path, COPIED[format], files))
    .map(([path]) => ({ kind: "unused", places: [{ path, line: 1 }] }));
}

type Taken = { readonly format: string; readonly taken: Map<string, string> };

function versionsByFile(pins: readonly Pin[]): Map<string, Taken> {
  const found = new Map<string, Taken>();
  for (const { path, format, upstream, version } of pins) {
    const file = found.get(path) ?? { format, taken: new Map<string, string>() };
    found.set(path, file);
    file.taken.set(upstream, version);
  }
  return found;
}

/** Everything that one file takes, the other takes as well, and something of it in another version. */
function repeats({ taken }: Taken, other: Taken): boolean {
  const all = [...taken];
  return (
    all.every(([upstream]) => other.taken.has(upstream)) &&
    all.some(([upstream, version]) => other.taken.get(upstream) !== version)
  );
}

function isNamedElsewhere(path: string, plain: RegExp | undefined, files: readonly TextFile[]): boolean {
  const segments = path.split("/");
  const name = segments.pop() ?? "";
  const tellers = plain?.test(name) === true ? segments : [name];
  return files.some(
    (file) => file.path !== path && tellers.some((teller) => file.text.toLowerCase().includes(teller.toLowerCase())),
  );
}

function placeOf({ path, line }: Pin): Place {
  return { path, line };
}
