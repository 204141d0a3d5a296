import type { Decision, HumanDecision } from "../../domain/bump.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import type { DecidedCandidate } from "../../flow/decide/record-human-decision.ts";
import { isFailure } from "../../lib/failure.ts";
import { day } from "../../views/time.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import { runCommand } from "../run-command.ts";
import { printable, type Terminal, wrap } from "../terminal.ts";
import { userName } from "../user-name.ts";

const NOW = { propose: "proposed", wait: "waiting", hold: "held", block: "blocked", skip: "skipped" } as const;

/** `headgate approve | hold | skip | reopen CANDIDATE`: records what a person decided, and says what follows from it. */
export async function decideCommand(
  action: HumanDecision["action"],
  candidate: string,
  options: { reason: string; until?: string; by?: string; config?: string },
  terminal: Terminal,
): Promise<number> {
  const by = options.by ?? userName();
  if (by === undefined) return fail('This user has no name on this machine. Say who decides: --by "name".', terminal);
  const { reason, until } = options;
  const input = { candidate, action, reason, by, ...(until !== undefined && { until }) };
  const made = await runCommand<DecidedCandidate>("decide", input, options);
  if (isFailure(made)) return fail(made.message, terminal);
  for (const sentence of sentences(made))
    for (const line of wrap(printable(sentence), terminal.width, "")) terminal.out(line);
  return EXIT.done;
}

function sentences({ id, upstream, version, said, decision, url }: DecidedCandidate): string[] {
  const what = `${upstreamLabel(upstream)} ${version}`;
  const verdict =
    decision === undefined
      ? `${what} is not the next step of its component any more; \`headgate plan\` lists what is.`
      : `${what} is now ${inWords(decision)}`;
  const pull =
    said.action === "hold" ? "stays open, and its status says that it is held" : "is closed at the next look";
  const stops = said.action === "hold" || said.action === "skip";
  return [
    `Recorded: ${verdict}`,
    ...(stops && url !== undefined ? [`Its pull request ${pull}: ${url}`] : []),
    ...(said.action === "reopen" ? [] : [`\`headgate reopen ${id} --reason "why"\` takes this back.`]),
  ];
}

function inWords({ verdict, until, reasons, by }: Decision): string {
  const end = until === undefined ? "" : ` until ${day(until)}`;
  // Where a person lifted a hold, what that person said is the reason, not the hold.
  const lifted = verdict === "propose" && by !== "policy";
  const first = (lifted ? reasons.find(({ rule }) => rule === "person") : undefined) ?? reasons[0];
  return `${NOW[verdict]}${end}. ${first?.summary ?? ""}`;
}
