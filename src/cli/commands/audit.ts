import type { AuditEntry } from "../../db/deliveries/audit.ts";
import { isFailure } from "../../lib/failure.ts";
import { moment } from "../../views/time.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import { runCommand } from "../run-command.ts";
import { printable, type Terminal, wrap } from "../terminal.ts";

const AT_ONCE = 1_000;

/** `headgate audit`: every decision and every write to the outside, oldest first; `--json`: one entry a line, for other logs. */
export async function auditCommand(
  options: { since?: string; json?: boolean; config?: string },
  terminal: Terminal,
): Promise<number> {
  const { since } = options;
  let [after, told] = [0, 0];
  for (;;) {
    const input = { after, limit: AT_ONCE, ...(since !== undefined && { since }) };
    const entries = await runCommand<AuditEntry[]>("audit", input, options);
    if (isFailure(entries)) return fail(entries.message, terminal);
    for (const entry of entries) print(entry, options.json === true, terminal);
    told += entries.length;
    const last = entries.at(-1);
    if (last === undefined || entries.length < AT_ONCE) break;
    after = last.id;
  }
  if (told === 0 && options.json !== true)
    terminal.out(`Nothing was decided or sent ${since === undefined ? "yet" : `since ${printable(since)}`}.`);
  return EXIT.done;
}

function print(entry: AuditEntry, json: boolean, terminal: Terminal): void {
  if (json) {
    terminal.out(JSON.stringify(entry));
    return;
  }
  const { at, kind, actor, project, upstream, candidate, data } = entry;
  const about = [project, upstream, candidate].filter((one) => one !== undefined).join(" ");
  const { verdict, action, state, key, url, reason, error } = data;
  const said = [verdict ?? action ?? state, key, url, reason, error].filter((one) => one !== undefined && one !== null);
  const line = `${moment(at)}  ${kind} by ${actor}${about === "" ? "" : `, ${about}`}: ${said.join("; ")}`;
  for (const wrapped of wrap(printable(line), terminal.width, "  ")) terminal.out(wrapped);
}
