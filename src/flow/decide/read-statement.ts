import { type Instant, toInstant } from "../../domain/instant.ts";
import { Failure } from "../../lib/failure.ts";

/** What a person said: who, why, and until when it counts (absent: for good). */
export type Statement = { readonly by: string; readonly reason: string; readonly until?: Instant };

/** The same as it was typed. `until` is a day (its beginning in UTC) or a moment with its zone. */
export type WrittenStatement = { readonly by: string; readonly reason: string; readonly until?: string | undefined };

const LONGEST = { reason: 500, by: 100 } as const;

/** Control characters, line ends, and marks that change how the text around them is read (https://www.unicode.org/reports/tr9/). */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

/** Checks what a person typed; a `misconfigured` failure says what to write instead. */
export function readStatement({ by, reason, until }: WrittenStatement, now: Instant): Statement | Failure {
  const words = { by: by.trim(), reason: reason.trim() };
  const wrong = refusal("reason", words.reason) ?? refusal("by", words.by);
  if (wrong !== undefined) return wrong;
  if (until === undefined) return words;
  const end = toEnd(until.trim());
  if (end === undefined)
    return new Failure(
      "misconfigured",
      `--until "${until}" is not a date. Write a day such as 2026-12-01, or a moment such as 2026-12-01T09:00Z.`,
    );
  if (end <= now)
    return new Failure(
      "misconfigured",
      `--until ${until} is over. Give a date after ${now.slice(0, 10)}, or leave it out.`,
    );
  return { ...words, until: end };
}

function refusal(option: "by" | "reason", text: string): Failure | undefined {
  const limit = LONGEST[option];
  if (text === "")
    return new Failure(
      "misconfigured",
      option === "by" ? 'Say who: --by "name".' : 'Say why: --reason "one sentence".',
    );
  if (text.length > limit)
    return new Failure(
      "misconfigured",
      `--${option} has ${text.length} characters, ${limit} are the limit. Keep the gist, and link to the rest.`,
    );
  if (UNPRINTABLE.test(text) || !text.isWellFormed())
    return new Failure(
      "misconfigured",
      `--${option} holds a line end, a control character or an invisible mark. Write plain text in one line.`,
    );
  return undefined;
}

function toEnd(text: string): Instant | undefined {
  const form = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.exec(text);
  const [, day = ""] = form ?? [];
  // Dates that no calendar has (31 February) are read as another day: they are not dates.
  return toInstant(day)?.startsWith(day) === true && form !== null ? toInstant(text) : undefined;
}
