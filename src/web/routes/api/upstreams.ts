import { z } from "zod";
import { upstreamRows } from "../../../db/pages/upstream-rows.ts";
import { shownScore } from "../../../domain/trust.ts";
import { explainUpstream } from "../../../flow/trust/explain-upstream.ts";
import { vouchFor } from "../../../flow/trust/record-vouch.ts";
import { isFailure } from "../../../lib/failure.ts";
import { defineRoute } from "./route.ts";
import {
  check,
  instant,
  nothing,
  page,
  pageOf,
  purl,
  state,
  statement,
  storedFailure,
  trustScore,
  until,
} from "./schemas.ts";

const listed = z
  .object({
    purl,
    source: z.string().optional().describe("Who answers for it; absent: nobody, so it is known and not watched."),
    dueAt: instant.describe("When it is asked next."),
    newestAt: instant.optional(),
    lastSuccessAt: instant.optional(),
    failure: storedFailure.optional(),
    complete: z.boolean().optional().describe("False: not all of its versions were read."),
    notChecked: z.array(z.string()).readonly(),
  })
  .meta({ id: "Upstream" });

/** What something is pinned to. */
export const listUpstreams = defineRoute({
  ...{ id: "listUpstreams", method: "get", path: "/upstreams", tag: "upstreams" },
  summary: "Upstreams that something is pinned to, and how asking them went",
  parameters: nothing,
  query: z.strictObject({ failing: z.enum(["true", "false"]).optional(), page }),
  answer: pageOf(listed),
  handle: async ({ db }, { query }) => {
    const { rows, ...rest } = await upstreamRows(db, { failing: query.failing === "true", page: query.page });
    return { items: rows, ...rest };
  },
});

const release = z
  .object({
    version: z.string(),
    tag: z.string(),
    state: z.enum(["released", "prerelease", "yanked", "deleted", "deprecated"]),
    publishedAt: instant.optional(),
    publishedBy: z.enum(["registry", "publisher"]),
    firstSeenAt: instant,
    contentFirstSeenAt: instant,
    baseline: z.boolean(),
    content: z.record(z.string(), z.string()),
    checks: z.array(check).readonly(),
    checkedAt: instant.optional(),
  })
  .readonly()
  .meta({ id: "ExplainedRelease" });

const card = z
  .object({
    upstream: purl,
    at: instant,
    score: trustScore,
    weights: z.record(z.string(), z.number()),
    release: release.optional(),
    candidates: z
      .array(
        z
          .object({ id: z.string(), project: z.string(), from: z.array(z.string()).readonly(), to: z.string(), state })
          .readonly(),
      )
      .readonly(),
    unknown: z.array(z.string()).readonly().describe("What could not be looked at, and why."),
    lastPolledAt: instant.optional(),
  })
  .meta({ id: "TrustCard" });

/** What the store knows of an upstream's trust. */
export const getTrust = defineRoute({
  ...{ id: "getTrustCard", method: "get", path: "/trust", tag: "upstreams" },
  summary: "The trust card of an upstream and the checks of one of its versions; asks nobody",
  parameters: nothing,
  query: z.strictObject({
    upstream: z.string().min(1).describe("A package URL, or its short name where that is clear; @VERSION may follow."),
  }),
  answer: card,
  handle: async (flow, { query }) => {
    const explained = await explainUpstream(flow, query);
    return isFailure(explained) ? explained : { ...explained, score: shownScore(explained.score) };
  },
});

const vouch = z
  .object({
    upstream: purl,
    by: z.string(),
    reason: z.string(),
    since: instant,
    until: instant.optional(),
    points: z.number().min(0).max(1),
  })
  .readonly()
  .meta({ id: "Vouch" });

/** A relationship of trust. */
export const postVouch = defineRoute({
  ...{ id: "vouch", method: "post", path: "/vouches", tag: "upstreams" },
  summary: "Record that somebody here knows the people behind an upstream",
  parameters: nothing,
  query: nothing,
  body: z.strictObject({
    upstream: z.string().min(1),
    points: z.number().min(0).max(10).describe("0: no trust at all; 10: all there is."),
    ...statement,
    until,
  }),
  answer: z.object({ vouch, score: trustScore }),
  handle: async (flow, { body }) => {
    const made = await vouchFor(flow, body);
    return isFailure(made) ? made : { vouch: made.vouch, score: shownScore(made.score) };
  },
});
