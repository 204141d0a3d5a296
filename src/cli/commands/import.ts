import { upstreamLabel } from "../../domain/upstream.ts";
import type { ImportedReport } from "../../flow/advisories/import-report.ts";
import { isFailure } from "../../lib/failure.ts";
import { moment } from "../../views/time.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import { readInput } from "../read-input.ts";
import { runCommand } from "../run-command.ts";
import { printable, type Terminal, wrap } from "../terminal.ts";

const SEVERITIES = ["critical", "high", "medium", "low", "unknown"] as const;

/** `headgate import FILE`: takes in what a scanner found, and says by when it wants an answer. */
export async function importCommand(
  file: string,
  options: { image?: string; config?: string },
  terminal: Terminal,
): Promise<number> {
  const { image } = options;
  const text = readInput(file);
  if (isFailure(text)) return fail(text.message, terminal);
  const imported = await runCommand<ImportedReport>(
    "import-report",
    { text, file: file === "-" ? "Standard input" : file, ...(image !== undefined && { image }) },
    options,
  );
  if (isFailure(imported)) return fail(imported.message, terminal);
  const { upstream, version, found, due } = imported;
  const counts = SEVERITIES.flatMap((one) => (found[one] === undefined ? [] : [`${found[one]} ${one}`]));
  say(
    `${upstreamLabel(upstream)} ${version}: ${counts.length === 0 ? "nothing was found" : counts.join(", ")}.`,
    "",
    terminal,
  );
  for (const { severity, at, ids } of due) {
    const shown = ids.length > 5 ? `${ids.slice(0, 5).join(", ")} and ${ids.length - 5} more` : ids.join(", ");
    say(`${severity}, due by ${moment(at)}: ${shown}`, "  ", terminal);
  }
  return EXIT.done;
}

function say(line: string, indent: string, terminal: Terminal): void {
  for (const one of wrap(printable(line), terminal.width, indent)) terminal.out(one);
}
