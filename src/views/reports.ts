import { own } from "../domain/own.ts";
import type { Report } from "./report.ts";

/** Every report there is, by its id. Each is loaded when it is asked for: to load them all would cost every command. */
const REPORTS: Readonly<Record<string, () => Promise<Report>>> = {
  cyclonedx: async () => (await import("./reports/cyclonedx.ts")).cyclonedx,
  vulnerabilities: async () => (await import("./reports/vulnerabilities.ts")).vulnerabilities,
  sarif: async () => (await import("./reports/sarif.ts")).sarif,
  csv: async () => (await import("./reports/csv.ts")).csv,
  json: async () => (await import("./reports/json.ts")).json,
  markdown: async () => (await import("./reports/markdown.ts")).markdown,
};

/** What `headgate export --format` takes and the API serves. */
export const REPORT_IDS: readonly string[] = Object.keys(REPORTS);

/** The report of that id; undefined when there is none. */
export async function loadReport(id: string): Promise<Report | undefined> {
  return own(REPORTS, id)?.();
}

/** All of them. */
export function loadReports(): Promise<Report[]> {
  return Promise.all(Object.values(REPORTS).map((load) => load()));
}
