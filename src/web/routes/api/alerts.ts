import { z } from "zod";
import { PAGE_SIZE } from "../../../domain/pages/listing.ts";
import { listAlerts, settleByHand } from "../../../flow/alerts/settle-by-hand.ts";
import { defineRoute } from "./route.ts";
import { evidence, instant, nothing, page, pageOf, place, project, purl, statement } from "./schemas.ts";

const word = z.object({ by: z.string(), reason: z.string(), at: instant }).readonly();

const alert = z
  .object({
    id: z.string(),
    project: z.string(),
    upstream: purl,
    class: z.enum([
      ...(["tag-moved", "mass-move", "asset-replaced", "asset-removed", "deleted", "yanked", "quarantined"] as const),
      ...(["checksum-mismatch", "renamed", "transferred", "recreated", "malware", "advisory", "source-stale"] as const),
    ]),
    subject: z.string().describe("The tag, version or advisory it is about; empty: the upstream as a whole."),
    state: z.enum(["open", "acknowledged", "resolved"]),
    severity: z.enum(["critical", "high", "medium", "low"]),
    summary: z.string(),
    next: z.string().describe("What to do next."),
    places: z.array(place).readonly(),
    openedAt: instant,
    evidence: z.array(evidence).readonly(),
    acknowledged: word.optional(),
    resolved: word.optional(),
  })
  .readonly()
  .meta({ id: "Alert", description: "Trouble with what is pinned already." });

/** Alerts, oldest first. */
export const getAlerts = defineRoute({
  ...{ id: "listAlerts", method: "get", path: "/alerts", tag: "alerts" },
  summary: "Trouble with what is pinned, oldest first",
  parameters: nothing,
  query: z.strictObject({
    project,
    all: z.enum(["true", "false"]).optional().describe("Also those that are over."),
    page,
  }),
  answer: pageOf(alert),
  handle: async (flow, { query }) => {
    const found = await listAlerts(flow, { all: query.all === "true" });
    const mine = found.filter((one) => query.project === undefined || one.project === query.project);
    const start = (query.page - 1) * PAGE_SIZE;
    return { items: mine.slice(start, start + PAGE_SIZE), total: mine.length, page: query.page, size: PAGE_SIZE };
  },
});

/** What a person says of an alert. */
export const postAlertWord = defineRoute({
  ...{ id: "settleAlert", method: "post", path: "/alerts/{id}/words", tag: "alerts" },
  summary: "Record that somebody has seen an alert, or that it is over",
  parameters: z.strictObject({ id: z.string().describe("The alert's id, or its first four characters or more.") }),
  query: nothing,
  body: z.strictObject({ state: z.enum(["acknowledged", "resolved"]), ...statement }),
  answer: alert,
  handle: (flow, { path, body }) => settleByHand(flow, { alert: path.id, ...body }),
});
