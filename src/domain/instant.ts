/** A moment in UTC as `Date.prototype.toISOString` writes it. Text, so that it survives JSON; fixed width, so that `<` orders it. */
export type Instant = string;

/** Milliseconds. */
export const MINUTE = 60_000;
/** Milliseconds. */
export const HOUR = 60 * MINUTE;
/** Milliseconds of a day in UTC, which has no leap seconds here. */
export const DAY = 24 * HOUR;

/** What services write most: whole days up to the 28th exist in every month, so nothing has to be reckoned. */
const PLAIN = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;

/** Reads any date that services write (ISO 8601 of any precision, RFC 822, a `Date`); undefined when it is not one. */
export function toInstant(value: string | number | Date | null | undefined): Instant | undefined {
  if (value === null || value === undefined || value === "") return undefined;
  if (typeof value === "string" && PLAIN.test(value))
    return `${value.slice(0, 19)}.${value.slice(20, -1).padEnd(3, "0").slice(0, 3)}Z`;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** `milliseconds` after (negative: before) `instant`. */
export function plus(instant: Instant, milliseconds: number): Instant {
  return new Date(Date.parse(instant) + milliseconds).toISOString();
}

/** Milliseconds from `earlier` to `later`; negative when they are the other way round. */
export function between(earlier: Instant, later: Instant): number {
  return Date.parse(later) - Date.parse(earlier);
}

/** The later of two moments, of which either may be unknown. */
export function latest(first: Instant | undefined, second: Instant | undefined): Instant | undefined {
  if (first === undefined) return second;
  if (second === undefined) return first;
  return first > second ? first : second;
}

/** The earlier of two moments, of which either may be unknown. */
export function earliest(first: Instant | undefined, second: Instant | undefined): Instant | undefined {
  if (first === undefined) return second;
  if (second === undefined) return first;
  return first < second ? first : second;
}

/** A moment for people: `2026-11-20 12:00 UTC`. */
export function minuteOf(instant: Instant): string {
  return `${instant.slice(0, 16).replace("T", " ")} UTC`;
}
