import { isFloating, isWatched, type Pin, type PinFinding, type Place, toComponents } from "../domain/pin.ts";

type TextFile = { readonly path: string; readonly text: string };

const DOCKERFILE = /(?:^|\/)(?:[\w.-]*[._-])?(?:docker|container)file(?:[.-][\w.-]+|_[\w-]+)?$/i;
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
  ];
}

function isUnpinned(pin: Pin): boolean {
  return isFloating(pin) && pin.digest === undefined && pin.lockedBy === undefined;
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
  const dockerfiles = files.filter(({ path }) => DOCKERFILE.test(path) && path.includes("/"));
  if (dockerfiles.length === 0) return [];
  const words = new Set<string>();
  for (const { path, text } of files) {
    if (!DOCKERFILE.test(path)) for (const [word] of text.matchAll(/[\w.-]+/g)) words.add(word.toLowerCase());
  }
  return dockerfiles
    .filter(({ path }) => !isNamed(path.toLowerCase(), words))
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

function placeOf({ path, line }: Pin): Place {
  return { path, line };
}
