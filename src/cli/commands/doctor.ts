import { readConfig } from "../../config.ts";
import type { HealthLine } from "../../domain/health-line.ts";
import { isFailure } from "../../lib/failure.ts";
import { EXIT } from "../exit.ts";
import { runCommand } from "../run-command.ts";
import { printable, type Terminal, wrap } from "../terminal.ts";

const MARKS = {
  ok: ["green", "ok     "],
  off: ["dim", "off    "],
  lacking: ["yellow", "lacking"],
  unknown: ["yellow", "unknown"],
  broken: ["red", "broken "],
} as const;

/** `headgate doctor`: one line each, and what to do about those that are not well; `--json`: the same for other programs. */
export async function doctorCommand(options: { config?: string; json?: boolean }, terminal: Terminal): Promise<number> {
  const config = readConfig(options.config === undefined ? {} : { file: options.config });
  if (isFailure(config)) return refuse("configuration", `${config.message}\n${GOES_ON}`, options, terminal);
  const lines = await runCommand<HealthLine[]>("check-health", {}, options);
  if (isFailure(lines)) return refuse("store", lines.message, options, terminal);
  if (options.json === true) terminal.out(JSON.stringify(lines, null, 2));
  else for (const line of lines) print(line, terminal);
  return lines.some((line) => line.state === "broken") ? EXIT.incomplete : EXIT.done;
}

const GOES_ON = "A daemon that runs goes on with the configuration that it read before: correct it, then send SIGHUP.";

/** Without a configuration or a store there is nothing else to look at. */
function refuse(subject: string, message: string, options: { json?: boolean }, terminal: Terminal): number {
  if (options.json !== true) terminal.out(`${terminal.style("red", MARKS.broken[1])}  ${subject}`);
  terminal.error(message);
  return EXIT.usage;
}

function print(line: HealthLine, terminal: Terminal): void {
  const [colour, mark] = MARKS[line.state];
  const text = printable(readable(`${line.subject}: ${line.message}`));
  const [first = "", ...rest] = wrap(text, terminal.width, " ".repeat(9));
  terminal.out(`${terminal.style(colour, mark)}  ${first.trimStart()}`);
  for (const more of rest) terminal.out(more);
}

/** Moments as people read them. */
function readable(text: string): string {
  return text.replace(/\b(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z/g, "$1 $2 UTC");
}
