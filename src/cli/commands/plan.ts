import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Verdict } from "../../domain/bump.ts";
import { groupUnchecked, unreachableHost } from "../../domain/digest.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import type { PlanReport, ReportCandidate } from "../../flow/plan/plan-report.ts";
import { isFailure } from "../../lib/failure.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import { runCommand } from "../run-command.ts";
import { count, printable, type Terminal, wrap } from "../terminal.ts";
import { printAlerts } from "./alerts.ts";

const HEADINGS: readonly (readonly [Verdict, string])[] = [
  ["propose", "Proposed"],
  ["wait", "Waiting"],
  ["hold", "Held: a person has to say yes"],
  ["block", "Blocked"],
  ["skip", "Skipped"],
];

/** `headgate plan [PATH]`: what would be done, and why. Writes nothing outside. */
export async function planCommand(
  path: string | undefined,
  options: { config?: string; json?: boolean },
  terminal: Terminal,
): Promise<number> {
  if (path !== undefined && !existsSync(path)) return fail(`${path} does not exist.`, terminal); // before a store is opened
  const reports = await runCommand<PlanReport[]>("plan", path === undefined ? {} : { path: resolve(path) }, {
    ...{ ...options, optional: path !== undefined, ...(path !== undefined && { checkout: path }) },
  });
  if (isFailure(reports)) return fail(reports.message, terminal);
  if (options.json === true) terminal.out(JSON.stringify(reports.length === 1 ? reports[0] : reports, null, 2));
  else for (const report of reports) printReport(report, terminal);
  return reports.some((report) => report.problems.length > 0) ? EXIT.incomplete : EXIT.done;
}

function printReport(report: PlanReport, terminal: Terminal): void {
  terminal.out(
    `${terminal.style("bold", printable(report.project))}: ${count(report.components.length, "component")}, ${count(report.candidates.length, "candidate")}`,
  );
  if (report.alerts.length > 0) {
    terminal.out(`\n${terminal.style("bold", "Look at these now")}`);
    printAlerts(report.alerts, terminal);
  }
  if (report.firstLook !== undefined) {
    terminal.out();
    for (const line of wrap(report.firstLook.summary, terminal.width, "")) terminal.out(line);
  }
  for (const [verdict, heading] of HEADINGS) {
    const candidates = report.candidates.filter((candidate) => candidate.decision.verdict === verdict);
    if (candidates.length === 0) continue;
    terminal.out(`\n${terminal.style("bold", heading)}`);
    for (const candidate of candidates) printCandidate(candidate, terminal);
  }
  printSupport(report, terminal);
  printProblems(report, terminal);
}

function printSupport(report: PlanReport, terminal: Terminal): void {
  if (report.support.length === 0) return;
  terminal.out(`\n${terminal.style("bold", "Out of support, or soon")}`);
  for (const { summary, places } of report.support) {
    const [first] = places;
    const where = first === undefined ? "" : ` (${first.file}:${first.line}${others(places.length - 1)})`;
    for (const line of wrap(printable(`${summary}${where}`), terminal.width, "  ")) terminal.out(line);
  }
}

function others(number: number): string {
  return number === 0 ? "" : ` and ${count(number, "more place")}`;
}

function printCandidate(candidate: ReportCandidate, terminal: Terminal): void {
  const move = `${candidate.from.join(", ")} → ${candidate.to}`;
  terminal.out(
    `  ${terminal.style("cyan", printable(upstreamLabel(candidate.upstream)))}  ${printable(move)}  (${candidate.step}, ${count(candidate.places.length, "place")}, ${candidate.id})`,
  );
  for (const reason of candidate.decision.reasons) {
    for (const line of wrap(printable(reason.summary), terminal.width, "    ")) terminal.out(line);
  }
  if (candidate.byHand !== undefined)
    for (const line of wrap(printable(candidate.byHand), terminal.width, "    ")) terminal.out(line);
}

function printProblems(report: PlanReport, terminal: Terminal): void {
  if (report.problems.length === 0) return;
  terminal.out(`\n${terminal.style("bold", "Could not be checked")}`);
  for (const problem of groupUnchecked(report.problems)) {
    const out = unreachableHost(problem.reason) !== undefined; // when those are asked again is said once, below
    const retry =
      out || problem.retryAt === undefined ? "" : ` (next try ${problem.retryAt.slice(0, 16).replace("T", " ")} UTC)`;
    for (const line of wrap(printable(`${problem.subject}: ${problem.reason}${retry}`), terminal.width, "  "))
      terminal.out(line);
  }
  if (!report.problems.some(({ reason }) => unreachableHost(reason) !== undefined)) return;
  terminal.out();
  for (const line of wrap(OUT_OF_REACH, terminal.width, "")) terminal.out(line);
}

const OUT_OF_REACH =
  "Some services gave no answer. `headgate doctor` says which do; behind a proxy, set network.proxy. What is known of them stays, and the next plan asks again.";
