import {
  compareDotted,
  type DottedVersion,
  dottedStep,
  isDate,
  PHASES,
  phaseOfWord,
  splitDotted,
} from "../../lib/versions/dotted-version.ts";
import { satisfiesRange } from "../../lib/versions/version-range.ts";
import { type Scheme, schemeOf } from "../scheme.ts";

/** A tag's version with what the track is made of. */
type ImageTag = DottedVersion & {
  /** How the revision behind the numbers is written: with as many of both, `3.13` stays `3.13`. */
  readonly written: string;
};

/**
 * Image tags: `<version>[-<prerelease>][-<revision>][-<flavour>…]`, also with the version in the middle
 * (`trixie-20260803-slim`). Official images write them so; `latest`, branch names and hashes are no versions.
 */
export const dockerTag: Scheme = schemeOf({
  id: "docker-tag",
  title: "Image tags",
  read: parseTag,
  compare: (a, b) => (sameFlavour(a, b) ? compareDotted(a, b) : undefined),
  step: dottedStep,
  isStable: ({ phase }) => phase >= PHASES.final,
  sameTrack: onOneTrack,
  mayBeBeside: namesFlavourOf,
  satisfies: (version, range) => satisfiesRange(version, range, parseTag),
});

function onOneTrack(current: ImageTag, candidate: ImageTag): boolean {
  const precise = current.numbers.length === candidate.numbers.length && current.written === candidate.written;
  return precise && sameFlavour(current, candidate);
}

/** Most tags of an image are of other flavours than the one that is used, and do not have all of its words. */
function namesFlavourOf({ variant }: ImageTag): (tag: string) => boolean {
  const words = variant.split("-").filter((word) => word !== "*");
  return (tag) => words.every((word) => tag.includes(word));
}

/** Another distribution, architecture, prefix or kind of number is another series of images: no order across them. */
function sameFlavour(a: ImageTag, b: ImageTag): boolean {
  return a.variant === b.variant && a.prefix === b.prefix && isDate(a.numbers) === isDate(b.numbers);
}

function parseTag(text: string): ImageTag | undefined {
  if (!/^\w[\w.-]{0,127}$/.test(text) || /^(?:(?:sha\d*|pr|build|commit)-|[0-9a-f]{40}$)/.test(text)) return undefined;
  const parts = text.split("-");
  const found = firstVersion(parts);
  if (found === undefined) return undefined;
  const { at, split } = found;
  const later = parts.slice(at + 1);
  const after = readRest(split.rest === "" ? later : [...split.rest.replace(/^_/, "").split("_"), ...later]);
  const flavour = at === 0 ? after.flavour : [...parts.slice(0, at), "*", ...after.flavour];
  return {
    prefix: split.prefix,
    numbers: split.numbers,
    phase: after.phase,
    phaseNumbers: after.revision,
    variant: flavour.join("-"),
    written: after.written,
  };
}

type Split = NonNullable<ReturnType<typeof splitDotted>>;

/** The first part of a tag that is a version, and where it stands. */
function firstVersion(parts: readonly string[]): { readonly at: number; readonly split: Split } | undefined {
  for (let at = 0; at < parts.length; at++) {
    const split = splitDotted(parts[at] ?? "");
    if (split !== undefined && endsVersion(split.rest)) return { at, split };
  }
  return undefined;
}

/**
 * Numbers, alone or with a prerelease word (`3.15.0rc1`), a build (`21.0.4_7`) or a flavour (`25.8.1.altinitystable`,
 * `4.40_large_disk`) attached. Hex hashes are neither.
 */
function endsVersion(rest: string): boolean {
  return (
    rest === "" || /^_\d+(?:\.\d+)*$|^[._][A-Za-z]{3,}(?:_[A-Za-z]+)*$/.test(rest) || prerelease(rest) !== undefined
  );
}

type Rest = { phase: number; revision: readonly number[]; flavour: readonly string[]; written: string };

const NAMED = /^(r|ls|p|u|build|rev)(\d+)$/;

/** Revisions stand directly behind the version (`8.0.5-1`), or are named wherever they stand (`-ls87`, `-r5`). */
function readRest(parts: readonly string[]): Rest {
  const rest = { phase: PHASES.final as number, revision: [] as number[], flavour: [] as string[], written: "" };
  for (const part of parts) {
    if (part === "") continue;
    if (isPlainWord(part)) {
      rest.flavour.push(part);
      continue;
    }
    const unfinished = prerelease(part);
    const named = NAMED.test(part) ? NAMED.exec(part) : null;
    const plain = rest.flavour.length === 0 && /^\d+(?:\.\d+)*$/.test(part);
    if (unfinished !== undefined) {
      rest.phase = Math.min(rest.phase, unfinished.phase);
      rest.revision.push(...unfinished.numbers);
    } else if (named !== null) {
      rest.revision.push(Number(named[2]));
      rest.written += named[1] ?? "";
    } else if (plain) {
      rest.revision.push(...part.split(".").map(Number));
      rest.written += ".";
    } else rest.flavour.push(part);
  }
  return rest;
}

/** Most parts behind a version are one word, which names a flavour: of those no list of matches is made. */
function isPlainWord(text: string): boolean {
  return /^[A-Za-z]+$/.test(text) && phaseOfWord(text) === undefined;
}

function prerelease(text: string): { phase: number; numbers: number[] } | undefined {
  if (isPlainWord(text)) return undefined;
  const [, word = "", numbers = ""] = /^\.?([A-Za-z]+)\.?(\d*(?:\.\d+)*)$/.exec(text) ?? [];
  const phase = phaseOfWord(word);
  if (phase === undefined) return undefined;
  return { phase, numbers: numbers === "" ? [] : numbers.split(".").map(Number) };
}
