import type { TrustCard } from "../../domain/digest.ts";
import { INSUFFICIENT_COVERAGE, NOT_ASKED, shownScore } from "../../domain/trust.ts";
import type { ExplainedRelease, Explanation } from "../../flow/trust/explain-upstream.ts";
import { isFailure } from "../../lib/failure.ts";
import { moment, relative } from "../../views/time.ts";
import { trustCardText } from "../../views/trust-card.ts";
import { trustCardMarkdown } from "../../views/trust-card-markdown.ts";
import { shortVersion } from "../../views/words.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import { runCommand } from "../run-command.ts";
import { printable, say, type Terminal, wrap } from "../terminal.ts";

/** `headgate explain UPSTREAM[@VERSION]`: everything that is known of its trust, and what is not. */
export async function explainCommand(
  upstream: string,
  options: { ask?: boolean; json?: boolean; format?: "text" | "markdown" | "json"; config?: string },
  terminal: Terminal,
): Promise<number> {
  const format = options.json === true ? "json" : (options.format ?? "text");
  const input = { upstream, ...(options.ask === true && { ask: true }) };
  const explained = await runCommand<Explanation>("explain", input, options);
  if (isFailure(explained)) return fail(explained.message, terminal);
  if (format === "json") terminal.out(JSON.stringify(toJson(explained), null, 2));
  else if (format === "markdown") terminal.out(trustCardMarkdown(cardOf(explained), explained.at).trimEnd());
  else print(explained, terminal);
  return explained.unknown.length > 0 ? EXIT.incomplete : EXIT.done;
}

/** As people's scripts read it: below half coverage there is no number, here neither. */
function toJson({ score, ...rest }: Explanation): unknown {
  return { ...rest, score: shownScore(score) };
}

/** Below half coverage no heading has a number either. */
function cardOf({ upstream, score, release, weights }: Explanation): TrustCard {
  const shown = score.coverage >= INSUFFICIENT_COVERAGE ? score : { ...score, dimensions: [] };
  return { upstream, score: shown, checks: release?.checks ?? [], weights };
}

function print(explained: Explanation, terminal: Terminal): void {
  const { score, release, candidates, unknown, lastPolledAt, at } = explained;
  const enough = score.coverage >= INSUFFICIENT_COVERAGE;
  const card = trustCardText(cardOf(explained), at);
  for (const line of card.trimEnd().split("\n")) terminal.out(printable(line));
  terminal.out();
  const known = `${Math.round(score.coverage * 100)}%`;
  say(
    enough
      ? `${known} of what is asked, by weight, is known. Trust lengthens waits; it never shortens one or lifts a hold.`
      : `Only ${known} of what is asked, by weight, is known: too little for a number.`,
    terminal,
  );
  if (release === undefined) say("No version of it is known yet.", terminal);
  else for (const sentence of aboutRelease(release)) say(sentence, terminal);
  if (lastPolledAt !== undefined)
    say(`Upstream was asked on ${moment(lastPolledAt)}, ${relative(lastPolledAt, at)}.`, terminal);
  const moves = candidates.map(({ id, project, from, to, state }) => {
    const versions = [from.map(shortVersion).join(", "), shortVersion(to)].filter((text) => text !== "").join(" → ");
    return `${id}  ${versions}  in ${project}: ${STATES[state]}`;
  });
  list("Candidates", moves, terminal);
  list("Not known", unknown, terminal);
  if (score.findings.some(({ reason }) => reason === NOT_ASKED))
    say("What was not asked yet is asked in the background by the daemon; --ask asks now.", terminal);
}

/** Where a candidate stands, as people are told. */
const STATES: Readonly<Record<Explanation["candidates"][number]["state"], string>> = {
  seen: "to be proposed",
  waiting: "waiting",
  held: "held",
  blocked: "blocked",
  proposed: "proposed",
  merged: "merged",
  closed: "its pull request was closed",
  superseded: "superseded by a newer version",
  skipped: "skipped",
  withdrawn: "withdrawn",
};

function list(heading: string, rows: readonly string[], terminal: Terminal): void {
  if (rows.length === 0) return;
  terminal.out(`\n${terminal.style("bold", heading)}`);
  for (const row of rows) for (const line of wrap(printable(row), terminal.width, "  ")) terminal.out(line);
}

function aboutRelease(release: ExplainedRelease): string[] {
  const { version, tag, state, publishedAt, publishedBy, checkedAt } = release;
  const clock = publishedBy === "registry" ? "by the registry's clock" : "as its publisher says";
  const published = publishedAt === undefined ? "" : `; published on ${moment(publishedAt)}, ${clock}`;
  const content = Object.entries(release.content).slice(0, 3);
  const named = content.map(([part, value]) => `${part} ${shortVersion(value)}`).join(", ");
  return [
    `The checks are of ${version}${tag === version ? "" : ` (tag ${tag})`}, ${state}, first seen on ${moment(release.firstSeenAt)}${release.baseline ? " with the first look at this upstream" : ""}${published}.`,
    ...(checkedAt === undefined ? [] : [`They were made for the decision of ${moment(checkedAt)}.`]),
    ...(named === "" ? [] : [`Its content: ${named}, seen since ${moment(release.contentFirstSeenAt)}.`]),
  ];
}
