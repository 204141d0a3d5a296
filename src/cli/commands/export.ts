import { writeFile } from "node:fs/promises";
import { readConfig } from "../../config.ts";
import { groupUnchecked } from "../../domain/digest.ts";
import type { Instant } from "../../domain/instant.ts";
import type { ReportMaterial } from "../../domain/report.ts";
import { checkoutMaterial } from "../../flow/discover/checkout-material.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { fileTrouble } from "../../lib/file-trouble.ts";
import { openOsv } from "../../service/open-flow.ts";
import type { Report } from "../../views/report.ts";
import { loadReport, loadReports } from "../../views/reports.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import { processLog } from "../process-log.ts";
import { startProgress } from "../progress.ts";
import { runCommand } from "../run-command.ts";
import { count, printable, type Terminal, wrap } from "../terminal.ts";

/** What `headgate export` may be told. */
export type ExportOptions = {
  readonly format: string;
  readonly project?: string;
  readonly output?: string;
  readonly since?: string;
  readonly until?: string;
  readonly config?: string;
  /** Whether OSV is asked about a checkout; absent: where the report is about advisories. */
  readonly advisories?: boolean;
};

/** `headgate export [PATH]`: one report, on standard output or in a file. A path needs neither configuration nor store. */
export async function exportCommand(
  path: string | undefined,
  options: ExportOptions,
  terminal: Terminal,
): Promise<number> {
  const report = await loadReport(options.format);
  if (report === undefined) return fail(await unknownFormat(options.format), terminal);
  const material = await materialFor(report, path, options);
  if (isFailure(material)) return fail(material.message, terminal);
  const text = report.write(material);
  const written = options.output === undefined ? terminal.raw(text) : await save(options.output, text);
  if (isFailure(written)) return fail(written.message, terminal);
  if (options.output !== undefined) say(summaryOf(report, material, options.output), terminal);
  const unchecked = material.projects.flatMap(({ notChecked }) => notChecked);
  for (const { subject, reason } of groupUnchecked(unchecked)) say(`Not checked: ${subject}: ${reason}`, terminal);
  return unchecked.length > 0 ? EXIT.incomplete : EXIT.done;
}

async function materialFor(
  report: Report,
  path: string | undefined,
  { project, since, until, config, advisories }: ExportOptions,
): Promise<ReportMaterial | Failure> {
  const asked = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
  if (path === undefined && advisories !== undefined) return new Failure("misconfigured", PATH_ALONE);
  if (path === undefined)
    return runCommand<ReportMaterial>(
      "report-material",
      { ...asked, ...(project !== undefined && { project }) },
      config === undefined ? {} : { config },
    );
  if (report.id === "markdown" && since === undefined) return new Failure("misconfigured", NEEDS_SINCE);
  if (project !== undefined)
    return new Failure("misconfigured", "--project chooses among watched projects; leave it out beside a path.");
  const now = new Date().toISOString();
  if (advisories ?? report.asksAdvisories) return withAdvisories(path, asked, config, now);
  const left = report.asksAdvisories ? { advisories: { not: NOT_ASKED } } : {};
  return checkoutMaterial(path, { ...asked, ...left }, now);
}

const NEEDS_SINCE =
  "What moved in a checkout is read from its history: add --since with a tag, a commit or a date, such as --since v1.2.0.";

/** Asks OSV with the network settings of a configuration, where there is one. */
async function withAdvisories(
  path: string,
  asked: { readonly since?: string; readonly until?: string },
  file: string | undefined,
  now: Instant,
): Promise<ReportMaterial | Failure> {
  const config = readConfig({ optional: true, checkout: path, ...(file !== undefined && { file }) });
  if (isFailure(config)) return config;
  const { osv, close } = openOsv(config, processLog("warn"));
  const endProgress = startProgress("ask-osv", process.stderr);
  try {
    return await checkoutMaterial(path, { ...asked, advisories: osv }, now);
  } finally {
    endProgress();
    await close();
  }
}

const NOT_ASKED = "OSV was not asked, as --no-advisories says";

const PATH_ALONE =
  "--advisories and --no-advisories are about a checkout: name its path. Without one, the store says what was asked.";

async function unknownFormat(format: string): Promise<string> {
  const known = (await loadReports()).map(({ id, title }) => `  ${id.padEnd(15)} ${title}`).join("\n");
  return `There is no report "${format}". There are:\n${known}`;
}

async function save(file: string, text: string): Promise<undefined | Failure> {
  const toProblem = (error: unknown) => new Failure("misconfigured", unwritten(file, error));
  return (await writeFile(file, text).catch(toProblem)) ?? undefined;
}

/** A file that is written need not exist; its folder does. */
function unwritten(file: string, error: unknown): string {
  const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
  return `${file} could not be written: ${isMissing ? "its folder does not exist" : fileTrouble(error)}.`;
}

function say(sentence: string, terminal: Terminal): void {
  for (const line of wrap(printable(sentence), terminal.width, "")) terminal.error(line);
}

function summaryOf({ title }: Report, { projects }: ReportMaterial, file: string): string {
  const components = projects.reduce((sum, one) => sum + one.components.length, 0);
  const unchecked = projects.reduce((sum, one) => sum + one.notChecked.length, 0);
  const gaps = unchecked === 0 ? "" : ` ${count(unchecked, "thing")} could not be checked:`;
  return `${title}: ${count(components, "component")} of ${count(projects.length, "project")}. Written to ${file}.${gaps}`;
}
