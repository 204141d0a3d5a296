import type { EvidenceRecord } from "../../domain/evidence-record.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import type { Ledger, LedgerEntry } from "../../flow/decide/read-ledger.ts";
import { isFailure } from "../../lib/failure.ts";
import { moment } from "../../views/time.ts";
import { decidedBy, OUTCOMES, shortVersion, title } from "../../views/words.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import { runCommand } from "../run-command.ts";
import { printable, say, type Terminal } from "../terminal.ts";

/** `headgate ledger CANDIDATE`: why something was let through, or kept back, however long ago. */
export async function ledgerCommand(
  candidate: string,
  options: { at?: string; json?: boolean; config?: string },
  terminal: Terminal,
): Promise<number> {
  const { at } = options;
  const ledger = await runCommand<Ledger>("ledger", { candidate, ...(at !== undefined && { at }) }, options);
  if (isFailure(ledger)) return fail(ledger.message, terminal);
  if (options.json === true) {
    terminal.out(JSON.stringify(ledger, null, 2));
    return EXIT.done;
  }
  const versions = [ledger.from.map(shortVersion).join(", "), shortVersion(ledger.to)].filter((one) => one !== "");
  const heading = `${upstreamLabel(ledger.upstream)} ${versions.join(" → ")} in ${ledger.project}  ${ledger.candidate}`;
  terminal.out(terminal.style("bold", printable(heading)));
  if (ledger.entries.length === 0)
    say(at === undefined ? "Nothing was decided about it." : `Nothing was decided about it by ${at}.`, terminal);
  for (const entry of ledger.entries) printEntry(entry, terminal);
  return EXIT.done;
}

function printEntry({ at, decision, content, records, trust }: LedgerEntry, terminal: Terminal): void {
  const until = decision.until === undefined ? "" : `, until ${moment(decision.until)}`;
  const known =
    trust === undefined
      ? "insufficient data"
      : `${trust.value.toFixed(1)} (confidence ${Math.round(trust.coverage * 100)}%)`;
  terminal.out();
  say(
    `${moment(at)}: ${decision.verdict}${until}, by ${decidedBy(decision)}. Trust in the project: ${known}.`,
    terminal,
  );
  for (const { level, rule, summary } of decision.reasons) say(`${level}, ${title(rule)}: ${summary}`, terminal, "  ");
  const parts = Object.entries(content).map(([part, value]) => `${part} ${value}`);
  say(
    parts.length === 0 ? "The upstream named no content to bind it to." : `Of exactly: ${parts.join(", ")}`,
    terminal,
    "  ",
  );
  for (const record of records.filter(({ observed }) => observed !== null)) say(inWords(record), terminal, "  ");
}

function inWords({ rule, check, level, observed, expected_from_history: expected, source }: EvidenceRecord): string {
  const wanted = expected === null ? "" : `; expected: ${expected}`;
  const from = source === null ? "" : ` (${source.locator}, ${moment(source.fetched_at)})`;
  return `${rule} ${title(check)}, ${OUTCOMES[level]}: observed ${observed}${wanted}${from}`;
}
