import { upstreamLabel } from "../../domain/upstream.ts";
import type { RecordedVouch } from "../../flow/trust/record-vouch.ts";
import { isFailure } from "../../lib/failure.ts";
import { day } from "../../views/time.ts";
import { trustPhrase } from "../../views/words.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import { runCommand } from "../run-command.ts";
import { printable, type Terminal, wrap } from "../terminal.ts";

/** `headgate vouch UPSTREAM`: records a relationship of trust, and says what trust follows from it. */
export async function vouchCommand(
  upstream: string,
  options: { by: string; reason: string; points: string; until?: string; config?: string },
  terminal: Terminal,
): Promise<number> {
  const { by, reason, until } = options;
  const points = /^\d{1,2}(\.\d{1,2})?$/.test(options.points) ? Number(options.points) : Number.NaN;
  if (!(points <= 10)) return fail(`--points "${options.points}" is not a number from 0 to 10.`, terminal);
  const input = { upstream, by, reason, points, ...(until !== undefined && { until }) };
  const recorded = await runCommand<RecordedVouch>("vouch", input, options);
  if (isFailure(recorded)) return fail(recorded.message, terminal);
  const { vouch, score } = recorded;
  const end = vouch.until === undefined ? "" : `, until ${day(vouch.until)}`;
  const given = Math.round(vouch.points * 100) / 10;
  const sentence = `${vouch.by} vouches for ${upstreamLabel(vouch.upstream)} with ${given} of 10${end}. Trust is now: ${trustPhrase(score)}.`;
  for (const line of wrap(printable(sentence), terminal.width, "")) terminal.out(line);
  return EXIT.done;
}
