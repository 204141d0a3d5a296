import type { Instant } from "../domain/instant.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `20 Nov 2026`, in UTC. */
export function day(instant: Instant): string {
  const date = new Date(instant);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** `20 Nov 2026, 07:00 UTC`. */
export function moment(instant: Instant): string {
  return `${day(instant)}, ${new Date(instant).toISOString().slice(11, 16)} UTC`;
}

/** `in 3 days`, `5 hours ago`, `now`: the largest unit that fits. For pages and mails that are read soon after. */
export function relative(instant: Instant, now: Instant): string {
  const distance = Date.parse(instant) - Date.parse(now);
  const [unit, length] = UNITS.find(([, milliseconds]) => Math.abs(distance) >= milliseconds) ?? [];
  if (unit === undefined || length === undefined) return "now";
  const count = Math.round(Math.abs(distance) / length);
  const text = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return distance > 0 ? `in ${text}` : `${text} ago`;
}

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;
