import type { Context } from "hono";

/** What somebody wrote into a form. */
export type Written = {
  readonly field: (name: string) => string;
  readonly by: string;
  readonly reason: string;
  readonly until?: string;
};

/** Reads a form of this dashboard: blanks around are left out, and a reason is one line. */
export async function readWritten(context: Context): Promise<Written> {
  const given = await context.req.parseBody();
  const field = (name: string) => (typeof given[name] === "string" ? given[name].trim() : "");
  const until = field("until");
  const reason = field("reason")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");
  return { field, by: field("by"), reason, ...(until !== "" && { until }) };
}

/** Sentences for the command line name options; a form has fields. */
export function forForm(message: string): string {
  return message
    .replace(/Say who: --by "name"\./, "Say who you are.")
    .replace(/Say why: --reason "one sentence"\./, "Say why, in one sentence.")
    .replace(/--by\b/, "The name")
    .replace(/--reason\b/, "The reason")
    .replace(/--points\b/, "The number of points")
    .replace(/--until\b/, "The date");
}
