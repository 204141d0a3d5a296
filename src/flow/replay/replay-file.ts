import { isNode, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { Failure } from "../../lib/failure.ts";
import { FACTS, person, when } from "./replay-facts.ts";
import { written } from "./replay-words.ts";

const names = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const digests = z.record(z.string(), z.string());

/** A file, in our words, those of GitHub's API, or those of PyPI's. What they say besides does not matter here. */
const asset = z
  .looseObject({
    name: z.string().optional(),
    filename: z.string().optional(),
    digest: z.string().optional(),
    sha256: z.string().optional(),
    digests: z.looseObject({ sha256: z.string().optional() }).optional(),
    hashes: z.looseObject({ sha256: z.string().optional() }).optional(),
    size: z.number().optional(),
    updatedAt: when.optional(),
    updated_at: when.optional(),
    uploadedAt: when.optional(),
    upload_time: when.optional(),
    upload_time_iso_8601: when.optional(),
    "upload-time": when.optional(),
    uploader: person.optional(),
  })
  .transform((one, context) => {
    const name = one.name ?? one.filename;
    if (name === undefined) context.addIssue({ code: "custom", message: "a file needs a name" });
    const sha256 = one.sha256 ?? one.digests?.sha256 ?? one.hashes?.sha256;
    const uploaded = one.uploadedAt ?? one.upload_time_iso_8601 ?? one.upload_time ?? one["upload-time"];
    return {
      name: name ?? "",
      digest: one.digest ?? (sha256 === undefined ? undefined : `sha256:${sha256}`),
      size: one.size,
      updatedAt: one.updatedAt ?? one.updated_at ?? uploaded,
      uploader: one.uploader,
    };
  });

/** What of a version may be seen to change. */
const CONTENT = {
  commit: z.string().optional(),
  /** An image's own digest. */
  digest: z.string().optional(),
  digests: digests.optional(),
  assets: z.array(asset).optional(),
  /** The same, in the word of package registries. */
  files: z.array(asset).optional(),
};

/** Words of registries and forges for ours. */
const SAME_FACTS = { _npmUser: "account", tag_exists: "tagExists", sha: "commit" };
const SAME_RELEASE = {
  ...SAME_FACTS,
  tag_name: "tag",
  published: "publishedAt",
  date: "publishedAt",
  upload_time: "publishedAt",
  upload_time_iso_8601: "publishedAt",
  requires_dist: "dependencies",
};

const observation = written({ at: when, ...CONTENT, ...FACTS }, SAME_FACTS);

/** A state that holds today, as registries say it: `true`, or the reason. */
const standing = z.union([z.boolean(), z.string()]).optional();

const release = written(
  {
    version: z.string().min(1).optional(),
    tag: z.string().min(1).optional(),
    publishedAt: when.optional(),
    publishedBy: z.enum(["registry", "publisher"]).optional(),
    firstSeenAt: when.optional(),
    state: z.enum(["released", "prerelease", "yanked", "deleted", "deprecated"]).optional(),
    yanked: standing,
    deprecated: standing,
    prerelease: z.boolean().optional(),
    yankedAt: when.optional(),
    deletedAt: when.optional(),
    deprecatedAt: when.optional(),
    ...CONTENT,
    ...FACTS,
    /** The same facts, where somebody likes them apart. */
    evidence: written(FACTS, SAME_FACTS).optional(),
    uploader: person.optional(),
    /** When its tag was moved, or a file or image of it replaced, if that is all that is known. */
    movedAt: when.optional(),
    replacedAt: when.optional(),
    observations: z.array(observation).default([]),
  },
  SAME_RELEASE,
).transform(({ yanked, deprecated, prerelease, ...one }, context) => {
  const version = one.version ?? one.tag;
  if (version === undefined) context.addIssue({ code: "custom", message: "a release needs a version" });
  const said = isSaid(yanked) ? "yanked" : isSaid(deprecated) ? "deprecated" : prerelease ? "prerelease" : undefined;
  return { ...one, version: version ?? "", state: one.state ?? said };
});

function isSaid(standing: boolean | string | undefined): boolean {
  return standing !== undefined && standing !== false && standing !== "";
}

const SEVERITIES = ["critical", "high", "medium", "low", "unknown"] as const;

/** In any case; GitHub says moderate for what CVSS calls medium. */
const severity = z
  .string()
  .transform((word) => word.toLowerCase().replace(/^moderate$/, "medium"))
  .pipe(z.enum(SEVERITIES));

const advisory = written({
  id: z.string(),
  severity: severity.default("unknown"),
  summary: z.string().optional(),
  publishedAt: when.optional(),
  withdrawnAt: when.optional(),
  /** Versions; default: the candidates. */
  affects: z.array(z.string()).optional(),
  fixedIn: z.array(z.string()).default([]),
});

const word = written({
  action: z.enum(["approve", "hold", "skip", "reopen"]),
  at: when,
  until: when.optional(),
  by: z.string().default("somebody"),
  reason: z.string().default("no reason is on record"),
  range: z.string().optional(),
});

const band = z.enum(["strong", "fair", "weak", "insufficient"]);

const incident = written(
  {
    name: z.string().optional(),
    /** A package URL; a version in it is the candidate. */
    upstream: z.string().regex(/^pkg:[a-z]+\/.+/, "must be a package URL such as pkg:pypi/requests"),
    publicAt: when.optional(),
    /** From when on the candidate's content was not what it should be; default: its first change, else its first sight. */
    badFrom: when.optional(),
    watchedSince: when.optional(),
    installed: names.optional(),
    candidate: z.union([names, release.transform((one) => [one])]).optional(),
    releases: z.array(release).optional(),
    history: z.array(release).optional(),
    advisories: z.array(advisory).default([]),
    humanDecisions: z.array(word).default([]),
    /** Moments at which the verdict is wanted, beside those at which something changes. */
    at: z.union([when.transform((one) => [one]), z.array(when)]).default([]),
    trust: z.union([band, z.number().min(0).max(10)]).optional(),
  },
  { purl: "upstream", package: "upstream", disclosedAt: "publicAt", versions: "releases", candidates: "candidate" },
);

export type WrittenRelease = z.output<typeof release>;
export type WrittenIncident = z.output<typeof incident>;

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
    return new Failure("misconfigured", `${file} is no JSON: ${raw.message}${errorLine(text, raw)}`);
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
