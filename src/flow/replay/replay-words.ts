import { z } from "zod";
import { own } from "../../domain/own.ts";
import { nearest } from "../../lib/config/checked-yaml.ts";

/** What a record says beside the facts. Nothing is decided by it. */
const FOR_PEOPLE: ReadonlySet<string> = new Set([
  ...[
    "id",
    "title",
    "summary",
    "description",
    "category",
    "kind",
    "type",
    "ecosystem",
    "cve",
    "confidence",
    "rationale",
  ],
  ...["note", "notes", "source", "sources", "reference", "references", "link", "links", "url", "urls", "html_url"],
]);

type Same = Readonly<Record<string, string>>;

/**
 * An object of a written record. Its keys may have underscores, or be one of the `same` words of other services, and words
 * for people may stand beside them. Any other key is an error that names the one that was probably meant.
 */
export function written<Shape extends z.ZodRawShape>(shape: Shape, same: Same = {}) {
  const known = Object.keys(shape);
  const object = z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? unknownKeys(issue.keys ?? [], [...known, ...Object.keys(same)]) : undefined,
  });
  return z.preprocess((value) => inOurWords(value, known, same), object);
}

function inOurWords(value: unknown, known: readonly string[], same: Same): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const told = Object.entries(value).flatMap(([key, part]): [string, unknown][] => {
    if (known.includes(key)) return [[key, part]];
    const word = own(same, key) ?? key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (known.includes(word)) return word in value ? [] : [[word, part]];
    return FOR_PEOPLE.has(key) ? [] : [[key, part]];
  });
  return Object.fromEntries(told);
}

function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  const words = keys.map((key) => {
    const meant = nearest(key, known);
    return `"${key}"${meant === undefined ? "" : ` (did you mean "${meant}"?)`}`;
  });
  return `unknown ${keys.length === 1 ? "key" : "keys"} ${words.join(", ")}: a fact under a wrong name would be unknown; words for people begin with x-`;
}
