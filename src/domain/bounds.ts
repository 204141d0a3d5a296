/** One comparator with plain numbers. */
type Bound = { readonly operator: string; readonly numbers: readonly number[] };

/** A range with an upper bound, as a later version would have it. */
export type MovedBounds = {
  /** The numbers up to which all of the range is one series: 1 for `>=2.18,<2.19`. Undefined for any other range. */
  readonly series: number | undefined;
  /** The range that admits the version, in the form of the old one. */
  readonly text: string;
};

const WHOLE = /^\s*(?:[<>]=?|!=)\s*\d+(?:\.\d+)*(?:[\s,]+(?:[<>]=?|!=)\s*\d+(?:\.\d+)*)*\s*$/;
const EACH = /([<>]=?|!=)(\s*)(\d+(?:\.\d+)*)/g;

/**
 * `>=2.18.0,<2.19.0` admits one series, as `~=2.18.0` does: both bounds move. Of `<6` or `>=1.4,<3` the upper one does.
 * Undefined where there is no single upper bound of plain numbers, or where the version is not of numbers.
 */
export function movedBounds(range: string, version: string): MovedBounds | undefined {
  const [written] = /^\d+(?:\.\d+)*/.exec(version.replace(/^v/, "")) ?? [];
  if (written === undefined || range.length > 200 || !WHOLE.test(range)) return undefined;
  const bounds = [...range.matchAll(EACH)].map(([, operator = "", , text = ""]) => ({
    operator,
    numbers: split(text),
  }));
  const uppers = bounds.filter(({ operator }) => operator.startsWith("<"));
  const [upper] = uppers;
  if (upper === undefined || uppers.length > 1) return undefined;
  const series = seriesOf(bounds, upper);
  const text = range.replace(EACH, (whole, operator: string, space: string, old: string) => {
    if (operator === "!=" || (operator.startsWith(">") && series === undefined)) return whole;
    const numbers = operator.startsWith(">") ? movedLower(split(old), split(written), series ?? 0) : [];
    const after =
      operator === "<=" ? split(written) : operator === "<" ? movedUpper(upper.numbers, split(written)) : numbers;
    return `${operator}${space}${after.join(".")}`;
  });
  return { series, text };
}

/** The last number of a bound that says something: 1 of `2.19.0`. */
function lastOf(numbers: readonly number[]): number {
  return numbers.findLastIndex((number) => number !== 0);
}

function seriesOf(bounds: readonly Bound[], upper: Bound): number | undefined {
  const [lower, ...more] = bounds.filter((one) => one !== upper);
  const index = lastOf(upper.numbers);
  if (lower === undefined || more.length > 0 || lower.operator !== ">=" || upper.operator !== "<") return undefined;
  const next = upper.numbers.slice(0, index + 1);
  const isNext = next.every((number, at) => number === (lower.numbers[at] ?? 0) + Number(at === index));
  return index >= 0 && isNext ? index : undefined;
}

/** As many numbers as before: those of the version, or zero behind the series where they were. */
function movedLower(old: readonly number[], now: readonly number[], series: number): number[] {
  const isStart = old.slice(series + 1).every((number) => number === 0);
  return old.map((_, at) => (at > series && isStart ? 0 : (now[at] ?? 0)));
}

function movedUpper(old: readonly number[], now: readonly number[]): number[] {
  const index = Math.max(0, lastOf(old));
  return old.map((_, at) => (at > index ? 0 : (now[at] ?? 0) + Number(at === index)));
}

function split(text: string): number[] {
  return text.split(".").map(Number);
}
