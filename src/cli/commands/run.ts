import { type Config, readConfig } from "../../config.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import type { DeliveredProject } from "../../flow/deliver/deliver-project.ts";
import { ping } from "../../flow/operate/ping.ts";
import type { CycleSummary } from "../../flow/run-cycle.ts";
import { runCycle } from "../../flow/run-cycle.ts";
import { readDaemonFile } from "../../lib/daemon-file.ts";
import { isFailure } from "../../lib/failure.ts";
import type { Log } from "../../lib/log.ts";
import type { Role } from "../../service/ground.ts";
import { openFlow } from "../../service/open-flow.ts";
import type { ServedDashboard } from "../../service/web.ts";
import { type Service, startService } from "../../service.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import { hearLibraries, processLog } from "../process-log.ts";
import { count, printable, say, type Terminal } from "../terminal.ts";

/** The whole of a graceful stop: less than the ten seconds that Docker gives. */
const STOPS_WITHIN = 9_000;
const LAST_BREATH = 500;

/** What is said where the first signal comes before everything runs: a migration may take minutes. */
const ONCE_STARTED = "Stopping once the start has ended, within nine seconds. A second signal ends it at once.";
const CUT_SHORT =
  "The start did not end in time and is cut short; a migration that was under way is as if it had not begun.";
const NOT_GIVEN_BACK = "Not everything was given back in time; what was not is due again when its lease is over.";

/** `headgate run`: the daemon until it is told to stop; with `--once`, one full cycle with deliveries. */
export async function runCommandLine(
  options: { config?: string; once?: boolean; role: Role },
  terminal: Terminal,
): Promise<number> {
  const config = readConfig(options.config === undefined ? {} : { file: options.config });
  if (isFailure(config)) return fail(config.message, terminal);
  const daemon = readDaemonFile(config.dataDirectory);
  if (daemon !== undefined && config.secrets.databaseUrl === undefined)
    return fail(
      `A daemon (process ${daemon.pid}) already watches with the store in ${config.dataDirectory}. Stop it first, or use \`headgate plan\`, which asks it.`,
      terminal,
    );
  return options.once === true ? once(config, terminal) : watch(config, options, terminal);
}

async function once(config: Config, terminal: Terminal): Promise<number> {
  const opened = await openFlow(config, processLog("warn"));
  if (isFailure(opened)) return fail(opened.message, terminal);
  try {
    const summary = await runCycle(opened.flow);
    await ping(opened.flow);
    printSummary(summary, terminal);
    return summary.digest.complete && summary.failed.length + summary.deferred.length === 0
      ? EXIT.done
      : EXIT.incomplete;
  } finally {
    await opened.close();
  }
}

async function watch(
  config: Config,
  options: { readonly config?: string; readonly role: Role },
  terminal: Terminal,
): Promise<number> {
  const log = processLog("info");
  hearLibraries(log);
  const start = { ended: false };
  const stopped = stopSignal().then(() => {
    if (!start.ended) terminal.out(ONCE_STARTED);
    const late = () => {
      log.warn(start.ended ? NOT_GIVEN_BACK : CUT_SHORT);
      process.exit(EXIT.incomplete);
    };
    return setTimeout(late, STOPS_WITHIN); // from the signal on: a start that waits for a server has no end of its own
  });
  let hangUp: () => void = () => undefined; // before there is anything to take it over, a change is read by the start itself
  process.on("SIGHUP", () => hangUp());
  const service = await startService(config, options.role, log);
  start.ended = true;
  if (isFailure(service)) return fail(service.message, terminal);
  hangUp = reloader(service, options.config, log);
  for (const line of service.lacking) terminal.out(`Without ${line}`);
  terminal.out(
    `Headgate is watching ${config.projects.map((project) => printable(project.id)).join(", ")}. Ctrl-C stops it.`,
  );
  if (service.dashboard !== undefined) sayWhere(service.dashboard, terminal);
  const late = await stopped;
  hangUp = () => undefined;
  terminal.out("Stopping: what is under way is finished or given back.");
  await service.close();
  clearTimeout(late);
  setTimeout(() => process.exit(), LAST_BREATH).unref(); // work that was given back may still hold a timer
  return EXIT.done;
}

/** The link is for whoever started this; what is written to a file or a journal is read by others. */
function sayWhere({ url, loginLink }: ServedDashboard, terminal: Terminal): void {
  terminal.out(`Dashboard: ${url}`);
  if (terminal.interactive) terminal.out(`Log in (once, within ten minutes): ${loginLink()}`);
}

/** A signal means: read the configuration again, and take it over when nothing is wrong with it. One at a time. */
function reloader(service: Service, file: string | undefined, log: Log): () => void {
  let turn = Promise.resolve();
  const reload = async () => {
    const config = readConfig(file === undefined ? {} : { file });
    if (isFailure(config)) return log.error(`The configuration stays as it was: ${config.message}`);
    const kept = await service.reload(config);
    log.info(`The configuration is taken over: ${count(config.projects.length, "project")} watched.`);
    if (kept.length > 0) log.warn(`These changes count from the next start on: ${kept.join(", ")}.`);
  };
  return () => {
    turn = turn.then(reload).catch((error: unknown) => log.error("The configuration is not taken over.", { error }));
  };
}

/** Resolves at the first request to stop; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      resolve();
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  });
}

function printSummary(summary: CycleSummary, terminal: Terminal): void {
  say(askedLine(summary), terminal);
  for (const project of summary.projects) printProject(project, terminal);
  say(summary.digest.summary, terminal);
}

function askedLine({ polled, unwatched, failed, deferred }: CycleSummary): string {
  const names = `${failed.slice(0, 5).map(upstreamLabel).join(", ")}${failed.length > 5 ? " …" : ""}`;
  const silent = failed.length === 0 ? "" : ` ${failed.length} did not answer: ${names}.`;
  const patient = deferred.length === 0 ? "" : ` ${deferred.length} wait because their hosts asked for patience.`;
  const unknown = unwatched === 0 ? "" : ` ${unwatched} more are known but not watched: no source for their kind.`;
  return `Asked ${count(polled, "upstream")}.${silent}${patient}${unknown}`;
}

function printProject({ plan, deliveries, failures }: DeliveredProject, terminal: Terminal): void {
  const verdicts = Map.groupBy(plan.planned, (one) => one.decision.verdict);
  const counted = [...verdicts].map(([verdict, list]) => `${list.length} ${verdict}`).join(", ");
  say(
    `${plan.project.id}: ${count(plan.components.length, "component")}; ${counted === "" ? "no candidates" : counted}.`,
    terminal,
  );
  for (const made of deliveries)
    say(`${made.channel}: ${made.state}: ${made.url ?? made.error ?? made.key}`, terminal, "  ");
  for (const failure of failures) say(failure.message, terminal, "  ");
}
