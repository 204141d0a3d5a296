import { z } from "zod";
import { showDeliveries } from "../../../flow/show/show-deliveries.ts";
import { defineRoute } from "./route.ts";
import { instant, nothing, page, pageOf, purl } from "./schemas.ts";

const state = z.enum(["started", "sent", "unchanged", "failed", "refused"]);

const delivery = z
  .object({
    key: z.string(),
    channel: z.string(),
    subject: z.object({ kind: z.enum(["candidate", "digest", "alert", "pull-request"]), id: z.string() }).readonly(),
    state,
    at: instant,
    url: z.string().optional(),
    externalId: z.string().optional(),
    commit: z.string().optional(),
    error: z.string().optional(),
    retryAt: instant.optional(),
    candidate: z.object({ id: z.string(), project: z.string(), upstream: purl, to: z.string() }).readonly().optional(),
  })
  .meta({ id: "Delivery", description: "Something that was sent, or tried." });

/** What was sent, or tried. */
export const listDeliveries = defineRoute({
  ...{ id: "listDeliveries", method: "get", path: "/deliveries", tag: "deliveries" },
  summary: "What was sent or tried, newest first",
  parameters: nothing,
  query: z.strictObject({ channel: z.string().optional(), state: state.optional(), page }),
  answer: pageOf(delivery),
  handle: async (flow, { query: { channel, state: wanted, page: number } }) => {
    const { lines } = await showDeliveries(flow, {
      page: number,
      ...(channel !== undefined && { channel }),
      ...(wanted !== undefined && { state: wanted }),
    });
    const { rows, ...rest } = lines;
    return { items: [...rows], ...rest };
  },
});
