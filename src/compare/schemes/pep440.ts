import { compare, explain, type Pep440Version, satisfies, validRange } from "@renovatebot/pep440";
import { compareNumbers, stepBetween } from "../../lib/versions/dotted-version.ts";
import { type Scheme, schemeOf } from "../scheme.ts";

const LONGEST = 160;

/** Python versions by PEP 440 (https://peps.python.org/pep-0440/). Ranges: its specifiers, and Poetry's `^1.2` and `~1.2`. */
export const pep440: Scheme = schemeOf({
  id: "pep440",
  title: "Python versions (PEP 440)",
  read,
  compare: (a, b) => (a.plain && b.plain ? compareNumbers(a.release, b.release) : compare(a.text, b.text)),
  step: (before, after) => {
    if (before.epoch !== after.epoch) return "major";
    return compareNumbers(before.release, after.release) === 0 ? "patch" : stepBetween(before.release, after.release);
  },
  isStable: ({ is_prerelease }) => !is_prerelease,
  sameTrack: (before, after) => String(before.local ?? "") === String(after.local ?? ""),
  satisfies: (version, range) => {
    if (read(version) === undefined || range.length > 500) return undefined;
    const alternatives = range.split("||").map(toSpecifiers);
    if (alternatives.some((specifiers) => specifiers === "" || !validRange(specifiers))) return undefined;
    return alternatives.some((specifiers) => satisfies(version, specifiers, { prereleases: true }));
  },
});

/** `plain`: numbers and nothing else. Nearly all are, and the library reads both sides again for each comparison. */
type Read = Pick<Pep440Version, "epoch" | "release" | "is_prerelease" | "local"> & {
  readonly text: string;
  readonly plain: boolean;
};

function read(text: string): Read | undefined {
  if (text.length > LONGEST) return undefined;
  if (/^\d+(?:\.\d+)*$/.test(text)) {
    // nothing is left for the library to find out, and it takes ten times as long
    const release = text.split(".").map(Number);
    return { epoch: 0, release, is_prerelease: false, local: null, text, plain: true };
  }
  const version = explain(text);
  return version === null ? undefined : { ...version, text, plain: false };
}

/** Writes what Poetry and people write (`^1.2`, `~1.2`, `=1.2`, `1.2`, `*`) as PEP 440 specifiers. */
function toSpecifiers(range: string): string {
  const joined = range.replace(/([<>=!~^])[ \t]+/g, "$1").trim();
  const words = joined.split(/[\s,]+/).filter((word) => word !== "");
  return words.map(toSpecifier).join(",");
}

function toSpecifier(word: string): string {
  if (word === "*") return ">=0.dev0";
  const [, operator = "", text = ""] = /^(\^|~(?!=)|=(?!=))?(.*)$/.exec(word) ?? [];
  if (operator === "=" || (operator === "" && /^\d/.test(text))) return `==${text}`;
  if (operator === "") return word;
  const release = read(text)?.release;
  if (release === undefined) return word;
  const significant = release.findIndex((number) => number !== 0);
  const index = operator === "~" ? Math.min(1, release.length - 1) : significant < 0 ? release.length - 1 : significant;
  const upper = release.slice(0, index + 1).map((number, place) => (place === index ? number + 1 : number));
  return `>=${text},<${upper.join(".")}`;
}
