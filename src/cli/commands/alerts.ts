import { ALERTS } from "../../domain/alert-words.ts";
import type { Alert } from "../../domain/bump.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { isFailure } from "../../lib/failure.ts";
import { day, moment } from "../../views/time.ts";
import { shortVersion } from "../../views/words.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import { runCommand } from "../run-command.ts";
import { printable, type Terminal, wrap } from "../terminal.ts";
import { userName } from "../user-name.ts";

/** `headgate alerts`: what is wrong with what is already pinned, until somebody resolves it. */
export async function alertsCommand(
  options: { all?: boolean; json?: boolean; config?: string },
  terminal: Terminal,
): Promise<number> {
  const alerts = await runCommand<Alert[]>("alerts", options.all === true ? { all: true } : {}, options);
  if (isFailure(alerts)) return fail(alerts.message, terminal);
  if (options.json === true) terminal.out(JSON.stringify(alerts, null, 2));
  else printAlerts(alerts, terminal);
  return alerts.some((alert) => alert.state === "open") ? EXIT.incomplete : EXIT.done;
}

/** `headgate acknowledge | resolve ALERT`: records what a person says of an alert. */
export async function settleCommand(
  state: "acknowledged" | "resolved",
  alert: string,
  options: { reason: string; by?: string; config?: string },
  terminal: Terminal,
): Promise<number> {
  const by = options.by ?? userName();
  if (by === undefined) return fail('This user has no name on this machine. Say who says so: --by "name".', terminal);
  const settled = await runCommand<Alert>("settle-alert", { alert, state, by, reason: options.reason }, options);
  if (isFailure(settled)) return fail(settled.message, terminal);
  const follows =
    state === "resolved"
      ? "What is there now is expected from now on; the alert comes back only with something else."
      : "It stays in sight, without being urgent, until its trouble is over or somebody resolves it.";
  const sentence = `Recorded: ${ALERTS[settled.class].toLowerCase()}, ${nameOf(settled)} in ${settled.project}, is ${state} by ${by}. ${follows}`;
  for (const line of wrap(printable(sentence), terminal.width, "")) terminal.out(line);
  return EXIT.done;
}

/** Each alert with what happened, what was and is there, where, and what to do next. */
export function printAlerts(alerts: readonly Alert[], terminal: Terminal): void {
  if (alerts.length === 0) for (const line of wrap(NO_ALERTS, terminal.width, "")) terminal.out(line);
  for (const alert of alerts) {
    const { id, severity, state, openedAt } = alert;
    const head = `${terminal.style(state === "open" ? "red" : "yellow", ALERTS[alert.class])}  ${terminal.style("cyan", printable(nameOf(alert)))}`;
    terminal.out(`${head}  (${severity}, ${state}, ${printable(alert.project)}, since ${day(openedAt)}, ${id})`);
    for (const sentence of sentencesOf(alert))
      for (const line of wrap(printable(sentence), terminal.width, "    ")) terminal.out(line);
  }
}

/** Who could not be asked has not been seen to change anything. */
const NO_ALERTS =
  "No alerts: nothing that is pinned was seen to change under its name. `headgate plan` says what could not be asked.";

function sentencesOf(alert: Alert): string[] {
  const places = alert.places.slice(0, 5).map(({ path, line }) => `${path}:${line}`);
  const more = alert.places.length > 5 ? ` and ${alert.places.length - 5} more` : "";
  const evidence = alert.evidence
    .slice(0, 4)
    .flatMap(({ kind, expected, observed }) =>
      expected === undefined || observed === undefined
        ? []
        : [`${kind}: was ${shortVersion(expected)}, is ${shortVersion(observed)}`],
    );
  const words = [alert.acknowledged, alert.resolved].flatMap((word, index) =>
    word === undefined
      ? []
      : [`${index === 0 ? "Acknowledged" : "Resolved"} by ${word.by} on ${moment(word.at)}: ${word.reason}`],
  );
  return [
    alert.summary,
    ...evidence,
    ...(places.length === 0 ? [] : [`In ${places.join(", ")}${more}`]),
    `Next: ${alert.next}`,
    ...words,
  ];
}

function nameOf({ upstream, subject }: Alert): string {
  return `${upstreamLabel(upstream)}${subject === "" ? "" : ` ${subject}`}`;
}
