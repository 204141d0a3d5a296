import type { Report } from "./report.ts";
import { csv } from "./reports/csv.ts";
import { cyclonedx } from "./reports/cyclonedx.ts";
import { json } from "./reports/json.ts";
import { markdown } from "./reports/markdown.ts";
import { sarif } from "./reports/sarif.ts";
import { vulnerabilities } from "./reports/vulnerabilities.ts";

/** Every report there is: what `headgate export --format` takes and the API serves. */
export const REPORTS: readonly Report[] = [cyclonedx, vulnerabilities, sarif, csv, json, markdown];
