import type { Instant } from "../../domain/instant.ts";

/** Hours of some days of the week, in some zone. Minutes are counted from midnight; the end is not part of it. */
export type Window = { readonly days: readonly number[]; readonly from: number; readonly to: number };

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** Reads `Mon-Fri 08:00-17:00`, `Sat,Sun`, `22:00-06:00`. Undefined when it is none. An end before its beginning is on the next day. */
export function parseWindow(text: string): Window | undefined {
  const parts = text.trim().toLowerCase().split(/\s+/);
  const hours = parts.find((part) => part.includes(":"));
  const days = parts.filter((part) => part !== hours);
  if (parts.length > 2 || days.length > 1) return undefined;
  const wanted = days[0] === undefined ? DAYS.map((_, day) => day) : parseDays(days[0]);
  const [from, to] = hours === undefined ? [0, 24 * 60] : (parseHours(hours) ?? []);
  return wanted === undefined || from === undefined || to === undefined ? undefined : { days: wanted, from, to };
}

/** Whether a moment is inside, by the clock on the wall of that zone. */
export function isInWindow({ days, from, to }: Window, now: Instant, timeZone: string): boolean {
  const { day, minute } = wallClock(now, timeZone);
  if (from < to) return days.includes(day) && minute >= from && minute < to;
  const dayBefore = (day + 6) % 7;
  return (days.includes(day) && minute >= from) || (days.includes(dayBefore) && minute < to);
}

function parseDays(text: string): number[] | undefined {
  const ranges = text.split(",").map((range) => {
    const [first = "", last = first] = range.split("-");
    const [from, to] = [DAYS.indexOf(first), DAYS.indexOf(last)];
    if (from < 0 || to < 0) return undefined;
    return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, index) => (from + index) % 7);
  });
  return ranges.some((range) => range === undefined) ? undefined : [...new Set(ranges.flatMap((range) => range ?? []))];
}

function parseHours(text: string): readonly [number, number] | undefined {
  const [, ...numbers] = /^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  const [hour = 99, minute = 99, endHour = 99, endMinute = 99] = numbers.map(Number);
  const [from, to] = [hour * 60 + minute, endHour * 60 + endMinute];
  return hour > 23 || minute > 59 || to > 24 * 60 || endMinute > 59 || from === to ? undefined : [from, to];
}

function wallClock(now: Instant, timeZone: string): { readonly day: number; readonly minute: number } {
  const options = { timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const parts = new Intl.DateTimeFormat("en-US", options).formatToParts(new Date(now));
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  return {
    day: DAYS.indexOf(part("weekday").toLowerCase()),
    minute: Number(part("hour")) * 60 + Number(part("minute")),
  };
}
