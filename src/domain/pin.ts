import { movedBounds } from "./bounds.ts";
import { lockAdvice } from "./lock-command.ts";
import { numbersOf } from "./spellings.ts";

/** A line of a file. `line` is 1-based. */
export type Place = { readonly path: string; readonly line: number };

/**
 * One span to rewrite when a component moves. `start` and `end` are offsets in UTF-16 code units of the file's text;
 * equal offsets insert.
 *
 * `spelling` is how a new value is written there: text with holes. `{version}` the bare version, `{nodots}` the version
 * without its dots, `{underscores}` with underscores in their place, `{dots}` the other way round, `{major}`, `{minor}` and `{patch}` its first three numbers (`{nextMajor}` …: one more), `{tag}` the release's tag, `{digest}` `sha256:<hex>` of the image or file, `{hex}` the same without
 * the algorithm, `{base64}` the same hash in base64 (Subresource Integrity), `{commit}` the 40-digit commit. Everything else is copied.
 */
export type Edit = {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly role: "version" | "digest" | "checksum" | "comment";
  readonly spelling: string;
  /** Fixed text around the span that the new value already holds: taken off it; a value without it cannot be written. */
  readonly without?: { readonly before: string; readonly after: string };
  /** The 1-based line of `start`, for people. */
  readonly line?: number;
  /** For a checksum: the URL of what is hashed, with `{version}`, `{underscores}`, `{dots}`, `{tag}` and `{commit}` holes, the algorithm, and the hash that is written there, as hex. */
  readonly of?: {
    readonly url: string;
    readonly algorithm: "sha256" | "sha512" | "sha1" | "sha384";
    readonly hex?: string;
  };
};

/** How far a written version decides what is fetched. */
export type Precision = "exact" | "range" | "floating" | "branch";

/** One place in one file that decides which version of an upstream a project takes. */
export type Pin = {
  readonly path: string;
  readonly line: number;
  readonly edits: readonly Edit[];
  /**
   * How a place that a tag or branch decides is given the digest or commit behind it (step `pin`); absent where that
   * cannot be written there, or is written already. Floating places have such edits among `edits`.
   */
  readonly pinning?: readonly Edit[];
  /**
   * Where no edit can pin it safely: what a person writes instead, and why, with `{digest}`, `{commit}` and `{tag}` as holes.
   */
  readonly pinByHand?: string;
  readonly upstream: string;
  /** Exactly as written (a tag, a version, a SHA); empty when nothing is written. */
  readonly text: string;
  /** What the scheme compares: `text` without the tag template's fixed parts. */
  readonly version: string;
  /** How a version becomes the upstream's tag, for example `v{version}`. Absent: the version is the tag. */
  readonly tagTemplate?: string;
  /** Fixed words after a docker tag's version, for example `slim-trixie`. */
  readonly variant?: string;
  /** `sha256:…` or a commit that is written beside, or instead of, the version. */
  readonly digest?: string;
  readonly precision: Precision;
  readonly format: string;
  readonly scheme: string;
  /** The name a maintainer knows the place by: the variable, the requirement, the image. */
  readonly name: string;
  /** Files of a release that are downloaded for this place, with `{version}` where the version stands in their names. */
  readonly files?: readonly string[];
  /** The lock file that governs this place: it is not changed without it. */
  readonly lockedBy?: string;
  /** The project's own artefact, reported as such and never proposed. */
  readonly own?: boolean;
  /** One of several versions that are tried side by side, as in the matrix of a CI: it is no drift, and nothing moves it. */
  readonly alternative?: boolean;
  /** An inline word of the maintainers at this place. */
  readonly word?: InlineWord;
  /** Other places that speak of the same thing: the URL that uses the variable, the checksum below it. */
  readonly linked: readonly Place[];
};

/** `# headgate: …` beside a pin. */
export type InlineWord =
  | { readonly kind: "ignore"; readonly reason?: string }
  | { readonly kind: "hold"; readonly range?: string; readonly reason?: string };

/** Something in a file that could not be understood. It is reported; everything else goes on. */
export type Problem = { readonly path: string; readonly line?: number; readonly message: string };

/**
 * Something about pins that people should know, although nothing is wrong with the reading of them. `unpinned`: nothing
 * written decides what is fetched. `mutable`: a tag decides, which its owner can move. `drift`: one component in several
 * versions. `unused`: nothing that is read builds from this file.
 */
export type PinFinding = {
  readonly kind: "unpinned" | "mutable" | "drift" | "unused";
  /** The purl; absent where it is about a file. */
  readonly upstream?: string;
  /** The versions of a drift, as compared. */
  readonly versions?: readonly string[];
  readonly places: readonly Place[];
};

