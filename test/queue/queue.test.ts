import { Queue as BullQueue } from "bullmq";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { meta } from "../../src/db/schema/service.ts";
import { isFailure } from "../../src/lib/failure.ts";
import type { Log } from "../../src/lib/log.ts";
import { type JobQueue, openQueue } from "../../src/queue/queue.ts";
import { type Handler, startWorkers, type Workers } from "../../src/queue/worker.ts";
import { emptyTables, limited } from "../support/database.ts";
import { BACKENDS, openTestBackend, type TestBackend } from "../support/queue.ts";
import { startRedis } from "../support/services.ts";

const NAMES = ["poll", "plan"] as const;
type Name = (typeof NAMES)[number];

describe.each(BACKENDS)("the queue on %s", (name) => {
  let place: TestBackend;
  let queue: JobQueue<Name>;
  let workers: Workers | undefined;
  let said: string[];
  const log: Log = { info: say, warn: say, error: say };
  function say(message: string) {
    said.push(message);
  }

  beforeAll(async () => {
    place = await openTestBackend(name);
    queue = await mustOpen();
  });
  beforeEach(async () => {
    said = [];
    await emptyTables(place.store.db);
  });
  afterEach(async () => {
    await workers?.close(1000);
    workers = undefined;
  });
  afterAll(async () => {
    await queue?.close();
    await place?.close();
  });

  async function mustOpen(): Promise<JobQueue<Name>> {
    const opened = await openQueue({ backend: place.backend, names: NAMES });
    if (isFailure(opened)) throw opened;
    return opened;
  }

  /** Starts workers on the given handlers; a name without one is never enqueued by that test. */
  function work(handlers: Partial<Record<Name, Handler>>, { concurrency = 4, from = queue } = {}) {
    const unexpected: Handler = () => Promise.reject(new Error("nobody asked for this job"));
    workers = startWorkers(from, { poll: unexpected, plan: unexpected, ...handlers }, { concurrency, log });
    return workers;
  }

  it("carries a job's payload to the handler of its name", async () => {
    const done = new Promise((resolve) => work({ poll: async (payload) => resolve(payload) }));
    expect(await queue.enqueue("poll", { purls: ["pkg:pypi/requests"] }, { id: "slot-1" })).toBeUndefined();
    expect(await done).toEqual({ purls: ["pkg:pypi/requests"] });
  });

  it("wakes an idle worker for a job that another process adds", async () => {
    const other = await mustOpen();
    const asleep = gate();
    const heard: typeof queue = { ...queue, open: (...lane) => queue.open(...lane).once("drained", asleep.open) };
    const done = new Promise((resolve) => work({ poll: async (payload) => resolve(payload) }, { from: heard }));
    await asleep.opened;
    await other.enqueue("poll", "woken", { id: "slot-1" });
    expect(await done).toBe("woken");
    await other.close();
  });

  it("takes any id, and keeps jobs of different names with one id apart", async () => {
    const ids = ["1732190400", "pkg:pypi/requests", "slot-5"];
    for (const id of ids) {
      expect(await queue.enqueue("poll", id, { id })).toBeUndefined();
      expect(await queue.enqueue("plan", id, { id })).toBeUndefined();
    }
    const polled: unknown[] = [];
    const planned: unknown[] = [];
    await new Promise<void>((resolve) => {
      const into = (list: unknown[]) => async (payload: unknown) => {
        list.push(payload);
        if (polled.length + planned.length === 2 * ids.length) resolve();
      };
      work({ poll: into(polled), plan: into(planned) });
    });
    expect(polled.sort()).toEqual(ids.sort());
    expect(planned.sort()).toEqual(ids.sort());
  });

  it("keeps one of several hints with one id while it waits, and takes the next when that is done", async () => {
    for (const payload of [1, 2, 3]) await queue.enqueue("poll", payload, { id: "same" });
    expect(await queue.counts()).toMatchObject({ waiting: 1 });
    const seen: unknown[] = [];
    work({ poll: async (payload) => void seen.push(payload) });
    await until(async () => seen.length === 1 && (await isQuiet()));
    await queue.enqueue("poll", 4, { id: "same" });
    await until(() => seen.length === 2);
    expect(seen).toEqual([1, 4]);
  });

  it("tries a job again that threw", async () => {
    let attempts = 0;
    work({
      poll: async () => {
        attempts++;
        if (attempts === 1) throw new Error("the first attempt fails");
      },
    });
    await queue.enqueue("poll", {}, { id: "again" });
    await until(async () => attempts === 2 && (await isQuiet()));
    expect(said).toContain("Job poll failed; it is tried again.");
  });

  it("drops a job that this version does not know, with a word", async () => {
    const newer = await openQueue({ backend: place.backend, names: ["score"] });
    if (isFailure(newer)) throw newer;
    await newer.enqueue("score", {}, { id: "1" });
    work({});
    await until(async () => said.length > 0 && (await isQuiet()));
    expect(said).toEqual([expect.stringContaining('"score"')]);
    await newer.close();
  });

  it("gives up a job that takes too long, so that the next one runs", async () => {
    const seen: unknown[] = [];
    const never = new Promise<void>(() => undefined);
    const given: string[] = [];
    let hears: AbortSignal | undefined;
    const endless: Handler = (_payload, { givenUp }) => {
      hears = givenUp;
      return never;
    };
    const handlers = { poll: endless, plan: async (payload: unknown) => void seen.push(payload) };
    workers = startWorkers(queue, handlers, {
      concurrency: 1,
      log,
      limitMs: 100,
      onDone: (job, _milliseconds, succeeded) => given.push(`${job} ${succeeded}`),
    });
    await queue.enqueue("poll", {}, { id: "endless" });
    await queue.enqueue("plan", "next", { id: "next" });
    await until(() => seen.length === 1);
    expect(given).toContain("poll false");
    expect(hears?.aborted).toBe(true);
    await workers.close(10);
    workers = undefined;
  });

  it("keeps lanes apart: a full one holds up no other", async () => {
    const lanes = await openQueue({ backend: place.backend, names: NAMES, lanes: { poll: "polls" } });
    if (isFailure(lanes)) throw lanes;
    const blocked = gate();
    const planned = gate();
    const handlers = { poll: () => blocked.opened, plan: async () => planned.open() };
    for (let index = 0; index < 5; index++) await lanes.enqueue("poll", {}, { id: `slow-${index}` });
    const both = startWorkers(lanes, handlers, { concurrency: 1, log });
    await lanes.enqueue("plan", {}, { id: "quick" });
    await planned.opened;
    const depths = await lanes.depths();
    expect(isFailure(depths) ? depths : depths.map(({ lane }) => lane)).toEqual(["main", "polls"]);
    expect(isFailure(depths) ? 0 : depths[1]?.waiting).toBeGreaterThan(0);
    blocked.open();
    await until(async () => {
      const left = await lanes.counts();
      return !isFailure(left) && left.waiting + left.active === 0;
    });
    await both.close();
    await lanes.close();
  });

  it("refuses names that nobody handles", () => {
    expect(() => queue.enqueue("polls" as Name, {}, { id: "1" })).toThrow("polls");
  });

  it("leaves our rows alone while jobs fail and transactions roll back around them", async () => {
    const { db } = place.store;
    let failed = 0;
    work({
      poll: async () => {
        failed++;
        throw new Error("fails on purpose");
      },
    });
    const inserted = Array.from({ length: 60 }, async (_, index) => {
      await queue.enqueue("poll", index, { id: `rollback-${index}` });
      const rolledBack = db.transaction(async (tx) => {
        await tx.insert(meta).values({ key: `theirs-${index}`, value: index });
        throw new Error("rolls back on purpose");
      });
      await Promise.all([
        db.insert(meta).values({ key: `ours-${index}`, value: index }),
        expect(rolledBack).rejects.toThrow("on purpose"),
      ]);
    });
    await Promise.all(inserted);
    await until(() => failed >= 60);
    const keys = (await db.select().from(meta)).map(({ key }) => key);
    expect(keys.filter((key) => key.startsWith("ours-"))).toHaveLength(60);
    expect(keys.filter((key) => key.startsWith("theirs-"))).toEqual([]);
  });

  describe("when it stops", () => {
    it("waits for the job that runs, and starts no other", async () => {
      const running = gate();
      const started = gate();
      const finished: unknown[] = [];
      const first = work(
        {
          plan: async (payload) => {
            started.open();
            await running.opened;
            finished.push(payload);
          },
        },
        { concurrency: 1 },
      );
      await queue.enqueue("plan", "first", { id: "first" });
      await queue.enqueue("plan", "second", { id: "second" });
      await started.opened;
      const stopping = first.close();
      running.open();
      expect(await stopping).toEqual([]);
      expect(finished).toEqual(["first"]);
      work({ plan: async (payload) => void finished.push(payload) });
      await until(() => finished.length === 2);
    });

    it("does not wait longer than it is told to", async () => {
      const running = gate();
      const started = gate();
      work({
        plan: async () => {
          started.open();
          await running.opened;
        },
      });
      await queue.enqueue("plan", { id: "endless" }, { id: "endless" });
      await started.opened;
      expect(await workers?.close(50)).toEqual([{ name: "plan", payload: { id: "endless" } }]);
      workers = undefined;
      running.open();
    });
  });

  function isQuiet(): Promise<boolean> {
    return queue.counts().then((counts) => !isFailure(counts) && counts.waiting + counts.active + counts.delayed === 0);
  }
});

