import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../src/config.ts";
import { DAY, HOUR, type Instant, plus } from "../../src/domain/instant.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import { planAll } from "../../src/flow/plan/plan-all.ts";
import type { PlanReport, ReportCandidate } from "../../src/flow/plan/plan-report.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { createLog } from "../../src/lib/log.ts";
import { openFlow } from "../../src/service/open-flow.ts";
import { configFor, type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { type DemoWorld, demoWorld, lastNight, releaseDay } from "../demo/world.ts";
import { copyMigrated } from "./database.ts";

/** The demo's world on its last day, planned: some candidates are proposed, some wait. One store per test file. */
export type Suite = {
  readonly flow: FlowContext;
  readonly world: DemoWorld;
  readonly standIns: StandIns;
  readonly days: { now: Instant };
  /** The configuration's file, for commands; they need `GITHUB_TOKEN` = `world.token`, and the store closed. */
  readonly config: string;
  readonly plan: () => Promise<PlanReport>;
  /** The planned candidate that leads to a version. */
  readonly candidateTo: (version: string) => ReportCandidate;
  /** Gives the store back, so that a command can open it. */
  readonly closeStore: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Plays the demo's days by planning only: nothing is delivered. `watch` replaces the repository, for example `path: /folder`. `url`: a migrated database to use instead of an embedded store. */
export async function startSuite(watch?: string, more = "", url?: string): Promise<Suite> {
  const today = new Date().toISOString();
  const days = { now: plus(today, -13 * DAY) };
  const world = demoWorld(() => days.now);
  const standIns = await startStandIns(world);
  const data = mkdtempSync(join(tmpdir(), "headgate-suite-"));
  if (url === undefined) await copyMigrated(data);
  const file = join(data, "headgate.yaml");
  writeFileSync(file, configFor(standIns, data, watch, more));
  const config = readConfig({
    file,
    environment: { GITHUB_TOKEN: world.token, ...(url !== undefined && { DATABASE_URL: url }) },
  });
  if (isFailure(config)) throw config;
  const log = createLog({ json: true, level: "error", write: () => undefined });
  const opened = await openFlow(config, log, () => days.now);
  if (isFailure(opened)) throw opened;
  const plan = async () => {
    const reports = await planAll(opened.flow, {});
    if (isFailure(reports)) throw reports;
    const [report] = reports;
    if (report === undefined) throw new Error("nothing is watched");
    return report;
  };
  await plan();
  days.now = plus(today, -12 * DAY);
  releaseDay(world, days.now);
  days.now = plus(days.now, HOUR);
  await plan();
  days.now = today;
  lastNight(world, days.now);
  let latest = await plan();
  let open = true;
  const closeStore = async () => {
    if (open) await opened.close();
    open = false;
  };
  return {
    flow: opened.flow,
    world,
    standIns,
    days,
    config: file,
    plan: async () => {
      latest = await plan();
      return latest;
    },
    candidateTo: (version) => {
      const found = latest.candidates.find((one) => one.to === version);
      if (found === undefined) throw new Error(`no candidate leads to ${version}`);
      return found;
    },
    closeStore,
    close: async () => {
      await closeStore();
      await standIns.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
