import { writeFile } from "node:fs/promises";
import type { ReportMaterial } from "../../domain/report.ts";
import { checkoutMaterial } from "../../flow/checkout-material.ts";
import { Failure, isFailure, toFailure } from "../../lib/failure.ts";
import type { Report } from "../../views/report.ts";
import { REPORTS } from "../../views/reports.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import { runCommand } from "../run-command.ts";
import { count, type Terminal } from "../terminal.ts";

/** What `headgate export` may be told. */
export type ExportOptions = {
  readonly format: string;
  readonly project?: string;
  readonly output?: string;
  readonly since?: string;
  readonly until?: string;
  readonly config?: string;
};

/** `headgate export [PATH]`: one report, on standard output or in a file. A path needs neither configuration nor store. */
export async function exportCommand(
  path: string | undefined,
  options: ExportOptions,
  terminal: Terminal,
): Promise<number> {
  const report = REPORTS.find(({ id }) => id === options.format);
  if (report === undefined) return fail(unknownFormat(options.format), terminal);
  const material = await materialFor(report, path, options);
  if (isFailure(material)) return fail(material.message, terminal);
  const text = report.write(material);
  const written = options.output === undefined ? terminal.raw(text) : await save(options.output, text);
  if (isFailure(written)) return fail(written.message, terminal);
  if (options.output !== undefined) terminal.error(summaryOf(report, material, options.output));
  return material.projects.some(({ notChecked }) => notChecked.length > 0) ? EXIT.incomplete : EXIT.done;
}

async function materialFor(
  report: Report,
  path: string | undefined,
  { project, since, until, config }: ExportOptions,
): Promise<ReportMaterial | Failure> {
  const asked = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
  if (path === undefined)
    return runCommand<ReportMaterial>(
      "report-material",
      { ...asked, ...(project !== undefined && { project }) },
      config === undefined ? {} : { config },
    );
  if (report.needsStore) return new Failure("misconfigured", needsStore(report));
  if (report.id === "markdown" && since === undefined) return new Failure("misconfigured", NEEDS_SINCE);
  if (project !== undefined)
    return new Failure("misconfigured", "--project chooses among watched projects; leave it out beside a path.");
  return checkoutMaterial(path, asked, new Date().toISOString());
}

const NEEDS_SINCE =
  "What moved in a checkout is read from its history: add --since with a tag, a commit or a date, such as --since v1.2.0.";

function needsStore({ title }: Report): string {
  return `${title}: files alone say nothing of it. Run \`headgate plan\` with a configuration first, then export without a path.`;
}

function unknownFormat(format: string): string {
  const known = REPORTS.map(({ id, title }) => `  ${id.padEnd(15)} ${title}`).join("\n");
  return `There is no report "${format}". There are:\n${known}`;
}

async function save(file: string, text: string): Promise<undefined | Failure> {
  const toProblem = (error: unknown) => toFailure(error, "misconfigured", `${file} could not be written`);
  return (await writeFile(file, text).catch(toProblem)) ?? undefined;
}

function summaryOf({ title }: Report, { projects }: ReportMaterial, file: string): string {
  const components = projects.reduce((sum, one) => sum + one.components.length, 0);
  const unchecked = projects.reduce((sum, one) => sum + one.notChecked.length, 0);
  const gaps = unchecked === 0 ? "" : ` ${count(unchecked, "thing")} could not be checked; the report names them.`;
  return `${title}: ${count(components, "component")} of ${count(projects.length, "project")}. Written to ${file}.${gaps}`;
}