/** The pins of one project that move together. More than one entry in `current` is drift. */
export type Component = {
  readonly project: string;
  readonly upstream: string;
  /** Pins of one component share upstream, scheme, variant and tag template. */
  readonly key: string;
  readonly pins: readonly Pin[];
  /** Distinct versions, as compared, of the pins that are not floating. */
  readonly current: readonly string[];
};

/** True for a place whose upstream is followed: not the project's own, not ignored, not one of several alternatives. */
export function isWatched(pin: Pin): boolean {
  return pin.own !== true && pin.word?.kind !== "ignore" && pin.alternative !== true;
}

/** True for one of several versions that are tried side by side, of what is somebody else's and not ignored. */
export function isSideBySide(pin: Pin): boolean {
  return pin.alternative === true && pin.own !== true && pin.word?.kind !== "ignore";
}

/** Groups the watched pins into components, in the order of their first place. */
export function toComponents(project: string, pins: readonly Pin[]): Component[] {
  const groups = new Map<string, Pin[]>();
  for (const pin of pins) {
    if (!isWatched(pin)) continue;
    const key = componentKey(pin);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [pin]);
    else group.push(pin);
  }
  return [...groups].map(([key, members]) => toComponent(project, key, members));
}

/** The versions that are known to be taken: the lowest of a range is not the one that is installed. */
export function installedVersions({ pins }: Pick<Component, "pins">): string[] {
  const exact = pins.filter(({ precision, version }) => precision === "exact" && version !== "");
  return [...new Set(exact.map(({ version }) => version))];
}

/** True when nothing written decides the content: a branch, `latest`, no version at all. */
export function isFloating(pin: Pin): boolean {
  return pin.precision === "floating" || pin.precision === "branch";
}

/** True when nothing written decides the content, and no digest and no lock file does, either. */
export function isUnpinned(pin: Pin): boolean {
  return isFloating(pin) && pin.digest === undefined && pin.lockedBy === undefined;
}

/**
 * The place with the edits that pin it to exact content in place of those that move it, or with none where a person has
 * to write it; undefined where it cannot be pinned.
 */
export function asPinning(pin: Pin): Pin | undefined {
  const edits = pin.pinning ?? (isFloating(pin) ? pin.edits : []);
  const isFree = pin.digest === undefined && pin.lockedBy === undefined;
  return isFree && (edits.length > 0 || pin.pinByHand !== undefined) ? { ...pin, edits } : undefined;
}

/**
 * Why a change leaves a place alone, and what to do there for it to take a version; empty: the version is not known.
 * `mark`: how what is to be copied is set off.
 */
export function whyByHand(pin: Pin, version: string, mark: (text: string) => string = (text) => text): string {
  const { lockedBy, pinByHand, precision, edits, text, digest } = pin;
  if (lockedBy !== undefined) return lockAdvice(pin, { version, written: writtenFor(pin, version) }, mark);
  if (pinByHand !== undefined) return pinByHand;
  if (edits.length > 0) return "it cannot be rewritten safely";
  if (precision === "range") {
    const range = movedBounds(text, version)?.text;
    const instead = range === undefined ? "a range that admits it" : `${mark(range)} instead`;
    return `"${text}" leaves it out, which may be meant: write ${instead} if it is not`;
  }
  const isRecorded = digest !== undefined && text === digest;
  return isRecorded
    ? "git's tree records it: check out the new commit there, then git add the folder"
    : "it cannot be rewritten safely";
}

/** What stands at a place once it names a version, in the form in which one stands there now. */
function writtenFor({ text, version: old, precision }: Pin, version: string): string {
  const range = precision === "range" ? movedBounds(text, version)?.text : undefined;
  if (range !== undefined || old === "" || !text.includes(old)) return range ?? version;
  const isCounted = /^~[>=]|[*x]$/i.test(text);
  const { major, minor, patch } = numbersOf(version);
  const counted = [major, minor, patch].slice(0, old.split(".").length).join(".");
  return text.replace(old, isCounted ? counted : version);
}

function toComponent(project: string, key: string, pins: readonly Pin[]): Component {
  const current = [...new Set(pins.filter((pin) => !isFloating(pin) && pin.version !== "").map((pin) => pin.version))];
  return { project, upstream: pins[0]?.upstream ?? "", key, pins, current };
}

function componentKey(pin: Pin): string {
  return [pin.upstream, pin.scheme, pin.variant ?? "", pin.tagTemplate ?? ""].join(" ").trim();
}
