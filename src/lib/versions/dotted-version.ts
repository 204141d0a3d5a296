/** Where a version stands in the life of its numbers: unfinished below zero, finished at zero, repackaged above. */
export const PHASES = { dev: -5, alpha: -4, beta: -3, preview: -2, candidate: -1, final: 0, post: 1 } as const;

/** Dotted numbers with what surrounds them: the common shape of tags, image tags and calendar versions. */
export type DottedVersion = {
  /** `v` or nothing. */
  readonly prefix: string;
  readonly numbers: readonly number[];
  /** One of `PHASES`. */
  readonly phase: number;
  /** Numbers after the phase: the 2 of `rc2`, the 1 of `-1`. */
  readonly phaseNumbers: readonly number[];
  /** What says which flavour it is, not which version: `slim-trixie`, `k3s`, `arm64`. Empty for none. */
  readonly variant: string;
};

const UNFINISHED: Readonly<Record<string, number>> = {
  dev: PHASES.dev,
  snapshot: PHASES.dev,
  nightly: PHASES.dev,
  canary: PHASES.dev,
  edge: PHASES.dev,
  a: PHASES.alpha,
  alpha: PHASES.alpha,
  b: PHASES.beta,
  beta: PHASES.beta,
  m: PHASES.preview,
  milestone: PHASES.preview,
  pre: PHASES.preview,
  prerelease: PHASES.preview,
  preview: PHASES.preview,
  next: PHASES.preview,
  ea: PHASES.preview,
  c: PHASES.candidate,
  rc: PHASES.candidate,
  cr: PHASES.candidate,
};

const LONGEST = 160;
const YEARS = { first: 1990, last: 2099 };

/** The phase below `final` that a word such as `rc` or `beta` names; undefined for other words. */
export function phaseOfWord(word: string): number | undefined {
  const lower = word.toLowerCase();
  return Object.hasOwn(UNFINISHED, lower) ? UNFINISHED[lower] : undefined;
}

/** Splits `v1.2.3rest` into prefix, numbers and rest; undefined when it does not begin with a number. */
export function splitDotted(
  text: string,
): { readonly prefix: string; readonly numbers: readonly number[]; readonly rest: string } | undefined {
  if (text.length > LONGEST) return undefined;
  const begin = text.startsWith("v") || text.startsWith("V") ? 1 : 0;
  const { numbers, end } = readNumbers(text, begin);
  if (end === begin) return undefined;
  return { prefix: begin === 0 ? "" : "v", numbers, rest: text.slice(end) };
}

/** So many digits are a number exactly, however they are added up. */
const EXACT = 15;

/** Dotted numbers, and where they end. Digit by digit: a plan reads every version there is, and most of them twice. */
function readNumbers(text: string, begin: number): { readonly numbers: readonly number[]; readonly end: number } {
  const numbers: number[] = [];
  let end = begin;
  for (let from = begin; isDigit(text, from); from = end + 1) {
    end = endOfDigits(text, from);
    numbers.push(numberIn(text, from, end));
    if (text[end] !== ".") break;
  }
  return { numbers, end };
}

function endOfDigits(text: string, from: number): number {
  let end = from;
  while (isDigit(text, end)) end++;
  return end;
}

function numberIn(text: string, from: number, end: number): number {
  if (end - from > EXACT) return Number(text.slice(from, end));
  let number = 0;
  for (let at = from; at < end; at++) number = number * 10 + text.charCodeAt(at) - ZERO;
  return number;
}

const ZERO = 48;

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at); // not a number behind the end
  return code >= ZERO && code < ZERO + 10;
}

/** Below zero: `a` is older. Missing numbers count as zero, so that `1.0` equals `1.0.0`. The variant plays no part. */
export function compareDotted(a: DottedVersion, b: DottedVersion): number {
  return (
    compareNumbers(a.numbers, b.numbers) ||
    Math.sign(a.phase - b.phase) ||
    compareNumbers(a.phaseNumbers, b.phaseNumbers)
  );
}

/** Compares lists of numbers from the left; the shorter one is filled with zeros. */
export function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/** The same of the numbers that a text begins with, without making a list of them. */
export function compareLeading(text: string, numbers: readonly number[]): number {
  let at = text.startsWith("v") || text.startsWith("V") ? 1 : 0;
  for (let index = 0; ; index++) {
    const end = endOfDigits(text, at);
    const difference = numberIn(text, at, end) - (numbers[index] ?? 0);
    at = end;
    if (difference !== 0) return Math.sign(difference);
    if (text[at] === "." && isDigit(text, at + 1)) at++;
    else if (index + 1 >= numbers.length) return 0;
  }
}

/**
 * The step between lists of numbers by the leftmost that differs. Calendar versions (a year first, or a whole date)
 * promise nothing about compatibility: `other`.
 */
export function stepBetween(from: readonly number[], to: readonly number[]): "major" | "minor" | "patch" | "other" {
  if (isCalendar(from) || isCalendar(to)) return "other";
  const index = Array.from({ length: Math.max(from.length, to.length) }).findIndex(
    (_, place) => (from[place] ?? 0) !== (to[place] ?? 0),
  );
  if (index === 0) return "major";
  return index === 1 ? "minor" : "patch";
}

/** The same of two versions: what has the same numbers differs in what stands behind them, a step of the smallest kind. */
export function dottedStep(
  from: Pick<DottedVersion, "numbers">,
  to: Pick<DottedVersion, "numbers">,
): ReturnType<typeof stepBetween> {
  return compareNumbers(from.numbers, to.numbers) === 0 ? "patch" : stepBetween(from.numbers, to.numbers);
}

/** True for a date written as one number: `20260803`, with or without the time of day behind it. */
export function isDate(numbers: readonly number[]): boolean {
  return (
    numbers.length === 1 &&
    /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?$/.test(String(numbers[0]))
  );
}

function isCalendar(numbers: readonly number[]): boolean {
  const first = numbers[0] ?? 0;
  return isDate(numbers) || (first >= YEARS.first && first <= YEARS.last);
}
