import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import pg from "pg";
import { readConfig } from "../../../src/config.ts";
import { HOUR, type Instant, plus } from "../../../src/domain/instant.ts";
import type { PassedRelease } from "../../../src/domain/release.ts";
import { planProject } from "../../../src/flow/plan/plan-project.ts";
import type { ProjectPlan } from "../../../src/flow/plan/planned.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { createLog } from "../../../src/lib/log.ts";
import { openFlow } from "../../../src/service/open-flow.ts";

/** One plan. Seconds of wall and of CPU (user and system), bytes of memory at most so far, statements sent to the store. */
export type PlanFigures = {
  readonly wall: number;
  readonly cpu: number;
  readonly peak: number;
  readonly queries: number;
  readonly candidates: number;
  readonly verdicts: Readonly<Record<string, number>>;
  /** A hash of all that the plan says: whoever changes how it is made sees whether anything else changed. */
  readonly outcome: string;
};

/** What the planner can be told: to plan, now or an hour after the last plan, or to end. */
export type PlanOrder = "plan" | "plan-later" | "stop";

/** Headgate in a process of its own: `node planner.ts CONFIG NOW`. It plans its project whenever it is asked. */
async function main([file = "", now = ""]: readonly string[]): Promise<void> {
  const config = readConfig({ file });
  if (isFailure(config)) throw config;
  const queries = countQueries();
  const days: { now: Instant } = { now };
  const log = createLog({ json: false, level: "error", write: (line) => void process.stderr.write(line) });
  const opened = await openFlow(config, log, () => days.now);
  if (isFailure(opened)) throw opened;
  const { flow, close } = opened;
  const [project] = flow.projects;
  if (project === undefined) throw new Error("nothing is watched");
  const watched = project;

  async function plan(): Promise<PlanFigures> {
    queries.count = 0;
    const begun = performance.now();
    const before = process.cpuUsage();
    const whole = await planProject(flow, watched);
    const { planned } = whole;
    const { user, system } = process.cpuUsage(before);
    const wall = (performance.now() - begun) / 1_000;
    const verdicts = Map.groupBy(planned, ({ decision }) => decision.verdict);
    return {
      ...{ wall, cpu: (user + system) / 1e6, peak: peakMemory(), queries: queries.count, candidates: planned.length },
      verdicts: Object.fromEntries([...verdicts].map(([verdict, all]) => [verdict, all.length])),
      outcome: outcomeOf(whole),
    };
  }

  process.on("message", (order: PlanOrder) => {
    if (order === "stop") return void close().then(() => process.disconnect?.());
    if (order === "plan-later") days.now = plus(days.now, HOUR);
    void plan().then((figures) => process.send?.(figures));
  });
  process.send?.("ready");
}

/** The same for plans that say the same, in whatever order their parts were put together. */
function outcomeOf(plan: ProjectPlan): string {
  const sorted = (_key: string, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  const { planned, ...rest } = plan;
  const told = ({ version, tag, notes, notesUrl, publishedAt, state }: PassedRelease) =>
    JSON.stringify({ version, tag, notes, notesUrl, publishedAt, state });
  const hash = createHash("sha256").update(JSON.stringify(rest, sorted));
  for (const { candidate, ...one } of planned)
    hash.update(JSON.stringify({ ...one, candidate: { ...candidate, between: candidate.between.map(told) } }, sorted)); // one by one: all of it as one text would be the peak
  return hash.digest("hex").slice(0, 16);
}

/** Counts what the driver sends, whoever asked for it. */
function countQueries(): { count: number } {
  const queries = { count: 0 };
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
    queries.count++;
    return Reflect.apply(query, this, args);
  } as typeof query;
  return queries;
}

function peakMemory(): number {
  const [, kilobytes = "0"] = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

await main(process.argv.slice(2));
