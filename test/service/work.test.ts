import { EventEmitter } from "node:events";
import type { Job } from "bullmq";
import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { replacePins } from "../../src/db/projects/pins.ts";
import { ensureProjects } from "../../src/db/projects/projects.ts";
import { drizzle } from "../../src/db/sql/orm.ts";
import { setUpstreamsDue } from "../../src/db/upstreams/due-upstreams.ts";
import { ensureUpstreams, upstreamState } from "../../src/db/upstreams/upstreams.ts";
import { plus } from "../../src/domain/instant.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import { type JobName, tickUpstreams } from "../../src/flow/ticks.ts";
import type { JobQueue } from "../../src/queue/queue.ts";
import { startWork } from "../../src/service/work.ts";
import { aPin, NOW } from "../support/build.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";
import { standstill } from "../support/standstill.ts";

const PACKAGE = "pkg:pypi/requests";
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

let store: TestDatabase;
beforeAll(async () => {
  store = await openTestDatabase();
});
afterAll(() => store?.close());

/** A queue whose jobs a test hands to its workers. */
function aQueue() {
  const workers: ((job: Job) => Promise<void>)[] = [];
  const queue = {
    lanes: ["polls"],
    open: (_lane: string, process: (job: Job) => Promise<void>) => {
      workers.push(process);
      return Object.assign(new EventEmitter(), { pause: async () => undefined, close: async () => undefined });
    },
  } as unknown as JobQueue<JobName>;
  return {
    queue,
    hand: (name: JobName, data: unknown) => workers[0]?.({ name, id: "1", data, attemptsMade: 0 } as Job),
  };
}

it("that still waited for the store when its process stopped begins nothing afterwards, and leaves what was due", async () => {
  await ensureProjects(store.db, [{ id: "p", name: "p", source: { kind: "path", path: "/p" }, ignorePaths: [] }], NOW);
  await replacePins(store.db, "p", { pins: [aPin({ upstream: PACKAGE })], problems: [] }, NOW);
  await ensureUpstreams(store.db, [{ purl: PACKAGE }], NOW);
  await setUpstreamsDue(store.db, [PACKAGE], plus(NOW, -1_000));
  const due = await upstreamState(store.db, PACKAGE);
  const clock = () => NOW;
  let taken: unknown;
  await tickUpstreams({ db: store.db, clock } as FlowContext, async (_name, payload) => {
    taken = payload;
    return true;
  });
  const still = standstill();
  const { pool } = store;
  const query = still.late(
    (...args: Parameters<typeof pool.query>) => pool.query(...args) as unknown as Promise<unknown>,
  );
  const db = drizzle({ query } as unknown as pg.Pool);
  let asked = 0;
  const fetcher = { fetch: () => Promise.reject(new Error(`asked ${++asked} times`)) };
  const { queue, hand } = aQueue();
  const work = startWork(
    { db, clock, log: SILENT, fetcher, projects: [] } as unknown as FlowContext,
    queue,
    () => undefined,
  );
  const job = hand("poll", taken);
  await still.reached;
  await work.stop(10);
  still.goOn();
  await job;
  expect(asked).toBe(0);
  expect(await upstreamState(store.db, PACKAGE)).toEqual(due);
});
