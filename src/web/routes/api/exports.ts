import { z } from "zod";
import { reportMaterial } from "../../../flow/show/report-material.ts";
import { Failure, isFailure } from "../../../lib/failure.ts";
import { loadReport, loadReports, REPORT_IDS } from "../../../views/reports.ts";
import { type ApiRoute, defineRoute } from "./route.ts";
import { nothing, project } from "./schemas.ts";

const REPORTS = await loadReports();

/** The reports there are. */
export const listExports = defineRoute({
  ...{ id: "listExports", method: "get", path: "/exports", tag: "exports" },
  summary: "The reports there are",
  parameters: nothing,
  query: nothing,
  answer: z.object({
    items: z.array(
      z
        .object({ id: z.string(), title: z.string(), why: z.string(), mediaType: z.string(), fileName: z.string() })
        .meta({ id: "Export" }),
    ),
  }),
  handle: async () => ({
    items: REPORTS.map(({ id, title, why, mediaType, fileName }) => ({ id, title, why, mediaType, fileName })),
  }),
});

const QUERY = z.strictObject({
  project,
  since: z.string().optional().describe("Updates since then: a date or a moment; default: 30 days ago."),
  until: z.string().optional().describe("Updates until then; default: now."),
});
const FORMAT = z.strictObject({ format: z.string().describe(REPORT_IDS.join(", ")) });

/** One report, as `headgate export` writes it. */
export const getExport: ApiRoute = {
  ...{ id: "export", method: "get", path: "/exports/{format}", tag: "exports" },
  summary: "A report: SBOM, vulnerabilities, SARIF, CSV, JSON or release notes",
  parameters: FORMAT,
  query: QUERY,
  answer: [...new Set(REPORTS.map(({ mediaType }) => mediaType))],
  handle: async (flow, { path, query }) => {
    const { format } = FORMAT.parse(path);
    const report = await loadReport(format);
    if (report === undefined)
      return new Failure("not-found", `There is no report ${format}; there are ${REPORT_IDS.join(", ")}.`);
    const material = await reportMaterial(flow, QUERY.parse(query));
    if (isFailure(material)) return material;
    return { mediaType: report.mediaType, fileName: report.fileName, text: report.write(material) };
  },
};
