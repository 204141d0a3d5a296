import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../src/config.ts";
import { DAY, HOUR, type Instant, plus } from "../../src/domain/instant.ts";
import { planAll } from "../../src/flow/plan-all.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { createLog } from "../../src/lib/log.ts";
import { openFlow } from "../../src/service/open-flow.ts";
import { configFor, type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { type DemoWorld, demoWorld, lastNight, releaseDay } from "../demo/world.ts";
import { startPostgres } from "../support/services.ts";
import { type CutProxy, startCutProxy } from "./cut-proxy.ts";
import { type Outcome, readOutcome } from "./outcome.ts";
import { type Admin, openAdmin } from "./postgres-admin.ts";
import { type Tap, watchPoints } from "./watch-points.ts";

/** What came of a run, and the points that its first process passed. The last one is where it was killed. */
type Run = { readonly outcome: Outcome; readonly points: readonly string[] };

/** Delivers in a process that is killed at a point, counted from 1 (or never), and recovers in another one. */
export type Lab = { readonly run: (killAt: number | undefined) => Promise<Run>; readonly close: () => Promise<void> };

/** A database server with a store in which everything is planned and nothing delivered: each run gets a copy of it. */
export async function openLab(): Promise<Lab> {
  const today = new Date().toISOString();
  const folder = mkdtempSync(join(tmpdir(), "headgate-kills-"));
  const postgres = await startPostgres();
  const admin = await openAdmin(postgres.url);
  await prepare(admin, postgres.url, folder, today);
  let runs = 0;
  return {
    run: async (killAt) => {
      const name = `run_${runs++}`;
      await admin.copy("prepared", name);
      const world = worldOf(today);
      const standIns = await startStandIns(world);
      const watch = watchPoints(killAt);
      const proxies = await startProxies(standIns, postgres.url, watch.tap);
      const file = join(folder, `${name}.yaml`);
      writeFileSync(file, configOf(proxies.standIns, join(folder, name)));
      const environment = {
        GITHUB_TOKEN: world.token,
        DATABASE_URL: proxies.databaseUrl(name),
        NODE_COMPILE_CACHE: join(folder, "compiled"),
      };
      await deliverAt([today], file, environment, watch.aim);
      const points = watch.stop();
      // a process that was killed leaves what it claimed for a while
      await deliverAt([plus(today, HOUR), plus(today, 2 * HOUR)], file, environment, () => undefined);
      const decisions = await admin.count(name, "headgate.decisions");
      const outcome = { ...readOutcome(world, standIns.smtp), decisions };
      await Promise.all([proxies.close(), standIns.close()]);
      await admin.drop(name);
      return { outcome, points };
    },
    close: async () => {
      await admin.close();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Two recipients, since each is to have exactly one letter. */
function configOf(standIns: StandIns, data: string): string {
  return configFor(standIns, data).replace("[maintainers@example.org]", "[ann@example.org, bob@example.org]");
}

/** Plays the demo's days by planning only, into the store that every run starts from. */
async function prepare(admin: Admin, server: string, folder: string, today: Instant): Promise<void> {
  await admin.create("prepared");
  const days = { now: plus(today, -13 * DAY) };
  const world = demoWorld(() => days.now);
  const standIns = await startStandIns(world);
  const file = join(folder, "prepare.yaml");
  writeFileSync(file, configOf(standIns, join(folder, "prepare")));
  const environment = { GITHUB_TOKEN: world.token, DATABASE_URL: databaseOf(server, "prepared") };
  const config = readConfig({ file, environment });
  if (isFailure(config)) throw config;
  const log = createLog({ json: true, level: "error", write: () => undefined });
  const opened = await openFlow(config, log, () => days.now);
  if (isFailure(opened)) throw opened;
  await planAll(opened.flow, {});
  days.now = plus(today, -12 * DAY);
  releaseDay(world, days.now);
  days.now = plus(days.now, HOUR);
  await planAll(opened.flow, {});
  days.now = today;
  lastNight(world, days.now);
  await planAll(opened.flow, {});
  await opened.close();
  await standIns.close();
}

/** The same world as it was prepared with, with nothing delivered in it. */
function worldOf(today: Instant): DemoWorld {
  const days = { now: plus(today, -13 * DAY) };
  const world = demoWorld(() => days.now);
  days.now = plus(today, -12 * DAY);
  releaseDay(world, days.now);
  days.now = today;
  lastNight(world, days.now);
  return world;
}

async function startProxies(standIns: StandIns, server: string, tap: Tap) {
  const before = (service: string, url: string) =>
    startCutProxy(Number(new URL(url).port), (direction, data) => tap(service, direction, data));
  const [github, smtp, database] = await Promise.all([
    before("github", standIns.github.url),
    before("mail", standIns.smtp.url),
    before("database", server),
  ]);
  const at = <S extends { readonly url: string }>(standIn: S, proxy: CutProxy): S => ({
    ...standIn,
    url: standIn.url.replace(/:\d+$/, `:${proxy.port}`),
  });
  return {
    standIns: { ...standIns, github: at(standIns.github, github), smtp: at(standIns.smtp, smtp) },
    databaseUrl: (name: string) => databaseOf(server.replace(/:\d+\//, `:${database.port}/`), name),
    close: async () => void (await Promise.all([github.close(), smtp.close(), database.close()])),
  };
}

function databaseOf(server: string, name: string): string {
  return server.replace(/\/[^/]*$/, `/${name}`);
}

/** Ends when the process ends, however it ends. */
function deliverAt(
  moments: readonly Instant[],
  file: string,
  environment: Readonly<Record<string, string>>,
  aim: (kill: () => void) => void,
): Promise<void> {
  const entry = join(import.meta.dirname, "deliver-once.ts");
  const env = { PATH: process.env.PATH ?? "", ...environment };
  const child = spawn(process.execPath, [entry, file, ...moments], { env, stdio: ["ignore", "ignore", "pipe"] });
  aim(() => void child.kill("SIGKILL"));
  let said = "";
  child.stderr.on("data", (data) => {
    said += data;
  });
  return new Promise((resolve, reject) => {
    child.once("close", (code, signal) =>
      signal === "SIGKILL" || code === 0 ? resolve() : reject(new Error(`delivering ended with ${code}: ${said}`)),
    );
  });
}
