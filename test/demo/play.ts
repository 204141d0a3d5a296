import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import PostalMime from "postal-mime";
import { readConfig } from "../../src/config.ts";
import { standingAlerts } from "../../src/db/deliveries/alerts.ts";
import type { Alert } from "../../src/domain/bump.ts";
import { DAY, type Instant, plus } from "../../src/domain/instant.ts";
import { upstreamLabel } from "../../src/domain/upstream.ts";
import { type CycleSummary, runCycle } from "../../src/flow/run-cycle.ts";
import { type Failure, isFailure } from "../../src/lib/failure.ts";
import { createLog } from "../../src/lib/log.ts";
import { openFlow } from "../../src/service/open-flow.ts";
import { findRepository } from "../upstreams/github/world.ts";
import type { StandIns } from "./stand-ins.ts";
import { carefulPast, nightOfTrouble } from "./trouble.ts";
import { type DemoWorld, releaseDay } from "./world.ts";

/** What the demo plays with. `days.now` is the clock of everybody; `tell` prints a line. */
export type Stage = {
  readonly world: DemoWorld;
  readonly standIns: StandIns;
  readonly config: string;
  readonly output: string;
  readonly days: { now: Instant };
  readonly today: Instant;
  readonly tell: (line: string, heading?: boolean) => void;
};

/** Thirteen days of a watched repository: the first look, the day upstream releases, and today. */
export async function playDemo(stage: Stage): Promise<"played" | Failure> {
  const { world, standIns, days, today, tell } = stage;
  const config = readConfig({ file: join(stage.output, "headgate.yaml"), environment: { GITHUB_TOKEN: world.token } });
  if (isFailure(config)) return config;
  days.now = plus(today, -13 * DAY);
  carefulPast(world, days.now);
  tell("Opening the embedded store …");
  const log = createLog({ json: false, level: "error", write: (line) => void process.stderr.write(line) });
  const opened = await openFlow(config, log, () => days.now);
  if (isFailure(opened)) return opened;
  try {
    tell("\nThirteen days ago: the first look", true);
    tellCycle(stage, await runCycle(opened.flow));
    days.now = plus(today, -12 * DAY);
    releaseDay(world, days.now);
    days.now = plus(today, -12 * DAY + 3_600_000);
    tell("\nTwelve days ago: upstream released, and an advisory came out", true);
    tellCycle(stage, await runCycle(opened.flow));
    days.now = today;
    nightOfTrouble(world, days.now);
    tell("\nToday: last night somebody used a stolen token, and somebody replaced a file", true);
    tellCycle(stage, await runCycle(opened.flow));
    tellAlerts(stage, await standingAlerts(opened.flow.db));
    tell("\nToday, once more: nothing may be sent twice", true);
    tellAgain(stage, await runCycle(opened.flow));
  } finally {
    await opened.close();
  }
  await writeOutput(stage);
  tell(`\nAsked in all: ${requestsOf(standIns)}.`);
  return "played";
}

function tellCycle({ tell }: Stage, summary: CycleSummary): void {
  const [project] = summary.projects;
  if (project === undefined) return;
  const { plan, deliveries } = project;
  tell(
    `  ${plan.components.length} components found without an annotation; ${summary.polled} upstreams asked${summary.failed.length === 0 ? "" : `, ${summary.failed.length} did not answer`}.`,
  );
  for (const { candidate, decision } of plan.planned) {
    const until = decision.until === undefined ? "" : ` until ${decision.until.slice(0, 10)}`;
    const places = candidate.component.pins.length;
    const why = decision.reasons.find((reason) => reason.rule === "security-fix") ?? decision.reasons[0];
    tell(
      `  ${decision.verdict}${until}: ${upstreamLabel(candidate.to.upstream)} ${candidate.from.join(", ")} → ${candidate.to.version} in ${places} ${places === 1 ? "place" : "places"}`,
    );
    tell(`      ${why?.summary ?? ""}`);
  }
  for (const made of deliveries) tell(`  ${made.channel} ${made.state}: ${made.url ?? made.error ?? ""}`);
  tell(`  ${summary.digest.summary}`);
}

function tellAlerts({ tell }: Stage, alerts: readonly Alert[]): void {
  for (const { summary, next } of alerts) {
    tell(`  alarm: ${summary}`);
    tell(`      ${next}`);
  }
}

/** The same cycle once more has nothing to say but that. */
function tellAgain({ tell }: Stage, { projects, digest }: CycleSummary): void {
  const made = projects.flatMap(({ deliveries }) => deliveries);
  const unchanged = made.filter(({ state }) => state === "unchanged").length;
  const others = made.filter(({ state }) => state !== "unchanged");
  tell(`  ${unchanged} pull requests are as they were; ${others.length} were written.`);
  tell(`  ${digest.summary}`);
}

/** What was really sent, as the other side has it: pull request bodies from the forge, digests from the mail server. */
async function writeOutput({ world, standIns, output, tell }: Stage): Promise<void> {
  const pulls = findRepository(world.github, "harbourlights", "suite")?.pullRequests ?? [];
  tell("\nWritten for you to open:", true);
  for (const pull of pulls) {
    const file = join(output, `pull-request-${pull.number}.md`);
    writeFileSync(file, `# ${pull.title}\n\n${pull.body}\n`);
    tell(`  ${relative(process.cwd(), file)}   #${pull.number} ${pull.title}`);
  }
  const counted = { digest: 0, alarm: 0 };
  for (const message of standIns.smtp.messages) {
    const mail = await PostalMime.parse(message.raw);
    const kind = /: \d+ updates?\b/.test(mail.subject ?? "") ? "digest" : "alarm";
    counted[kind] += 1;
    const name = `${kind}-${counted[kind]}`;
    const file = join(output, `${name}.html`);
    writeFileSync(file, mail.html ?? "");
    writeFileSync(join(output, `${name}.txt`), mail.text ?? "");
    tell(`  ${relative(process.cwd(), file)}   ${mail.subject}`);
  }
}

function requestsOf(standIns: StandIns): string {
  const { github, pypi, hub, other, osv } = standIns;
  const counted = { GitHub: github, PyPI: pypi, "Docker Hub": hub, "another registry": other, OSV: osv };
  return Object.entries(counted)
    .map(([name, { requests }]) => `${name} ${requests.length}`)
    .join(", ");
}
