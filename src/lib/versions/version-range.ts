import { compareDotted, compareNumbers, type DottedVersion, PHASES } from "./dotted-version.ts";

/** Reads a version or a bound of a range; undefined when it is not one. */
export type ParseDotted = (text: string) => DottedVersion | undefined;

type Test = (version: DottedVersion) => boolean;

/**
 * Whether a version satisfies a range of comparators: `<9`, `>=1.2 <2`, `=1.2.3`, `!=1.5`, `^1.2`, `~1.2`, `~=1.2.3`,
 * `1.2.x`, `*`; blanks and commas mean *and*, `||` means *or*. A prerelease of an excluded upper bound is outside:
 * 9.0-rc1 is not below 9.0. Undefined when the version or the range is not understood.
 */
export function satisfiesRange(version: string, range: string, parse: ParseDotted): boolean | undefined {
  const parsed = parse(version);
  if (parsed === undefined || range.length > 500) return undefined;
  const alternatives = range.split("||").map((part) => readComparators(part, parse));
  if (alternatives.some((tests) => tests === undefined)) return undefined;
  return alternatives.some((tests) => tests?.every((test) => test(parsed)));
}

function readComparators(text: string, parse: ParseDotted): Test[] | undefined {
  const joined = text.replace(/([<>=!~^])[ \t]+/g, "$1").trim();
  const words = joined.split(/[\s,]+/).filter((word) => word !== "");
  const tests = words.map((word) => readComparator(word, parse));
  return tests.length === 0 || tests.some((test) => test === undefined)
    ? undefined
    : tests.filter((test) => test !== undefined);
}

function readComparator(word: string, parse: ParseDotted): Test | undefined {
  const operator = /^(?:[<>!]=?|={1,3}|~[=>]?|\^)/.exec(word)?.[0] ?? "=";
  const text = word.startsWith(operator) ? word.slice(operator.length) : word;
  if (/^[=!]=?=?$/.test(operator) && /^(?:[\d.]+\.)?[*xX]$/.test(text)) return wildcard(text, operator === "!=");
  const bound = parse(text);
  return bound === undefined ? undefined : comparator(operator, bound);
}

function wildcard(text: string, negated: boolean): Test {
  const prefix = text.split(".").slice(0, -1).map(Number);
  const inside: Test = ({ numbers }) => prefix.every((number, index) => (numbers[index] ?? 0) === number);
  return negated ? (version) => !inside(version) : inside;
}

function comparator(operator: string, bound: DottedVersion): Test | undefined {
  const atLeast: Test = (version) => compareDotted(version, bound) >= 0;
  const equal: Test = (version) =>
    compareDotted(version, bound) === 0 && (bound.variant === "" || bound.variant === version.variant);
  switch (operator) {
    case "<":
      return (version) => isBelow(version, bound);
    case "<=":
      return (version) => compareDotted(version, bound) <= 0;
    case ">":
      return (version) => compareDotted(version, bound) > 0;
    case ">=":
      return atLeast;
    case "!=":
      return (version) => !equal(version);
    case "^":
      return between(atLeast, bound.numbers, firstSignificant(bound.numbers));
    case "~":
      return between(atLeast, bound.numbers, Math.min(1, bound.numbers.length - 1));
    case "~=":
    case "~>":
      return between(atLeast, bound.numbers, Math.max(0, bound.numbers.length - 2));
    default:
      return equal;
  }
}

/** At least the bound, and below the bound with the number at `index` raised by one. */
function between(atLeast: Test, numbers: readonly number[], index: number): Test {
  const upper = numbers.slice(0, index + 1).map((number, place) => (place === index ? number + 1 : number));
  return (version) => atLeast(version) && compareNumbers(version.numbers, upper) < 0;
}

/** `^0.2` admits 0.2.x: what stands first and is not zero must not change. */
function firstSignificant(numbers: readonly number[]): number {
  const index = numbers.findIndex((number) => number !== 0);
  return index < 0 ? numbers.length - 1 : index;
}

function isBelow(version: DottedVersion, bound: DottedVersion): boolean {
  if (compareDotted(version, bound) >= 0) return false;
  return bound.phase < PHASES.final || compareNumbers(version.numbers, bound.numbers) < 0;
}
