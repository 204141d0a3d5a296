import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../src/config.ts";
import { DAY, HOUR, type Instant, plus } from "../../src/domain/instant.ts";
import { planAll } from "../../src/flow/plan-all.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { createLog } from "../../src/lib/log.ts";
import { openFlow } from "../../src/service.ts";
import { configFor, type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { type DemoWorld, demoWorld, lastNight, releaseDay, WATCHED } from "../demo/world.ts";
import { startPostgres } from "../support/services.ts";
import { findRepository, history } from "../upstreams/github/world.ts";
import { type CutProxy, type Direction, startCutProxy } from "./cut-proxy.ts";
import { type Admin, openAdmin } from "./postgres-admin.ts";

/**
 * `npm run kills [-- --every N --from POINT]`: kills a process that delivers, before and after each request to the forge, each step
 * of the mail session and each write to the database, one point per run; lets another process recover; and counts what
 * exists then. The points are those that a run without a kill passes, every one of them or every N-th.
 */
async function main(every: number, from: number): Promise<void> {
  const lab = await openLab();
  try {
    const clean = await lab.run(undefined);
    console.log(`${clean.points} points in a run without a kill: ${inWords(clean.outcome)}`);
    let wrong = 0;
    let killed = 0;
    for (let point = from; point <= clean.points; point += every) {
      const { outcome, at } = await lab.run(point);
      killed++;
      const problems = differences(clean.outcome, outcome, at);
      if (problems.length === 0) continue;
      wrong++;
      console.log(`killed at ${point} (${at}): ${problems.join("; ")}`);
    }
    console.log(`${killed - wrong} passed, ${wrong} failed`);
    if (wrong > 0) process.exitCode = 1;
  } finally {
    await lab.close();
  }
}

/** What exists in the end. */
type Outcome = {
  /** Branches of open pull requests with the number of commits on each. */
  readonly pulls: readonly string[];
  /** Message-ID and recipient of each mail. */
  readonly mails: readonly string[];
  readonly decisions: number;
};

type Run = { readonly outcome: Outcome; readonly points: number; readonly at: string };

type Lab = { readonly run: (killAt: number | undefined) => Promise<Run>; readonly close: () => Promise<void> };

async function openLab(): Promise<Lab> {
  const today = new Date().toISOString();
  const folder = mkdtempSync(join(tmpdir(), "headgate-kills-"));
  const postgres = await startPostgres();
  const admin = await openAdmin(postgres.url);
  const days = { now: today };
  await prepare(admin, postgres.url, folder, today, days);
  let runs = 0;
  return {
    run: async (killAt) => {
      const name = `run_${runs++}`;
      await admin.copy("prepared", name);
      const world = worldOf(today, days);
      const standIns = await startStandIns(world);
      const watch = watchPoints(killAt);
      const proxies = await startProxies(standIns, postgres.url, watch.tap);
      const file = join(folder, `${name}.yaml`);
      writeFileSync(file, configFor(proxies.standIns, join(folder, name)));
      const databaseUrl = proxies.databaseUrl(name);
      const deliver = (moment: Instant, onChild: (child: ChildProcess) => void) =>
        deliverOnce(file, moment, { GITHUB_TOKEN: world.token, DATABASE_URL: databaseUrl }, onChild);
      await deliver(today, watch.aim);
      const { points, at } = watch.stop();
      // a process that was killed leaves what it claimed for a while
      for (const hours of [1, 2]) await deliver(plus(today, hours * HOUR), () => undefined);
      const outcome = { ...readOutcome(world, standIns), decisions: await admin.count(name, "headgate.decisions") };
      await Promise.all([proxies.close(), standIns.close()]);
      await admin.drop(name);
      return { outcome, points, at };
    },
    close: async () => {
      await admin.close();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Plays the demo's days by planning only, into the store that every run starts from. */
async function prepare(
  admin: Admin,
  server: string,
  folder: string,
  today: Instant,
  days: { now: Instant },
): Promise<void> {
  await admin.create("prepared");
  days.now = plus(today, -13 * DAY);
  const world = demoWorld(() => days.now);
  const standIns = await startStandIns(world);
  const file = join(folder, "prepare.yaml");
  writeFileSync(file, configFor(standIns, join(folder, "prepare")));
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
function worldOf(today: Instant, days: { now: Instant }): DemoWorld {
  days.now = plus(today, -13 * DAY);
  const world = demoWorld(() => days.now);
  days.now = plus(today, -12 * DAY);
  releaseDay(world, days.now);
  days.now = today;
  lastNight(world, days.now);
  return world;
}

type Tap = (service: string, direction: Direction, data: Buffer) => boolean;

/** Counts points, and kills the child that it aims at when the given one comes: before the data is passed on. */
function watchPoints(killAt: number | undefined) {
  let points = 0;
  let at = "";
  let child: ChildProcess | undefined;
  let watching = true;
  const tap: Tap = (service, direction, data) => {
    if (!watching || !isPoint(service, direction, data)) return true;
    points++;
    if (points !== killAt) return true;
    at = `${service}, ${direction === "out" ? "before it was asked" : "before its answer came"}: ${preview(data)}`;
    watching = false;
    child?.kill("SIGKILL");
    return false;
  };
  return {
    tap,
    aim: (started: ChildProcess) => {
      child = started;
    },
    stop: () => {
      watching = false;
      return { points, at };
    },
  };
}

/** Everything to the forge and the mail server; of the database what writes, and the answers to that. */
function isPoint(service: string, direction: Direction, data: Buffer): boolean {
  if (service !== "database") return true;
  const text = data.toString("latin1");
  return direction === "out"
    ? /\b(?:insert|update|delete|commit)\b/i.test(text)
    : /INSERT|UPDATE|DELETE|COMMIT/.test(text);
}

function preview(data: Buffer): string {
  return data
    .toString("latin1")
    .replace(/[^ -~]+/g, " ")
    .trim()
    .slice(0, 60);
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
function deliverOnce(
  file: string,
  moment: Instant,
  environment: Readonly<Record<string, string>>,
  onChild: (child: ChildProcess) => void,
): Promise<void> {
  const entry = join(import.meta.dirname, "deliver-once.ts");
  const env = { PATH: process.env.PATH ?? "", ...environment };
  const child = spawn(process.execPath, [entry, file, moment], { env, stdio: ["ignore", "ignore", "pipe"] });
  onChild(child);
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

function readOutcome(world: DemoWorld, standIns: StandIns): Omit<Outcome, "decisions"> {
  const [owner = "", name = ""] = WATCHED.split("/");
  const repository = findRepository(world.github, owner, name);
  if (repository === undefined) throw new Error("the watched repository is gone");
  const base = new Set(history(repository, repository.refs.get("refs/heads/main") ?? "").map(({ oid }) => oid));
  const commits = (oid: string) => history(repository, oid).filter((one) => !base.has(one.oid)).length;
  const branches = [...repository.refs].filter(([ref]) => ref.startsWith("refs/heads/headgate/"));
  const open = repository.pullRequests.filter((pull) => pull.state === "OPEN");
  return {
    pulls: [
      ...open.map((pull) => `pull request of ${pull.headRefName} with ${commits(pull.headRefOid)} commit`),
      ...branches.map(([ref, oid]) => `branch ${ref.slice("refs/heads/".length)} with ${commits(oid)} commit`),
    ].sort(),
    mails: standIns.smtp.messages
      .map(({ to, raw }) => `${/^message-id: (.*)$/im.exec(raw.toString())?.[1]} to ${to.join(", ")}`)
      .sort(),
  };
}

function differences(clean: Outcome, now: Outcome, at: string): string[] {
  const missing = clean.pulls.filter((one) => !now.pulls.includes(one));
  const more = now.pulls.filter((one, index) => !clean.pulls.includes(one) || now.pulls.indexOf(one) !== index);
  const distinct = [...new Set(now.mails)];
  // between the end of DATA and its answer nobody can know whether it was taken: one more copy, of the same id
  const copies = at.startsWith("mail,") ? 1 : 0;
  return [
    ...missing.map((one) => `missing: ${one}`),
    ...more.map((one) => `too much: ${one}`),
    ...(distinct.length === clean.mails.length
      ? []
      : [`${distinct.length} different mails, not ${clean.mails.length}`]),
    ...(now.mails.length - distinct.length <= copies ? [] : [`a mail was sent ${now.mails.length} times`]),
    ...(now.decisions >= clean.decisions ? [] : [`${clean.decisions - now.decisions} decisions are lost`]),
  ];
}

function inWords({ pulls, mails, decisions }: Outcome): string {
  return `${pulls.length / 2} pull requests, ${mails.length} mails, ${decisions} decisions`;
}

function option(name: string): number {
  const index = process.argv.indexOf(name);
  return index < 0 ? 1 : Math.max(1, Number(process.argv[index + 1]));
}

await main(option("--every"), option("--from"));
