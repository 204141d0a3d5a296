import { statSync } from "node:fs";
import { defaultPolicy, readConfig } from "../../config.ts";
import { type Instant, minuteOf, toInstant } from "../../domain/instant.ts";
import type { Policy } from "../../domain/policy.ts";
import { recordClone } from "../../flow/replay/record-clone.ts";
import { replayIncident } from "../../flow/replay/replay.ts";
import { readIncidents } from "../../flow/replay/replay-file.ts";
import type { ReplayedCandidate, ReplayOutcome } from "../../flow/replay/replay-outcome.ts";
import { type ReplaySummary, summarise } from "../../flow/replay/replay-summary.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import { readInput } from "../read-input.ts";
import { count, printable, say, type Terminal } from "../terminal.ts";

/** More time lines than somebody reads. */
const FEW = 10;

/** What may be said with `headgate replay`. */
export type ReplayOptions = {
  readonly json?: boolean;
  readonly all?: boolean;
  readonly record?: boolean;
  readonly since?: string;
  readonly config?: string;
};

/** `headgate replay FILE|CLONE…`: recorded releases and incidents against the policy, at each moment. Asks nobody. */
export async function replayCommand(
  files: readonly string[],
  options: ReplayOptions,
  terminal: Terminal,
): Promise<number> {
  const policy = policyOf(options.config);
  if (isFailure(policy)) return fail(policy.message, terminal);
  const since = options.since === undefined ? undefined : toInstant(options.since);
  if (options.since !== undefined && since === undefined)
    return fail(`--since wants a date such as 2026-01-31, not "${options.since}".`, terminal);
  const texts: { readonly file: string; readonly text: string }[] = [];
  for (const file of files) {
    const text = await textOf(file, since);
    if (isFailure(text)) return fail(text.message, terminal);
    texts.push({ file: file === "-" ? "standard input" : file, text });
  }
  if (options.record === true) {
    for (const { text } of texts) terminal.out(text.trim());
    return EXIT.done;
  }
  const replayed: ReplayedCandidate[] = [];
  for (const { file, text } of texts) {
    const incidents = readIncidents(text, file);
    if (isFailure(incidents)) return fail(incidents.message, terminal);
    replayed.push(...incidents.flatMap((incident) => replayIncident(incident, policy)));
  }
  if (replayed.length === 0) return fail("None of the candidates is among the releases.", terminal);
  const summary = summarise(replayed);
  if (options.json === true) terminal.out(JSON.stringify({ summary, replayed }, null, 2));
  else print(replayed, summary, options.all === true, terminal);
  return EXIT.done;
}

function policyOf(file: string | undefined): Policy | Failure {
  if (file === undefined) return defaultPolicy();
  const config = readConfig({ file });
  return isFailure(config) ? config : config.policy;
}

/** A folder is a clone: its tags become a record of releases. Anything else is such a record. */
async function textOf(file: string, since: Instant | undefined): Promise<string | Failure> {
  try {
    if (file === "-" || !statSync(file).isDirectory()) return readInput(file);
  } catch {
    return readInput(file);
  }
  const history = await recordClone(file, since);
  return isFailure(history) ? history : JSON.stringify(history);
}

function print(replayed: readonly ReplayedCandidate[], summary: ReplaySummary, all: boolean, terminal: Terminal): void {
  const shown = all || replayed.length <= FEW ? replayed : replayed.filter(isRemarkable).slice(0, 200);
  for (const one of shown) printOne(one, all || replayed.length <= FEW, terminal);
  const { incidents, others } = summary;
  if (incidents.total > 0) {
    const { hold, wait, missed } = incidents;
    terminal.out(`${count(incidents.total, "incident")}: ${hold} held or blocked, ${wait} waiting, ${missed} missed.`);
  }
  if (others.total > 0) {
    const rate = (100 * others.holdRate).toFixed(1);
    const delays = Object.entries(others.medianDelayDays).map(([kind, days]) => `${kind} ${days.toFixed(1)} days`);
    const median = delays.length === 0 ? "" : ` Median delay: ${delays.join(", ")}.`;
    const counted = count(others.total, "other release");
    const awhile = others.heldBack - others.hold;
    const released = awhile === 0 ? "" : `, ${awhile} held longer than it waits`;
    terminal.out(`${counted}: ${others.proposed} proposed, ${others.hold} held (${rate}%)${released}.${median}`);
    const held = Object.entries(others.heldBy).toSorted(([, a], [, b]) => b - a);
    if (held.length > 0) terminal.out(`Held by ${held.map(([rule, times]) => `${rule} ${times}`).join(", ")}.`);
  }
}

/** Of many, those are told that somebody will ask about. */
function isRemarkable({ outcome, publicAt }: ReplayedCandidate): boolean {
  return publicAt === undefined ? outcome === "hold" : outcome !== "hold";
}

const WORDS: Readonly<Record<ReplayOutcome, string>> = {
  hold: "held or blocked",
  wait: "kept back by waiting only",
  missed: "MISSED: proposed before it was public",
  proposed: "proposed",
};

function printOne(one: ReplayedCandidate, timeline: boolean, terminal: Terminal): void {
  const { name, candidate, outcome, publicAt, delayDays, rules } = one;
  const delay = delayDays === undefined ? "" : `, ${delayDays.toFixed(1)} days after publication`;
  terminal.out(terminal.style("bold", printable(`${name}  ${candidate}`)));
  const by = rules.length === 0 ? "" : ` by ${rules.join(", ")}`;
  say(
    `${WORDS[outcome]}${outcome === "hold" ? by : delay}${publicAt === undefined ? "" : `; public on ${minuteOf(publicAt)}`}`,
    terminal,
    "  ",
  );
  if (timeline) {
    for (const { at, decision } of one.timeline) {
      const until = decision.until === undefined ? "" : ` until ${minuteOf(decision.until)}`;
      terminal.out(`  ${minuteOf(at)}  ${decision.verdict}${until}`);
      for (const { level, rule, summary } of decision.reasons) say(`${level}, ${rule}: ${summary}`, terminal, "      ");
    }
  }
  terminal.out();
}
