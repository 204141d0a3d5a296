import type { Step } from "../domain/bump.ts";

/** An order of versions. Pure. A version that does not parse has no order: it is never a candidate. */
export type Scheme = {
  readonly id: string;
  readonly title: string;
  /** True when the text is a version of this scheme. */
  readonly isVersion: (text: string) => boolean;
  /** Below zero: `a` is older. Undefined: no order is known. */
  readonly compare: (a: string, b: string) => number | undefined;
  readonly step: (from: string, to: string) => Step;
  readonly isStable: (version: string) => boolean;
  /** Same track: same variant and precision, so that `3.13-slim-trixie` never becomes `3.14-alpine` or `3.13.1`. */
  readonly sameTrack: (current: string, candidate: string) => boolean;
  /** Whether a version satisfies a range as its ecosystem writes it; undefined when the range is not understood. */
  readonly satisfies: (version: string, range: string) => boolean | undefined;
};
