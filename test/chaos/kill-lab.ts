import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../src/config.ts";
import { DAY, HOUR, type Instant, plus } from "../../src/domain/instant.ts";
import { FORGE_IDS, type ForgeId } from "../../src/domain/project.ts";
import { planAll } from "../../src/flow/plan/plan-all.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { FORGES } from "../../src/lib/forge/forges.ts";
import { createLog } from "../../src/lib/log.ts";
import { openFlow } from "../../src/service/open-flow.ts";
import { configFor, type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { type DemoWorld, demoWorld, lastNight, releaseDay, WATCHED } from "../demo/world.ts";
import { COMPILED, NODE_FLAGS } from "../support/node.ts";
import { startPostgres } from "../support/services.ts";
import {
  closePullRequest,
  commentOn,
  labelPullRequest,
  mergePullRequest,
  reopenPullRequest,
} from "../upstreams/github/builders.ts";
import { findRepository } from "../upstreams/github/world.ts";
import { type Receiver, startReceiver } from "../upstreams/receiver.ts";
import { type CutProxy, startCutProxy } from "./cut-proxy.ts";
import { deliverMoments } from "./deliver-moments.ts";
import { type Outcome, readOutcome } from "./outcome.ts";
import { type Admin, openAdmin } from "./postgres-admin.ts";
import { type Tap, watchPoints } from "./watch-points.ts";

/** What came of a run, and the points that its first process passed. The last one is where it was killed. */
type Run = { readonly outcome: Outcome; readonly points: readonly string[] };

/**
 * What the process that is killed has to do: `opening`, to deliver what was planned; `answering`, to read what people did
 * with that in the meantime, and act on it.
 */
export type Stage = "opening" | "answering";

/** Delivers in a process that is killed at a point, counted from 1 (or never), and recovers in another one. */
export type Lab = {
  readonly run: (killAt: number | undefined, stage?: Stage) => Promise<Run>;
  readonly close: () => Promise<void>;
};

const ignore = () => undefined;

/**
 * A database server with a store in which everything is planned and nothing delivered: each run gets a copy of it.
 * `forge`: the one that is delivered to, whose stand-in shows the same world.
 */
export async function openLab(forge: ForgeId = "github"): Promise<Lab> {
  const today = new Date().toISOString();
  const folder = mkdtempSync(join(tmpdir(), "headgate-kills-"));
  const postgres = await startPostgres();
  const admin = await openAdmin(postgres.url);
  await admin.hurry();
  await prepare({ admin, server: postgres.url, folder, today, forge });
  let runs = 0;
  return {
    run: async (killAt, stage = "opening") => {
      const name = `run_${runs++}`;
      await admin.copy("prepared", name);
      const world = worldOf(today);
      const [standIns, receiver] = await Promise.all([startStandIns(world), startReceiver()]);
      const watch = watchPoints(killAt);
      const early = stage === "answering";
      let watching = !early;
      const proxies = await startProxies(
        { ...standIns, receiver },
        { server: postgres.url, forge },
        (...seen) => !watching || watch.tap(...seen),
      );
      const file = join(folder, `${name}.yaml`);
      writeFileSync(file, configOf({ ...proxies, data: join(folder, name), forge }));
      const environment = {
        ...tokensOf(world),
        DATABASE_URL: proxies.databaseUrl(name),
        WEBHOOK_SECRET: "of no use to anybody",
        NODE_COMPILE_CACHE: join(folder, "compiled"),
      };
      if (early) {
        await deliverMoments({ file, environment }, [today], ignore);
        closePullRequest(...about(world, "requests"), "maintainer");
        await deliverMoments({ file, environment }, [plus(today, HOUR / 6)], ignore);
        react(world);
        watching = true;
      }
      const start = early ? plus(today, HOUR) : today;
      await deliverInProcess(start, file, environment, watch.aim);
      const points = watch.stop();
      // a process that was killed leaves what it claimed for a while; this one is warm, which every run gains from
      await deliverMoments({ file, environment }, [plus(start, HOUR), plus(start, 2 * HOUR)], ignore);
      const decisions = await admin.count(name, "headgate.decisions");
      const outcome = { ...readOutcome(world, standIns.smtp, receiver), decisions };
      await Promise.all([proxies.close(), standIns.close(), receiver.close()]);
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

/** Two recipients, since each is to have exactly one letter, and a program. */
function configOf({ standIns, hook, data, forge }: Written): string {
  const events = "[digest, notice, pull-request]";
  return configFor(standIns, data, `repository: ${WATCHED}\n    forge: ${forge}`)
    .replace("[maintainers@example.org]", "[ann@example.org, bob@example.org]")
    .replace(
      "pull-request: {}\n",
      `pull-request: {}\n  webhook: { hooks: [{ name: ops, url: "${hook}", secret-from: WEBHOOK_SECRET, events: ${events} }] }\n`,
    )
    .replace("allow-private: [", `allow-private: ["${new URL(hook).host}", `);
}

type Written = {
  readonly standIns: StandIns;
  readonly hook: string;
  readonly data: string;
  readonly forge: ForgeId;
};

/** One account everywhere; upstreams on GitHub are read, wherever the project is. */
function tokensOf({ token }: DemoWorld): Record<string, string> {
  return Object.fromEntries(FORGE_IDS.map((id) => [FORGES[id].profile.without.variable, token]));
}

/** What people do with what was opened: one opens again what was closed, and holds it by a comment; one skips by a label, one closes, one merges. */
function react(world: DemoWorld): void {
  reopenPullRequest(...about(world, "requests"), "maintainer");
  commentOn(...about(world, "requests"), "/headgate hold the tests fail");
  labelPullRequest(...about(world, "pilot"), { name: "headgate:skip" });
  closePullRequest(...about(world, "checkout"), "maintainer");
  mergePullRequest(...about(world, "jinja2"), "maintainer");
}

function about({ github }: DemoWorld, word: string) {
  const [owner = "", name = ""] = WATCHED.split("/");
  const repository = findRepository(github, owner, name);
  const pull = repository?.pullRequests.find(({ title }) => title.includes(word));
  if (repository === undefined || pull === undefined) throw new Error(`no pull request is about ${word}`);
  return [github, repository, pull.number] as const;
}

/** Plays the demo's days by planning only, into the store that every run starts from. */
async function prepare({ admin, server, folder, today, forge }: Preparing): Promise<void> {
  await admin.create("prepared");
  const days = { now: plus(today, -13 * DAY) };
  const world = firstWorld(days);
  const standIns = await startStandIns(world);
  const file = join(folder, "prepare.yaml");
  writeFileSync(file, configOf({ standIns, hook: "http://127.0.0.1:1/", data: join(folder, "prepare"), forge }));
  const secrets = { ...tokensOf(world), WEBHOOK_SECRET: "of no use to anybody" };
  const environment = { ...secrets, DATABASE_URL: databaseOf(server, "prepared") };
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

type Preparing = {
  readonly admin: Admin;
  readonly server: string;
  readonly folder: string;
  readonly today: Instant;
  readonly forge: ForgeId;
};

/** Our account is an administrator of what is watched: some forges tell nobody else who may write. */
function firstWorld(days: { readonly now: Instant }): DemoWorld {
  const world = demoWorld(() => days.now);
  const [owner = "", name = ""] = WATCHED.split("/");
  const repository = findRepository(world.github, owner, name);
  if (repository === undefined) throw new Error("the watched repository is gone");
  Object.assign(repository.collaborators, { "headgate-user": "admin" });
  return world;
}

/** The same world as it was prepared with, with nothing delivered in it. */
function worldOf(today: Instant): DemoWorld {
  const days = { now: plus(today, -13 * DAY) };
  const world = firstWorld(days);
  days.now = plus(today, -12 * DAY);
  releaseDay(world, days.now);
  days.now = today;
  lastNight(world, days.now);
  return world;
}

async function startProxies(
  { receiver, ...standIns }: StandIns & { readonly receiver: Receiver },
  { server, forge }: { readonly server: string; readonly forge: ForgeId },
  tap: Tap,
) {
  const before = (service: string, url: string) =>
    startCutProxy(Number(new URL(url).port), (direction, data) => tap(service, direction, data));
  const [writing, smtp, hook, database] = await Promise.all([
    before(forge, standIns[forge].url),
    before("mail", standIns.smtp.url),
    before("hook", receiver.url),
    before("database", server),
  ]);
  const at = <S extends { readonly url: string }>(standIn: S, proxy: CutProxy): S => ({
    ...standIn,
    url: standIn.url.replace(/:\d+$/, `:${proxy.port}`),
  });
  return {
    standIns: { ...standIns, [forge]: at(standIns[forge], writing), smtp: at(standIns.smtp, smtp) },
    databaseUrl: (name: string) => databaseOf(server.replace(/:\d+\//, `:${database.port}/`), name),
    hook: `http://127.0.0.1:${hook.port}/`,
    close: async () => void (await Promise.all([writing, smtp, hook, database].map((proxy) => proxy.close()))),
  };
}

function databaseOf(server: string, name: string): string {
  return server.replace(/\/[^/]*$/, `/${name}`);
}

/** Delivers in a process of its own, which `aim` is told how to kill. Ends when the process ends, however it ends. */
function deliverInProcess(
  moment: Instant,
  file: string,
  environment: Readonly<Record<string, string>>,
  aim: (kill: () => void) => void,
): Promise<void> {
  const entry = join(import.meta.dirname, "deliver-once.ts");
  const env = { PATH: process.env.PATH ?? "", ...COMPILED, ...environment };
  const child = spawn(process.execPath, [...NODE_FLAGS, entry, file, moment], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
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
