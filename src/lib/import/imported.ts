import { parseWindow } from "../config/window.ts";

/** A rule as the configuration file has it. */
export type WrittenRule = {
  readonly match: {
    readonly upstream?: string;
    readonly kind?: string;
    readonly path?: string;
    readonly step?: string;
  };
  readonly wait?: string;
  readonly range?: string;
  readonly skip?: true;
  readonly reason?: string;
  readonly group?: string;
  readonly window?: string;
  readonly labels?: readonly string[];
  readonly reviewers?: readonly string[];
  readonly "team-reviewers"?: readonly string[];
  readonly assignees?: readonly string[];
  readonly draft?: boolean;
  readonly "auto-merge"?: "squash" | "merge" | "rebase";
};

/** Something that another tool's configuration says and ours cannot, with the reason and what to do instead. */
export type LeftOver = { readonly what: string; readonly why: string };

/** What was carried over of another tool's configuration. Absent parts were not in it. */
export type Imported = {
  readonly rules: readonly WrittenRule[];
  readonly left: readonly LeftOver[];
  readonly ignorePaths: readonly string[];
  readonly timeZone?: string;
  readonly openLimit?: number;
  readonly labels?: readonly string[];
  readonly reviewers?: readonly string[];
  readonly assignees?: readonly string[];
  readonly branches?: readonly string[];
  /** The wait of everything, such as `5d`. */
  readonly wait?: string;
};

/** Upstreams that a name of the other tool means: its own glob, or the purls of a known name. */
export type UpstreamsOf = (name: string) => readonly string[];

/** Warnings of the YAML parser would quote the file on the terminal, control characters and all. Errors are thrown as ever. */
export const QUIET = { logLevel: "error" } as const;

/** The name of a group as it may become part of a branch's name; undefined when nothing is left of it. */
export function groupName(text: string): string | undefined {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  return name === "" ? undefined : name;
}

/** `3 days`, `1 week`, `12 hours` as we write durations; undefined when it is none. Months count 30 days. */
export function durationOf(text: string | number): string | undefined {
  const [, number = "", unit = ""] =
    /^(\d{1,4})\s*(m|h|d|w|minute|hour|day|week|month)s?$/i.exec(`${text}`.trim()) ?? [];
  if (number === "") return undefined;
  const short = unit.charAt(0).toLowerCase();
  return unit.toLowerCase() === "month" ? `${Number(number) * 30}d` : `${number}${short}`;
}

const DAYS: Readonly<Record<string, string>> = {
  ...{
    monday: "Mon",
    tuesday: "Tue",
    wednesday: "Wed",
    thursday: "Thu",
    friday: "Fri",
    saturday: "Sat",
    sunday: "Sun",
  },
  ...{ weekday: "Mon-Fri", weekend: "Sat-Sun" },
};

/**
 * A window for hours as people say them: `after 10pm every weekday`, `before 5am on monday`, `every weekend`. Undefined
 * for what a window cannot say, such as days of a month.
 */
export function windowOf(text: string): string | undefined {
  const words = text.toLowerCase().replace(/,/g, " and ").trim();
  if (/\b(?:month|year|week of|day of|quarter|\d+(?:st|nd|rd|th))\b/.test(words)) return undefined;
  const days = [...words.matchAll(/\b(mon|tues|wednes|thurs|fri|satur|sun|week)(?:day|end)s?\b/g)].map(
    ([word]) => DAYS[word.replace(/s$/, "")],
  );
  const from = hourOf(/\bafter (\d{1,2})(?::(\d\d))?\s*(am|pm)?/.exec(words));
  const to = hourOf(/\bbefore (\d{1,2})(?::(\d\d))?\s*(am|pm)?/.exec(words));
  const hours = from === undefined && to === undefined ? "" : `${from ?? "00:00"}-${to ?? "24:00"}`;
  const window = [days.filter((day) => day !== undefined).join(","), hours].filter((part) => part !== "").join(" ");
  return window !== "" && parseWindow(window) !== undefined ? window : undefined;
}

function hourOf(match: RegExpExecArray | null): string | undefined {
  if (match === null) return undefined;
  const [, hour = "0", minute = "00", half] = match;
  const number = (Number(hour) % (half === undefined ? 24 : 12)) + (half === "pm" ? 12 : 0);
  return `${String(number).padStart(2, "0")}:${minute}`;
}

/** Every combination of what may match: one rule can name one upstream, kind, path and step. */
export function combinations(parts: {
  readonly upstream: readonly string[];
  readonly kind: readonly string[];
  readonly path: readonly string[];
  readonly step: readonly string[];
}): WrittenRule["match"][] {
  return Object.entries(parts).reduce<WrittenRule["match"][]>(
    (matches, [name, values]) =>
      values.length === 0 ? matches : matches.flatMap((match) => values.map((value) => ({ ...match, [name]: value }))),
    [{}],
  );
}

/** Anything as a list of texts: one text is a list of one. */
export function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** A record with fields of any kind; empty when it is none. */
export function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
