import { compareDotted, type DottedVersion, dottedStep, isDate, PHASES } from "../../lib/versions/dotted-version.ts";
import { parseLoose } from "../../lib/versions/loose-version.ts";
import { satisfiesRange } from "../../lib/versions/version-range.ts";
import { type Scheme, schemeOf } from "../scheme.ts";

/** Dotted numbers with an optional suffix, calendar versions included: what GitHub tags hold when nobody promised more. */
export const loose: Scheme = schemeOf({
  id: "loose",
  title: "Dotted numbers and calendar versions",
  read: parseLoose,
  compare: (a, b) => (sameFlavour(a, b) ? compareDotted(a, b) : undefined),
  step: dottedStep,
  isStable: ({ phase }) => phase >= PHASES.final,
  sameTrack: onOneTrack,
  satisfies: (version, range) => satisfiesRange(version, range, parseLoose),
});

/** A tag of one number (`v4`) moves with every release below it: it is followed by `v5`, never by `v5.0.1`. */
function onOneTrack(current: DottedVersion, candidate: DottedVersion): boolean {
  return sameFlavour(current, candidate) && (current.numbers.length === 1) === (candidate.numbers.length === 1);
}

/** A date has no order among counted versions, nor one flavour among another. */
function sameFlavour(a: DottedVersion, b: DottedVersion): boolean {
  return a.variant === b.variant && isDate(a.numbers) === isDate(b.numbers);
}
