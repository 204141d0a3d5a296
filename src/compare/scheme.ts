import type { Step } from "../domain/bump.ts";

/** An order of versions. Pure. A version that does not parse has no order: it is never a candidate. */
export type Scheme = {
  readonly id: string;
  readonly title: string;
  /** True when the text is a version of this scheme. */
  readonly isVersion: (text: string) => boolean;
  /** Below zero: `a` is older. Undefined: no order is known. */
  readonly compare: (a: string, b: string) => number | undefined;
  /** Whether versions are newer than that one, which is read once: for leaving out most of what is known. */
  readonly newerThan: (version: string) => (other: string) => boolean;
  readonly step: (from: string, to: string) => Step;
  readonly isStable: (version: string) => boolean;
  /** Same track: same variant and precision, so that `3.13-slim-trixie` never becomes `3.14-alpine` or `3.13.1`. */
  readonly sameTrack: (current: string, candidate: string) => boolean;
  /** Whether a version satisfies a range as its ecosystem writes it; undefined when the range is not understood. */
  readonly satisfies: (version: string, range: string) => boolean | undefined;
  /** The same scheme, which reads each text once for as long as it is kept: for putting versions in order. */
  readonly remembering: () => Scheme;
};

/** A scheme by how it reads a version, and what it says of those that it could read. */
export type Reading<Version> = Pick<Scheme, "id" | "title" | "satisfies"> & {
  readonly read: (text: string) => Version | undefined;
  readonly compare: (a: Version, b: Version) => number | undefined;
  readonly step: (from: Version, to: Version) => Step;
  readonly isStable: (version: Version) => boolean;
  readonly sameTrack: (current: Version, candidate: Version) => boolean;
  /** False where a look at the text shows that a version has no order beside that one: it is not read then. Absent: never. */
  readonly mayBeBeside?: (version: Version) => (text: string) => boolean;
};

/** What cannot be read has no order, is not stable and on no track; a step from or to it is of no known size. */
export function schemeOf<Version>(reading: Reading<Version>): Scheme {
  const { id, title, read, satisfies } = reading;
  const withBoth = <Result>(a: string, b: string, use: (a: Version, b: Version) => Result): Result | undefined => {
    const one = read(a);
    const other = one === undefined ? undefined : read(b);
    return one === undefined || other === undefined ? undefined : use(one, other);
  };
  return {
    id,
    title,
    isVersion: (text) => read(text) !== undefined,
    compare: (a, b) => withBoth(a, b, reading.compare),
    newerThan: (version) => {
      const base = read(version);
      if (base === undefined) return () => false;
      const isWorthReading = reading.mayBeBeside?.(base);
      return (text) => {
        const other = isWorthReading?.(text) === false ? undefined : read(text);
        return other !== undefined && (reading.compare(other, base) ?? 0) > 0;
      };
    },
    step: (from, to) => withBoth(from, to, reading.step) ?? "other",
    isStable: (text) => {
      const version = read(text);
      return version !== undefined && reading.isStable(version);
    },
    sameTrack: (current, candidate) => withBoth(current, candidate, reading.sameTrack) ?? false,
    satisfies,
    remembering: () => schemeOf({ ...reading, read: remembered(read) }),
  };
}

function remembered<Version>(read: (text: string) => Version | undefined): (text: string) => Version | undefined {
  const known = new Map<string, Version | undefined>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined || known.has(text)) return before;
    const version = read(text);
    known.set(text, version);
    return version;
  };
}
