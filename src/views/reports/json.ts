import type { Report } from "../report.ts";

/** Everything the other reports are written from, for people's own programs. Fields are added, never renamed. */
export const json: Report = {
  id: "json",
  title: "Everything, as JSON",
  why: "All that the other reports are made of: components, places, versions, trust, advisories, alerts, updates.",
  mediaType: "application/json",
  fileName: "headgate.json",
  asksAdvisories: false,
  write: (material) => `${JSON.stringify({ format: "headgate-report", formatVersion: 1, ...material }, null, 2)}\n`,
};
