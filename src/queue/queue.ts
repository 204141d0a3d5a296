import {
  Queue as BullQueue,
  Worker as BullWorker,
  createPostgresBackend,
  type Job,
  type PgPool,
  type QueueOptions,
  runMigrations,
  type WorkerOptions,
  withBackend,
} from "bullmq";
import type { Pool } from "pg";
import { type Failure, isFailure, toFailure } from "../lib/failure.ts";
import { connectRedis, type RedisConnections } from "./redis.ts";

/**
 * Where jobs wait: Redis, or the database. The pool's connections must have `bullmq` first in their `search_path`; each
 * running worker keeps one of them to listen.
 */
export type QueueBackend =
  | { readonly kind: "redis"; readonly url: string }
  | { readonly kind: "postgres"; readonly pool: Pool };

/**
 * Jobs by name. A job is a hint that rows of the database are due: losing all of them loses nothing, and running one
 * twice does nothing twice. A payload is plain data and holds no secret.
 */
export type JobQueue<Name extends string = string> = {
  /**
   * Adds a job, unless one of the same name and `id` waits or runs already. A failure (`unavailable`) may be ignored
   * after it was logged: the next tick finds the same rows due.
   */
  readonly enqueue: (name: Name, payload: unknown, options: { readonly id: string }) => Promise<Failure | undefined>;
  /** How many jobs wait, wait to be tried again, and run, in all lanes. */
  readonly counts: () => Promise<QueueCounts | Failure>;
  /** The same by lane, with how long the oldest job has waited: what metrics tell. */
  readonly depths: () => Promise<readonly QueueDepth[] | Failure>;
  /** The lanes there are. */
  readonly lanes: readonly string[];
  /** What is not well with where it lives, as sentences. */
  readonly doubts: readonly string[];
  /** For `startWorkers`: a worker of one lane. */
  readonly open: (
    lane: string,
    process: (job: Job) => Promise<void>,
    options: { readonly concurrency: number },
  ) => BullWorker;
  /** Gives the queue's own connections back; workers must be closed before. */
  readonly close: () => Promise<void>;
};

type QueueCounts = { readonly waiting: number; readonly delayed: number; readonly active: number };

/** What waits in a lane; `oldest`: for how many milliseconds the first of them has. */
type QueueDepth = QueueCounts & { readonly lane: string; readonly oldest: number };

/** Everything that differs between backends. */
type Engine = {
  readonly queues: ReadonlyMap<string, BullQueue>;
  readonly open: JobQueue["open"];
  readonly doubts: readonly string[];
  readonly close: () => Promise<void>;
};

/** The lane of jobs that name none. */
export const MAIN = "main";

/** A worker that died is noticed after at most twice this long; its job then runs again. */
const LOCK = 15_000;

const ATTEMPTS = 4;
const FIRST_RETRY = 5_000;

/**
 * Opens the queue, creating its tables where it lives in the database. `lanes`: jobs of a lane of their own are no longer
 * in front of others, however many there are. Failures: `unavailable`, `misconfigured`.
 */
export async function openQueue<Name extends string>(options: {
  readonly backend: QueueBackend;
  /** The jobs that there are. */
  readonly names: readonly Name[];
  readonly lanes?: Readonly<Partial<Record<Name, string>>>;
}): Promise<JobQueue<Name> | Failure> {
  const { backend, names } = options;
  const laneOf = (name: Name) => options.lanes?.[name] ?? MAIN;
  const lanes = [...new Set([MAIN, ...names.map(laneOf)])];
  const engine =
    backend.kind === "redis" ? await openRedis(backend.url, lanes) : await openPostgres(backend.pool, lanes);
  if (isFailure(engine)) return engine;
  const depths = () => attempt(() => Promise.all([...engine.queues].map(([lane, queue]) => depthOf(lane, queue))));
  return {
    lanes,
    doubts: engine.doubts,
    enqueue: (name, payload, { id }) => {
      if (!names.includes(name)) throw new Error(`There is no job "${name}": ${names.join(", ")}.`);
      return attempt(async () => {
        await engine.queues.get(laneOf(name))?.add(name, payload, { jobId: jobId(name, id) });
        return undefined;
      });
    },
    depths,
    counts: async () => {
      const all = await depths();
      if (isFailure(all)) return all;
      const sum = (key: keyof QueueCounts) => all.reduce((total, depth) => total + depth[key], 0);
      return { waiting: sum("waiting"), delayed: sum("delayed"), active: sum("active") };
    },
    open: engine.open,
    close: engine.close,
  };
}