describe.skipIf(limited())("a job that fails for the last time", () => {
  it("is told as given up, leaves nothing in the queue, and holds up no other", async () => {
    const redis = await startRedis();
    const queue = await openQueue({ backend: { kind: "redis", url: redis.url }, names: NAMES });
    if (isFailure(queue)) throw queue;
    const given: string[] = [];
    const done: unknown[] = [];
    const handlers = {
      poll: () => Promise.reject(new Error("the disk is full")),
      plan: async (payload: unknown) => void done.push(payload),
    };
    const silent = { info: idle, warn: idle, error: idle } as unknown as Log;
    const workers = startWorkers(queue, handlers, {
      concurrency: 1,
      log: silent,
      onGivenUp: ({ name, payload }, { message }) => given.push(`${name} ${payload}: ${message}`),
    });
    const { hostname: host, port } = new URL(redis.url);
    const last = new BullQueue("headgate", { connection: { host, port: Number(port) } });
    await last.add("poll", "rows", { attempts: 1, removeOnFail: true, jobId: "poll-last" }); // as its fourth try
    await queue.enqueue("plan", "next", { id: "next" });
    await expect.poll(() => ({ given, done })).toEqual({ given: ["poll rows: the disk is full"], done: ["next"] });
    await expect.poll(() => queue.counts()).toEqual({ waiting: 0, delayed: 0, active: 0 });
    expect(await queue.enqueue("poll", "rows", { id: "last" })).toBeUndefined(); // the next hint of its id is taken
    await last.close();
    await workers.close();
    await queue.close();
    await redis.stop();
  });
});

describe.each(BACKENDS)("the queue on %s, when that goes away", (name) => {
  it("says so, and does not wait for it to come back", async () => {
    const place = await openTestBackend(name);
    const queue = await openQueue({ backend: place.backend, names: NAMES });
    if (isFailure(queue)) throw queue;
    const said: string[] = [];
    const say = (message: string) => void said.push(message);
    const log = { info: say, warn: say, error: say };
    const workers = startWorkers(queue, { poll: idle, plan: idle }, { concurrency: 1, log });
    await place.takeAway();
    expect(await queue.enqueue("poll", {}, { id: "late" })).toMatchObject({ code: "unavailable" });
    expect(await queue.counts()).toMatchObject({ code: "unavailable" });
    await workers.close();
    await queue.close();
    await place.close();
  });
});

async function idle(): Promise<void> {}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}
