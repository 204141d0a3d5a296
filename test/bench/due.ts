import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { readConfig } from "../../src/config.ts";
import { type OpenDatabase, openDatabase } from "../../src/db/open/client.ts";
import { sql } from "../../src/db/sql/orm.ts";
import { DAY, type Instant, plus } from "../../src/domain/instant.ts";
import type { Project } from "../../src/domain/project.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { startChild } from "./poll/child.ts";
import { configFor } from "./poll/config.ts";
import { type MadeUp, makeUp } from "./poll/made-up.ts";
import type { Reply, Where } from "./poll/stand-ins.ts";
import { prepare, type Store, startStore } from "./poll/store.ts";

/**
 * `npm run bench:due -- [--components N] [--in-flight N] [--minutes N]`: N repositories, N Python packages and N images
 * were polled a day ago, and the daemon is started: everything is due at once. Scheduler, queue, worker and store are
 * those of `headgate run` with a PostgreSQL server. Prints how long it takes until all have answered, and what that cost.
 */
const { values } = parseArgs({
  options: {
    components: { type: "string", default: "10000" },
    "in-flight": { type: "string", default: "20" },
    minutes: { type: "string", default: "15" },
  },
});
const FLAGS = ["--liftoff-only", "--max-old-space-size=1024", "--max-semi-space-size=6"];
const ENTRY = join(import.meta.dirname, "../../src/cli/headgate.ts");

async function main(components: number, inFlight: number, minutes: number): Promise<void> {
  const upstreams = makeUp(components);
  const store = await startStore("server");
  const now = new Date().toISOString();
  const world = await startChild("stand-ins.ts", [components, now, 30, 10, 1].map(String), 0);
  const where = (world.said as { ready: Where }).ready;
  const file = join(store.directory, "headgate.yaml");
  // a daemon that was stopped finds its look at what is due overdue; a new one would wait for it, up to two minutes
  const schedule = { poll: "* * * * * *" };
  writeFileSync(file, JSON.stringify({ ...JSON.parse(configFor(where, store, inFlight)), schedule }));
  const secrets = { GITHUB_TOKEN: where.token, DATABASE_URL: store.url ?? "" };
  try {
    await pollADayAgo(store, upstreams, { file, secrets, now });
    await world.ask({ do: "count" });
    const opened = await openDatabase({ url: store.url, dataDir: store.directory });
    if (isFailure(opened)) throw opened;
    const daemon = startDaemon(store.directory, file, secrets);
    try {
      await watch(opened, daemon, { of: upstreams.length, since: now, until: Date.now() + minutes * 60_000 });
    } finally {
      await stop(daemon);
      await opened.close();
    }
    const reply = (await world.ask({ do: "count" })) as Reply;
    const counts = "counts" in reply ? Object.entries(reply.counts) : [];
    console.log(counts.map(([host, { requests }]) => `${host}: ${requests} requests`).join(", "));
  } finally {
    await world.stop();
    await store.close();
  }
}

/** Polls everything as it was a day ago, and leaves the project alone for as long as the bench takes. */
async function pollADayAgo(
  store: Store,
  upstreams: readonly MadeUp[],
  { file, secrets, now }: { file: string; secrets: Readonly<Record<string, string>>; now: Instant },
): Promise<void> {
  const config = readConfig({ file, environment: secrets });
  if (isFailure(config)) throw config;
  const [project] = config.projects;
  if (project === undefined) throw new Error("the configuration names no project");
  await prepare(store, upstreams, plus(now, -DAY), project satisfies Project);
  const headgate = await startChild("headgate.ts", [file], 1, secrets);
  await headgate.ask({ now: plus(now, -DAY) });
  await headgate.stop("stop");
  const opened = await openDatabase({ url: store.url, dataDir: store.directory });
  if (isFailure(opened)) throw opened;
  await opened.db.execute(sql`update headgate.upstreams set due_at = ${now}::timestamptz`);
  await opened.db.execute(sql`update headgate.projects set due_at = ${plus(now, DAY)}::timestamptz`);
  await opened.close();
}

function startDaemon(cwd: string, file: string, secrets: Readonly<Record<string, string>>): ChildProcess {
  const command = [process.execPath, ...FLAGS, ENTRY, "run", "--config", file];
  const env = { PATH: process.env.PATH, ...secrets };
  return spawn("/usr/bin/taskset", ["-c", "1", ...command], { cwd, stdio: ["ignore", "ignore", "inherit"], env });
}

async function watch(
  { db }: OpenDatabase,
  daemon: ChildProcess,
  { of, since, until }: { readonly of: number; readonly since: Instant; readonly until: number },
): Promise<void> {
  const begun = performance.now();
  let first: number | undefined;
  let said = 0;
  for (let done = 0; done < of && Date.now() < until; await sleep(250)) {
    const { rows } = await db.execute<{ many: number }>(
      sql`select count(*)::int as many from headgate.upstreams where last_success_at >= ${since}::timestamptz`,
    );
    done = rows[0]?.many ?? 0;
    if (done > 0) first ??= performance.now();
    const seconds = (performance.now() - begun) / 1_000;
    if (done === of || seconds - said >= 10) {
      said = seconds;
      const cost = costOf(daemon.pid ?? 0);
      console.log(
        `${seconds.toFixed(1)} s after the start: ${done} of ${of} (the first after ${(((first ?? Number.NaN) - begun) / 1_000).toFixed(1)} s); processor ${cost.seconds.toFixed(1)} s, memory at the most ${cost.peak} MB`,
      );
    }
  }
}

/** Seconds of processor time (user and system) of a process so far, and its memory at the most. */
function costOf(pid: number): { readonly seconds: number; readonly peak: number } {
  const ticks = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const [, kilobytes = "0"] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return { seconds: (Number(ticks[11]) + Number(ticks[12])) / 100, peak: Math.round(Number(kilobytes) / 1024) };
}

async function stop(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null) throw new Error(`the daemon ended by itself with ${daemon.exitCode}`);
  const gone = new Promise((resolve) => daemon.once("exit", resolve));
  daemon.kill("SIGINT");
  await gone;
}

await main(Number(values.components), Number(values["in-flight"]), Number(values.minutes));
