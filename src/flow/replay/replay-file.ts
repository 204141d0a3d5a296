import { isNode, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { Failure } from "../../lib/failure.ts";
import { incident, type WrittenIncident } from "./written-incident.ts";

/** Everything wrong with a file at most so often: a wrong key in each of a thousand releases is one error. */
const MOST_ERRORS = 20;

/**
 * Reads a file of recorded releases: one incident, an array of them, `{"incidents": [...]}`, or one incident per line
 * (JSON Lines). Absent and `null` mean the same: not known. Keys that begin with `x-`, `$` or `comment` are for people. A
 * failure has a line per error, with the line of the file and the place.
 */
export function readIncidents(text: string, file: string): WrittenIncident[] | Failure {
  const raw = parse(text);
  if (raw instanceof Error)
    return new Failure(
      "misconfigured",
      `${file} is no JSON: ${raw.message.replace(/\s+/g, " ")}${errorLine(text, raw)}`,
    );
  const list = listOf(raw);
  const read = z.array(incident).min(1, "holds no incident").safeParse(withoutUnknown(list));
  if (read.success) return read.data;
  const lineOf = lineFinder(text, raw);
  const errors = read.error.issues.map((issue) => {
    const { path, message } = deepest(issue);
    const line = lineOf(path);
    return `${file}: ${pathOf(path)}: ${message}${line === undefined ? "" : ` (line ${line})`}`;
  });
  const all = [...new Set(errors)];
  const more = all.length > MOST_ERRORS ? [`… and ${all.length - MOST_ERRORS} more.`] : [];
  return new Failure("misconfigured", [...all.slice(0, MOST_ERRORS), ...more].join("\n"));
}

/** What of several forms fits best says what is wrong: the one that was understood the furthest. */
function deepest(issue: z.core.$ZodIssue): Pick<z.core.$ZodIssue, "path" | "message"> {
  if (issue.code !== "invalid_union") return issue;
  const inner = issue.errors.flat().map(deepest);
  const [best] = inner.toSorted((a, b) => b.path.length - a.path.length || rankOf(a) - rankOf(b));
  return best === undefined ? issue : { path: [...issue.path, ...best.path], message: best.message };
}

/** "Expected something else" says less than what is wrong inside. */
function rankOf({ message }: { readonly message: string }): number {
  return message.startsWith("Invalid input") ? 1 : 0;
}

function listOf(raw: unknown): readonly unknown[] {
  const wrapped = (raw as { incidents?: unknown } | null)?.incidents;
  return Array.isArray(wrapped) ? wrapped : Array.isArray(raw) ? raw : [raw];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    const rows = lines.length > 1 ? lines.map(parseLine) : [undefined];
    if (rows.every((row) => row !== undefined)) return rows;
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** V8 names a position in some of its errors only. */
function errorLine(text: string, { message }: Error): string {
  if (/\bline \d/.test(message)) return "";
  const lines = new LineCounter();
  const [error] = parseDocument(text, { lineCounter: lines, logLevel: "silent" }).errors;
  return error === undefined ? "" : ` (line ${lines.linePos(error.pos[0]).line})`;
}

function parseLine(line: string): object | undefined {
  try {
    const row: unknown = JSON.parse(line);
    return typeof row === "object" && row !== null ? row : undefined;
  } catch {
    return undefined;
  }
}

/** Looks up the line of a place, once something is wrong; JSON is YAML, whose library knows where things are. */
function lineFinder(text: string, raw: unknown): (path: readonly PropertyKey[]) => number | undefined {
  const lines = new LineCounter();
  const wrapped = !Array.isArray(raw) && Array.isArray((raw as { incidents?: unknown } | null)?.incidents);
  const document = parseDocument(text, { lineCounter: lines, logLevel: "silent", uniqueKeys: false });
  if (document.errors.length > 0) return ([index]) => (typeof index === "number" ? index + 1 : undefined); // JSON Lines
  const root: readonly PropertyKey[] = wrapped ? ["incidents"] : [];
  return ([index = 0, ...keys]) => {
    for (let path = [...root, ...(wrapped || Array.isArray(raw) ? [index] : []), ...keys]; ; path = path.slice(0, -1)) {
      const node = path.length === 0 ? document.contents : document.getIn(path, true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
      if (path.length === 0) return undefined;
    }
  };
}

/** Objects whose keys are names of packages, hosts or files: there `comment-json` is no word for people. */
const NAMED: ReadonlySet<string> = new Set(["dependencies", "digests", "otherDigests", "mailDomains", "fileTimes"]);

function withoutUnknown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUnknown);
  if (typeof value !== "object" || value === null) return value;
  const known = Object.entries(value).filter(([key, part]) => part !== null && !/^(?:x-|\$|comment)/.test(key));
  return Object.fromEntries(
    known.map(([key, part]) => [key, NAMED.has(key) && !Array.isArray(part) ? part : withoutUnknown(part)]),
  );
}

/** `incident 2, releases[3].publishedAt`. */
function pathOf([index, ...keys]: readonly PropertyKey[]): string {
  const path = keys.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return `incident ${Number(index ?? 0) + 1}${path === "" ? "" : `, ${path.replace(/^\./, "")}`}`;
}
