import { z } from "zod";
import { toInstant } from "../../domain/instant.ts";

/** Any date that services write. One without a zone is UTC, as PyPI's are; a number is in seconds or milliseconds. */
export const when = z.union([z.string(), z.number()]).transform((text, context) => {
  const instant = toInstant(withZone(text));
  if (instant !== undefined) return instant;
  context.addIssue({ code: "custom", message: `"${text}" is no date such as 2026-03-14T09:00:00Z` });
  return z.NEVER;
});

const LATEST_SECONDS = 1e11;

function withZone(text: string | number): string | number {
  if (typeof text === "number") return text < LATEST_SECONDS ? text * 1000 : text;
  const [, day, time] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$/.exec(text.trim()) ?? [];
  return day === undefined ? text : `${day}T${time}Z`;
}

/** Words without the space around them; an empty text is not known. */
export const text = z
  .string()
  .transform((word) => (word.trim() === "" ? undefined : word.trim()))
  .optional();

/** A person as GitHub writes one, or just the name. */
export const person = z.union([
  z.string(),
  z.looseObject({ login: z.string() }).transform(({ login }) => login),
  z.looseObject({ name: z.string() }).transform(({ name }) => name),
]);
