import { z } from "zod";
import { readComponents } from "../../../flow/show/read-components.ts";
import { defineRoute } from "./route.ts";
import { nothing, page, pageOf, project, purl } from "./schemas.ts";

const place = z
  .object({ path: z.string(), line: z.int(), name: z.string(), format: z.string() })
  .readonly()
  .meta({ id: "ComponentPlace", description: "`name`: the variable, requirement or image it is known by." });

const version = z
  .object({
    text: z.string().describe("As written; empty when nothing written decides it."),
    version: z.string().describe("As compared."),
    precision: z.enum(["exact", "range", "floating", "branch"]),
    digest: z.string().optional(),
    lockedBy: z.string().optional(),
    places: z.array(place).readonly(),
  })
  .readonly()
  .meta({ id: "ComponentVersion" });

const component = z
  .object({
    project: z.string(),
    key: z.string().describe("Tells it from the project's other components."),
    upstream: purl,
    current: z.array(z.string()).readonly().describe("Distinct versions; more than one is drift."),
    versions: z.array(version).readonly(),
  })
  .meta({ id: "Component" });

/** What projects take from upstream. */
export const getComponents = defineRoute({
  ...{ id: "listComponents", method: "get", path: "/components", tag: "components" },
  summary: "What projects take from upstream, with every version and place",
  parameters: nothing,
  query: z.strictObject({
    project,
    upstream: z.string().optional().describe("Only of this package URL."),
    drifting: z.enum(["true", "false"]).optional().describe("Only those in several versions."),
    page,
  }),
  answer: pageOf(component),
  handle: async (flow, { query: { drifting, ...asked } }) => {
    const { rows, ...rest } = await readComponents(flow, { ...asked, drifting: drifting === "true" });
    return { items: rows, ...rest };
  },
});
