import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DAY, HOUR, type Instant, MINUTE, plus } from "../../src/domain/instant.ts";
import { type Child, startChild } from "./poll/child.ts";
import { configFor } from "./poll/config.ts";
import type { Counts } from "./poll/counting.ts";
import type { PollFigures } from "./poll/headgate.ts";
import { type MadeUp, makeUp } from "./poll/made-up.ts";
import { printRuns, QUIET, type Stage } from "./poll/print.ts";
import type { Order, Reply, Where } from "./poll/stand-ins.ts";
import { countPolls, findWrong, prepare, type Store, serverTime, startStore } from "./poll/store.ts";

/**
 * `npm run bench:poll -- --components N [--runs R] [--database postgres|embedded] [--changed P,P] [--registries N] [--json]`: what it costs to
 * ask N repositories, N Python packages and N images what is new. The services are stand-ins in a process of their own
 * that answer after 30 ± 10 ms; Headgate has a core of its own and may have 20 requests in flight per host. `--changed` adds
 * polls before which P per cent of the upstreams publish something; `--registries` puts the images on N registries in
 * equal parts, Docker Hub among them, instead of nineteen in twenty on Docker Hub.
 */
const NOW: Instant = "2026-11-20T12:00:00.000Z";
const IN_FLIGHT = 20;

type Options = {
  readonly components: number;
  readonly runs: number;
  readonly database: Store["kind"];
  readonly changed: readonly number[];
  readonly latency: number;
  readonly registries: number;
  readonly json: boolean;
};

/** One run: what each poll cost, and what Headgate got wrong. */
type Run = { readonly stages: readonly Stage[]; readonly pollsAnHour: number; readonly wrong: readonly string[] };

async function main(options: Options): Promise<void> {
  const upstreams = makeUp(options.components, options);
  const store = await startStore(options.database);
  const runs: Run[] = [];
  try {
    for (let run = 0; run < options.runs; run++) {
      runs.push(await runOnce(options, store, upstreams));
      if (!options.json) console.log(`run ${run + 1}: ${summaryOf(runs.at(-1))}`);
    }
  } finally {
    await store.close();
  }
  if (options.json) console.log(JSON.stringify({ ...options, runs }));
  else printRuns(options.components, runs);
  if (runs.some(({ wrong }) => wrong.length > 0)) process.exitCode = 1;
}

async function runOnce(options: Options, store: Store, upstreams: readonly MadeUp[]): Promise<Run> {
  await prepare(store, upstreams, NOW);
  const jitter = options.latency / 3;
  const args = [options.components, NOW, options.latency, jitter, options.registries].map(String);
  const world = await startChild("stand-ins.ts", args, 0);
  const where = (world.said as { ready: Where }).ready;
  const file = join(store.directory, "headgate.yaml");
  writeFileSync(file, configFor(where, store, IN_FLIGHT));
  const secrets = { GITHUB_TOKEN: where.token, ...(store.url !== undefined && { DATABASE_URL: store.url }) };
  const headgate = await startChild("headgate.ts", [file], 1, secrets);
  const tell = (order: Order) => world.ask(order) as Promise<Reply>;
  const stages: Stage[] = [];
  const poll = async (name: string, now: Instant) => {
    await tell({ do: "set clock", now });
    stages.push(await pollOnce(name, now, { headgate, tell, store }));
  };
  let right: Readonly<Record<string, string>> = {};
  try {
    await poll("cold", NOW);
    await poll("ten minutes later", plus(NOW, 10 * MINUTE));
    await poll(QUIET, plus(NOW, 2 * HOUR));
    for (const [turn, changed] of options.changed.entries()) {
      const now = plus(NOW, (3 + turn) * HOUR);
      await tell({ do: "set clock", now: plus(now, -HOUR / 2) });
      const answer = await tell({ do: "publish", share: changed / 100, turn });
      if ("right" in answer) right = { ...right, ...answer.right };
      await poll(`${changed} % changed`, now);
    }
  } finally {
    await headgate.stop("stop");
    await world.stop();
  }
  const pollsAnHour = await countPolls(store);
  return { stages, pollsAnHour, wrong: await findWrong(store, upstreams, right, plus(NOW, DAY)) };
}

async function pollOnce(
  name: string,
  now: Instant,
  { headgate, tell, store }: { headgate: Child; tell: (order: Order) => Promise<Reply>; store: Store },
): Promise<Stage> {
  const before = await serverTime(store);
  await tell({ do: "count" });
  const figures = (await headgate.ask({ now })) as PollFigures;
  const reply = await tell({ do: "count" });
  const hosts: Readonly<Record<string, Counts>> = "counts" in reply ? reply.counts : {};
  const others = { standIns: "cpu" in reply ? reply.cpu : 0, database: (await serverTime(store)) - before };
  return { name, figures, hosts, others };
}

function summaryOf(run: Run | undefined): string {
  const stages = run?.stages.map(({ name, figures }) => `${name} ${figures.wall.toFixed(1)} s`).join(", ");
  return `${stages}; ${run?.wrong.length} wrong`;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      components: { type: "string", default: "1000" },
      runs: { type: "string", default: "1" },
      database: { type: "string", default: "postgres" },
      changed: { type: "string", default: "" },
      latency: { type: "string", default: "30" },
      registries: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
    },
  });
  const { components, runs, database, changed, latency, registries, json } = values;
  if (!["postgres", "embedded"].includes(database)) throw new Error("--database is postgres or embedded");
  return {
    components: Number(components),
    runs: Number(runs),
    database: database === "embedded" ? "embedded" : "server",
    changed: changed.split(",").filter(Boolean).map(Number),
    latency: Number(latency),
    registries: Number(registries),
    json,
  };
}

await main(readOptions());
