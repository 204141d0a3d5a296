import { compare, diff, parse, satisfies, valid, validRange } from "semver";
import type { Step } from "../../domain/bump.ts";
import { type Scheme, schemeOf } from "../scheme.ts";

const STEPS: Readonly<Record<string, Step>> = {
  major: "major",
  premajor: "major",
  minor: "minor",
  preminor: "minor",
  patch: "patch",
  prepatch: "patch",
  prerelease: "patch",
};

/** Semantic Versioning 2.0.0 (https://semver.org), with an optional leading `v`, as npm reads it. */
export const semver: Scheme = schemeOf({
  id: "semver",
  title: "Semantic versions",
  read: (text) => parse(text) ?? undefined,
  compare: (a, b) => compare(a, b),
  step: (from, to) => STEPS[diff(from, to) ?? "patch"] ?? "other",
  isStable: ({ prerelease }) => prerelease.length === 0,
  sameTrack: () => true,
  satisfies: (version, written) => {
    const range = written.replaceAll(",", " ").trim();
    if (valid(version) === null || range === "" || range.length > 500 || validRange(range) === null) return undefined;
    // A range without a prerelease word is still about prereleases of later versions: whether one is wanted is asked elsewhere.
    return satisfies(version, range, { includePrerelease: true });
  },
});
