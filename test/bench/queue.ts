import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Redis } from "ioredis";
import { openDatabase } from "../../src/db/open/client.ts";
import { isFailure } from "../../src/lib/failure.ts";
import type { Log } from "../../src/lib/log.ts";
import { type JobQueue, openQueue, type QueueBackend } from "../../src/queue/queue.ts";
import { startWorkers } from "../../src/queue/worker.ts";
import { startPostgres, startRedis } from "../support/services.ts";

/**
 * `npm run bench:queue -- [--jobs N] [--workers N] [--backend redis|postgres]`: jobs a second from four workers that do
 * nothing, through a real server, in one process; how long one job takes from enqueued to begun on an idle queue; and what
 * stays behind in Redis.
 */
const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "20000" },
    workers: { type: "string", default: "4" },
    backend: { type: "string", default: "redis" },
  },
});
const jobs = Number(values.jobs);
const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const server = values.backend === "redis" ? await startRedis() : await startPostgres();
const store = values.backend === "redis" ? undefined : await openDatabase({ url: server.url, dataDir: "unused" });
if (isFailure(store)) throw store;
const backend: QueueBackend =
  store === undefined ? { kind: "redis", url: server.url } : { kind: "postgres", pool: store.pool };

async function open(): Promise<JobQueue<"poll" | "project">> {
  const queue = await openQueue({ backend, names: ["poll", "project"], lanes: { poll: "polls" } });
  if (isFailure(queue)) throw queue;
  return queue;
}

/** Bytes that Redis uses. */
async function memoryOf(url: string): Promise<number> {
  const client = new Redis(url);
  const info = await client.info("memory");
  client.disconnect();
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
}

/** Keys that are there, whoever made them. */
async function keysOf(url: string): Promise<string[]> {
  const client = new Redis(url);
  const keys = await client.keys("*");
  client.disconnect();
  return keys.sort();
}

const producer = await open();
const consumers = await Promise.all(Array.from({ length: Number(values.workers) }, open));
const enqueued = performance.now();
for (let start = 0; start < jobs; start += 500)
  await Promise.all(
    Array.from({ length: Math.min(500, jobs - start) }, (_, index) =>
      producer.enqueue("poll", { purls: [`pkg:pypi/one-${start + index}`] }, { id: `job-${start + index}` }),
    ),
  );
const enqueueSeconds = (performance.now() - enqueued) / 1_000;
const memory = values.backend === "redis" ? await memoryOf(server.url) : undefined;
let done = 0;
let begun = 0;
const handlers = {
  poll: async () => {
    done++;
  },
  project: async () => {
    begun = performance.now();
  },
};
const started = performance.now();
const workers = consumers.map((queue) => startWorkers(queue, handlers, { concurrency: 4, log: silent }));
while (done < jobs) await pause(5);
const seconds = (performance.now() - started) / 1_000;
const waits: number[] = [];
for (let turn = 0; turn < 20; turn++) {
  begun = 0;
  const asked = performance.now();
  await producer.enqueue("project", {}, { id: `idle-${turn}` });
  while (begun === 0) await pause(1);
  waits.push(begun - asked);
}
waits.sort((a, b) => a - b);
console.log(`${jobs} jobs through ${values.backend}, ${values.workers} workers:`);
console.log(`enqueued ${Math.round(jobs / enqueueSeconds)} a second`);
console.log(
  `carried out ${Math.round(jobs / seconds)} jobs a second (${Math.round((50 * jobs) / seconds)} upstreams a second, fifty a job)`,
);
console.log(
  `idle queue: enqueued to begun ${waits[10]?.toFixed(1)} ms (median), ${waits[19]?.toFixed(1)} ms (longest of 20)`,
);
if (memory !== undefined) console.log(`${jobs} waiting jobs took ${(memory / 1e6).toFixed(1)} MB of Redis`);
await Promise.all(workers.map((one) => one.close(1_000)));
for (const queue of [producer, ...consumers]) await queue.close();
if (memory !== undefined) {
  const keys = await keysOf(server.url);
  const left = ((await memoryOf(server.url)) / 1e6).toFixed(1);
  console.log(`afterwards ${left} MB and ${keys.length} keys: ${keys.join(", ")}`);
}
await store?.close();
await server.stop();
