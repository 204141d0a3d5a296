import { upstreamLabel } from "../../domain/upstream.ts";
import type { ExplainedRules } from "../../flow/plan/explain-rules.ts";
import { formatDuration } from "../../lib/config/duration.ts";
import { isFailure } from "../../lib/failure.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import { runCommand } from "../run-command.ts";
import { printable, type Terminal, wrap } from "../terminal.ts";

/** `headgate plan --explain CANDIDATE`: every rule that matches a candidate, what it says, and what of that counts. */
export async function explainRulesCommand(
  candidate: string,
  options: { config?: string; json?: boolean },
  terminal: Terminal,
): Promise<number> {
  const explained = await runCommand<ExplainedRules>("explain-rules", { candidate }, options);
  if (isFailure(explained)) return fail(explained.message, terminal);
  if (options.json === true) terminal.out(JSON.stringify(explained, null, 2));
  else print(explained, terminal);
  return EXIT.done;
}

function print({ upstream, from, to, project, ...explained }: ExplainedRules, terminal: Terminal): void {
  const { decision, matching } = explained;
  const say = (text: string, indent = "") => {
    for (const line of wrap(printable(text), terminal.width, indent)) terminal.out(line);
  };
  say(`${upstreamLabel(upstream)} ${from.join(", ")} → ${to} in ${project} (${explained.id})`);
  if (decision !== undefined) say(`${decision.verdict}: ${decision.reasons.map((one) => one.summary).join(" ")}`, "  ");
  say(`Wait asked for: ${formatDuration(explained.wait)}, before trust lengthens it.`, "  ");
  if (matching.length === 0) say(`None of ${explained.rules} rules matches: the policy's defaults count.`, "  ");
  for (const { number, match, says, overruled } of matching) {
    terminal.out(terminal.style("bold", `  rule ${number}`));
    say(`matches ${inWords(match)}`, "    ");
    for (const [field, value] of Object.entries(says)) {
      const counts = overruled.includes(field) ? "; a later rule says otherwise" : "";
      say(`${field}: ${field === "wait" ? formatDuration(Number(value)) : JSON.stringify(value)}${counts}`, "    ");
    }
  }
}

function inWords(match: object): string {
  const parts = Object.entries(match).map(([field, value]) => `${field} ${value}`);
  return parts.length === 0 ? "everything" : parts.join(", ");
}
