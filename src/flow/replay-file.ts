import { z } from "zod";
import { Failure } from "../lib/failure.ts";
import { FACTS, when } from "./replay-facts.ts";

const names = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const digests = z.record(z.string(), z.string());

const asset = z.strictObject({
  name: z.string(),
  digest: z.string().optional(),
  size: z.number().optional(),
  url: z.string().optional(),
  updatedAt: when.optional(),
  uploader: z.string().optional(),
});

/** What of a version may be seen to change. */
const CONTENT = {
  commit: z.string().optional(),
  /** An image's own digest. */
  digest: z.string().optional(),
  digests: digests.optional(),
  assets: z.array(asset).optional(),
};

const observation = z.strictObject({ at: when, ...CONTENT, ...FACTS });

const release = z.strictObject({
  version: z.string().min(1),
  tag: z.string().min(1).optional(),
  publishedAt: when.optional(),
  publishedBy: z.enum(["registry", "publisher"]).optional(),
  firstSeenAt: when.optional(),
  state: z.enum(["released", "prerelease", "yanked", "deleted", "deprecated"]).optional(),
  yankedAt: when.optional(),
  deletedAt: when.optional(),
  ...CONTENT,
  ...FACTS,
  /** The same facts, where somebody likes them apart. */
  evidence: z.strictObject(FACTS).optional(),
  uploader: z.string().optional(),
  /** When its tag was moved, or a file or image of it replaced, if that is all that is known. */
  movedAt: when.optional(),
  replacedAt: when.optional(),
  observations: z.array(observation).default([]),
});

const advisory = z.strictObject({
  id: z.string(),
  severity: z.enum(["critical", "high", "medium", "low", "unknown"]).default("unknown"),
  summary: z.string().optional(),
  publishedAt: when.optional(),
  withdrawnAt: when.optional(),
  /** Versions; default: the candidates. */
  affects: z.array(z.string()).optional(),
  fixedIn: z.array(z.string()).default([]),
});

const word = z.strictObject({
  action: z.enum(["approve", "hold", "skip", "reopen"]),
  at: when,
  until: when.optional(),
  by: z.string().default("somebody"),
  reason: z.string().default("no reason is on record"),
  range: z.string().optional(),
});

const band = z.enum(["strong", "fair", "weak", "insufficient"]);

const incident = z.strictObject({
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
});

export type WrittenRelease = z.output<typeof release>;
export type WrittenIncident = z.output<typeof incident>;

/** Everything wrong with a file at most so often: a wrong key in each of a thousand releases is one error. */
const MOST_ERRORS = 20;

/**
 * Reads a file of recorded releases: one incident, an array of them, or `{"incidents": [...]}`. Absent and `null` mean
 * the same: not known. Keys that begin with `x-`, `$` or `comment` are for people. A failure has a line per error.
 */
export function readIncidents(text: string, file: string): WrittenIncident[] | Failure {
  const raw = parse(text);
  if (raw instanceof Error) return new Failure("misconfigured", `${file} is no JSON: ${raw.message}`);
  const known = withoutUnknown(raw);
  const wrapped = (known as { incidents?: unknown } | null)?.incidents;
  const list = Array.isArray(wrapped) ? wrapped : Array.isArray(known) ? known : [known];
  const read = z.array(incident).min(1, "holds no incident").safeParse(list);
  if (read.success) return read.data;
  const errors = read.error.issues.map(({ path, message }) => `${file}: ${pathOf(path)}: ${message}`);
  const more = errors.length > MOST_ERRORS ? [`… and ${errors.length - MOST_ERRORS} more.`] : [];
  return new Failure("misconfigured", [...errors.slice(0, MOST_ERRORS), ...more].join("\n"));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function withoutUnknown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUnknown);
  if (typeof value !== "object" || value === null) return value;
  const known = Object.entries(value).filter(([key, part]) => part !== null && !/^(?:x-|\$|comment)/.test(key));
  return Object.fromEntries(known.map(([key, part]) => [key, withoutUnknown(part)]));
}

/** `incident 2, releases[3].publishedAt`. */
function pathOf([index, ...keys]: readonly PropertyKey[]): string {
  const path = keys.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return `incident ${Number(index ?? 0) + 1}${path === "" ? "" : `, ${path.replace(/^\./, "")}`}`;
}
