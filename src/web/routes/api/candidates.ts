import { z } from "zod";
import { candidateRows } from "../../../db/pages/candidate-rows.ts";
import { showCandidate } from "../../../flow/decide/list-candidates.ts";
import { readLedger } from "../../../flow/decide/read-ledger.ts";
import { decideByHand } from "../../../flow/decide/record-human-decision.ts";
import { isFailure } from "../../../lib/failure.ts";
import { defineRoute } from "./route.ts";
import {
  check,
  decision,
  instant,
  nothing,
  page,
  pageOf,
  project,
  purl,
  reportPlace,
  state,
  statement,
  step,
  until,
  verdict,
} from "./schemas.ts";

const id = z.strictObject({ id: z.string().describe("The candidate's id, or its first six characters or more.") });
const common = {
  id: z.string(),
  project: z.string(),
  upstream: purl,
  from: z.array(z.string()).readonly(),
  to: z.string(),
  step,
  state,
  firstSeenAt: instant,
};

const listed = z
  .object({ ...common, until: instant.optional(), updatedAt: instant })
  .meta({ id: "CandidateInList", description: "A possible move of one component." });

const whole = z
  .object({
    ...common,
    decision: decision.optional().describe("Absent until one is made."),
    score: z
      .object({ value: z.number().optional(), coverage: z.number(), band: z.string() })
      .readonly()
      .describe("`value` is absent where too little is known for a number."),
    checks: z.array(check).readonly(),
    notes: z
      .array(z.object({ version: z.string(), url: z.string().optional(), text: z.string().optional() }).readonly())
      .readonly()
      .describe("Release notes as upstream wrote them: hostile until sanitised."),
    places: z.array(reportPlace).readonly(),
    url: z.string().optional().describe("Its pull request."),
    byHand: z
      .string()
      .optional()
      .describe("Why the change could not become a pull request, or what is the matter with that."),
  })
  .meta({ id: "Candidate" });

/** Candidates, what changed last first. */
export const listCandidates = defineRoute({
  ...{ id: "listCandidates", method: "get", path: "/candidates", tag: "candidates" },
  summary: "Possible moves of components, what changed last first",
  parameters: nothing,
  query: z.strictObject({ project, upstream: z.string().optional(), state: state.optional(), page }),
  answer: pageOf(listed),
  handle: async ({ db }, { query }) => {
    const { rows, ...rest } = await candidateRows(db, query);
    return { items: rows, ...rest };
  },
});

/** One candidate with its decision, checks, notes and places. */
export const getCandidate = defineRoute({
  ...{ id: "getCandidate", method: "get", path: "/candidates/{id}", tag: "candidates" },
  summary: "One candidate: decision with reasons, checks, trust, release notes, places",
  parameters: id,
  query: nothing,
  answer: whole,
  handle: (flow, { path }) => showCandidate(flow, path.id),
});

const record = z
  .object({
    rule: z.string(),
    check: z.string(),
    level: check.unwrap().shape.outcome,
    summary: z.string(),
    observed: z.string().nullable(),
    expected_from_history: z.string().nullable(),
    compared_versions: z.array(z.string()).readonly(),
    source: z
      .object({
        kind: z.string(),
        locator: z.string(),
        fetched_at: instant,
        etag: z.string().nullable(),
        status: z.int().nullable(),
      })
      .readonly()
      .nullable(),
    first_seen_at: instant.nullable(),
    base_rate: z.string().nullable(),
  })
  .readonly()
  .meta({ id: "EvidenceRecord" });

const ledger = z
  .object({
    candidate: z.string(),
    project: z.string(),
    upstream: purl,
    from: z.array(z.string()).readonly(),
    to: z.string(),
    state,
    entries: z
      .array(
        z
          .object({
            at: instant,
            decision,
            content: z.record(z.string(), z.string()).describe("The content that was judged."),
            records: z.array(record).readonly(),
            trust: z.object({ value: z.number(), coverage: z.number() }).readonly().optional(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .meta({ id: "Ledger" });

/** Everything that was ever decided about it. */
export const getLedger = defineRoute({
  ...{ id: "getLedger", method: "get", path: "/candidates/{id}/ledger", tag: "candidates" },
  summary: "Everything that was decided about a candidate, with the content and evidence it was decided on",
  parameters: id,
  query: z.strictObject({ at: z.string().optional().describe("Only what stood then: a date or a moment.") }),
  answer: ledger,
  handle: (flow, { path, query }) => readLedger(flow, { candidate: path.id, at: query.at }),
});

const said = z.strictObject({
  action: z.enum(["approve", "hold", "skip", "reopen"]),
  ...statement,
  until,
});

const decided = z
  .object({
    id: z.string(),
    project: z.string(),
    upstream: purl,
    version: z.string(),
    verdict: verdict.optional().describe("What follows; absent when it is not its component's next step any more."),
    url: z.string().optional(),
  })
  .meta({ id: "Decided" });

/** A person's word on a candidate. */
export const postDecision = defineRoute({
  ...{ id: "decide", method: "post", path: "/candidates/{id}/decisions", tag: "candidates" },
  summary: "Record a person's word on exactly this version; blocks and waits stay",
  parameters: id,
  query: nothing,
  body: said,
  answer: decided,
  handle: async (flow, { path, body }) => {
    const made = await decideByHand(flow, { candidate: path.id, ...body });
    if (isFailure(made)) return made;
    const { id: candidate, project: of, upstream, version, decision: now, url } = made;
    return {
      ...{ id: candidate, project: of, upstream, version },
      ...(now !== undefined && { verdict: now.verdict }),
      ...(url !== undefined && { url }),
    };
  },
});