async function depthOf(lane: string, queue: BullQueue): Promise<QueueDepth> {
  const { waiting = 0, delayed = 0, active = 0 } = await queue.getJobCounts("waiting", "delayed", "active");
  const [first] = waiting === 0 ? [] : await queue.getWaiting(0, 0);
  return {
    lane,
    waiting,
    delayed,
    active,
    oldest: first === undefined ? 0 : Math.max(0, Date.now() - first.timestamp),
  };
}

/** Lanes are queues of their own. */
function queueName(lane: string): string {
  return lane === MAIN ? "headgate" : `headgate-${lane}`;
}

function openAll(lanes: readonly string[], open: (name: string) => BullQueue): Map<string, BullQueue> {
  const queues = new Map(lanes.map((lane) => [lane, open(queueName(lane))]));
  for (const queue of queues.values()) queue.on("error", () => undefined); // every call reports its own
  return queues;
}

async function openPostgres(shared: Pool, lanes: readonly string[]): Promise<Engine | Failure> {
  const pool = shared as unknown as PgPool; // BullMQ describes the part of it that it uses with fewer overloads
  const migrated = await migrate(pool);
  if (isFailure(migrated)) return migrated;
  const { Queue, Worker } = withBackend(openBackend);
  const queues = openAll(
    lanes,
    (name) => new Queue(name, { connection: pool, ...QUEUE_OPTIONS }) as unknown as BullQueue,
  );
  return {
    queues,
    doubts: [],
    open: (lane, process, { concurrency }) => {
      const options = { connection: pool, concurrency, ...WORKER_OPTIONS };
      return new Worker(queueName(lane), process, options) as unknown as BullWorker;
    },
    close: async () => void (await Promise.all([...queues.values()].map((queue) => queue.close()))),
  };
}

/**
 * BullMQ looks once whether its tables are there, and remembers for good when that fails: a worker that began as the server
 * went away would ask again and again without a pause, and let nothing else run. We brought them up to date a moment ago.
 */
const openBackend: typeof createPostgresBackend = (...of) => {
  const backend = createPostgresBackend(...of);
  backend.connection.waitUntilReady = () => Promise.resolve();
  return backend;
};

async function migrate(pool: PgPool): Promise<Failure | undefined> {
  try {
    const client = await pool.connect();
    await runMigrations(client, "bullmq").finally(() => client.release());
    return undefined;
  } catch (thrown) {
    return toFailure(thrown, "misconfigured", "The queue's tables cannot be brought up to date");
  }
}

async function openRedis(url: string, lanes: readonly string[]): Promise<Engine | Failure> {
  const redis: RedisConnections | Failure = await connectRedis(url);
  if (isFailure(redis)) return redis;
  const options = { connection: redis.producer, skipWaitingForReady: true, ...QUEUE_OPTIONS };
  const queues = openAll(lanes, (name) => new BullQueue(name, options));
  return {
    queues,
    doubts: redis.doubts,
    open: (lane, process, { concurrency }) =>
      new BullWorker(queueName(lane), process, { connection: redis.worker(), concurrency, ...WORKER_OPTIONS }),
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      redis.close();
    },
  };
}

const QUEUE_OPTIONS = {
  defaultJobOptions: {
    attempts: ATTEMPTS,
    backoff: { type: "exponential", delay: FIRST_RETRY, jitter: 0.5 },
    // A finished job that stayed would keep the next hint of its id out.
    removeOnComplete: true,
    removeOnFail: true,
  },
  streams: { events: { maxLen: 100 } },
} as const satisfies Partial<QueueOptions>;

const WORKER_OPTIONS = {
  lockDuration: LOCK,
  stalledInterval: LOCK,
  maxStalledCount: 3,
} as const satisfies Partial<WorkerOptions>;

/** BullMQ refuses colons, and ids of digits alone. */
function jobId(name: string, id: string): string {
  return `${name}-${id.replaceAll(":", "-")}`;
}

async function attempt<Result>(work: () => Promise<Result>): Promise<Result | Failure> {
  try {
    return await work();
  } catch (thrown) {
    return toFailure(thrown, "unavailable", "The queue does not answer");
  }
}
