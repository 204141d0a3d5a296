import { z } from "zod";

/** Nothing may be asked. */
export const nothing = z.strictObject({});

/** A moment, RFC 3339. */
export const instant = z.string().meta({ format: "date-time", description: "A moment in UTC." });
/** A package URL (https://github.com/package-url/purl-spec). */
export const purl = z.string().meta({ description: "A package URL without a version: the identity of an upstream." });

/** A list's page, from 1. */
export const page = z.coerce.number().int().min(1).max(999_999).default(1).describe("The page of the list, from 1.");

/** Narrows a list to one project. */
export const project = z.string().min(1).optional().describe("Only of this watched project.");

/** One page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item).readonly(),
    total: z.int().min(0).describe("How many there are on all pages."),
    page: z.int().min(1),
    size: z.int().min(1).describe("How many a page holds."),
  });
}

/** Where something is pinned: a path from the project's root, a line from 1. */
export const place = z.object({ path: z.string(), line: z.int() }).readonly().meta({ id: "Place" });

/** The same in the words of `plan --json`. */
export const reportPlace = z.object({ file: z.string(), line: z.int() }).readonly().meta({ id: "PlaceOfCandidate" });

/** The last failure of a project or an upstream. */
export const storedFailure = z
  .object({
    code: z.string(),
    message: z.string(),
    at: instant,
    since: instant,
    count: z.int(),
    retryAt: instant.optional(),
  })
  .readonly()
  .meta({ id: "LastFailure", description: "Why it could not be looked at, and since when." });

/** `Evidence` of src/domain/trust.ts. */
export const evidence = z
  .object({
    kind: z.string(),
    source: z.string(),
    observedAt: instant,
    observed: z.string().optional(),
    expected: z.string().optional(),
    etag: z.string().optional(),
    status: z.int().optional(),
  })
  .readonly()
  .meta({ id: "Evidence", description: "One observed fact: what, where from, when." });

/** `Verdict` of src/domain/bump.ts. */
export const verdict = z.enum(["block", "hold", "wait", "propose", "skip"]);
/** `Step` of src/domain/bump.ts. */
export const step = z.enum(["major", "minor", "patch", "digest", "pin", "revert", "other"]);
/** `CandidateState` of src/domain/candidate-state.ts. */
export const state = z.enum([
  ...(["seen", "waiting", "held", "blocked", "proposed"] as const),
  ...(["merged", "closed", "superseded", "withdrawn", "skipped"] as const),
]);

/** `Decision` of src/domain/bump.ts. */
export const decision = z
  .object({
    verdict,
    until: instant.optional(),
    reasons: z
      .array(
        z
          .object({
            rule: z.string(),
            level: z.enum(["note", "warn", "wait", "hold", "block", "skip"]),
            summary: z.string(),
            until: instant.optional(),
            evidence: z.array(evidence).readonly().optional(),
          })
          .readonly(),
      )
      .readonly(),
    by: z.union([z.literal("policy"), z.object({ person: z.string() }).readonly()]),
  })
  .readonly()
  .meta({ id: "Decision", description: "What happens with a candidate, why, and who said so." });

/** `CheckResult` of src/domain/trust.ts. */
export const check = z
  .object({
    check: z.string(),
    outcome: z.enum(["pass", "warn", "hold", "block", "not-checked"]),
    summary: z.string(),
    evidence: z.array(evidence).readonly(),
    clock: z
      .object({ kind: z.enum(["first-seen", "registry"]), since: instant })
      .readonly()
      .optional(),
    rule: z.string().optional(),
    basis: z.enum(["evidence", "dates", "registry"]).optional(),
    comparedVersions: z.array(z.string()).readonly().optional(),
    firstSeenAt: instant.optional(),
    baseRate: z.string().optional(),
    failedLookups: z.int().optional(),
  })
  .readonly()
  .meta({ id: "CheckResult" });

const dimension = z.enum([
  ...(["activity", "community", "adoption", "signing"] as const),
  ...(["hygiene", "track-record", "relationships"] as const),
]);

/** `TrustScore` of src/domain/trust.ts, with its band. */
export const trustScore = z
  .object({
    value: z
      .number()
      .min(0)
      .max(10)
      .optional()
      .describe("Absent, as those of the headings, where coverage is below 0.5."),
    band: z.enum(["strong", "fair", "weak", "insufficient"]),
    coverage: z.number().min(0).max(1).describe("The known share of all weights."),
    dimensions: z
      .array(z.object({ dimension, weight: z.number(), value: z.number().optional() }).readonly())
      .readonly(),
    findings: z
      .array(
        z
          .object({
            signal: z.string(),
            outcome: z.enum(["good", "bad", "unknown", "not-applicable"]),
            points: z.number(),
            reason: z.string(),
            evidence: z.array(evidence).readonly(),
            observedAt: instant,
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly()
  .meta({ id: "TrustScore" });

/** Who says something, why, and until when it counts. */
export const statement = {
  by: z.string().min(1).max(100).describe("Who says so."),
  reason: z.string().min(1).max(500).describe("Why, in one sentence: it is kept and shown."),
};
/** Narrows what people say to a time. */
export const until = z.string().optional().describe("When it ends by itself: 2026-12-01, or a moment with its zone.");
