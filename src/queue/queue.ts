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
  /** How many jobs wait, wait to be tried again, and run. */
  readonly counts: () => Promise<
    { readonly waiting: number; readonly delayed: number; readonly active: number } | Failure
  >;
  /** For `startWorkers`. */
  readonly open: (process: (job: Job) => Promise<void>, options: { readonly concurrency: number }) => BullWorker;
  /** Gives the queue's own connections back; workers must be closed before. */
  readonly close: () => Promise<void>;
};

/** Everything that differs between backends. */
type Engine = {
  readonly queue: BullQueue;
  readonly open: JobQueue["open"];
  readonly close: () => Promise<void>;
};

const QUEUE = "headgate";

/** A worker that died is noticed after at most twice this long; its job then runs again. */
const LOCK = 15_000;

const ATTEMPTS = 4;
const FIRST_RETRY = 5_000;

/** Opens the queue, creating its tables where it lives in the database. Failures: `unavailable`, `misconfigured`. */
export async function openQueue<Name extends string>(options: {
  readonly backend: QueueBackend;
  /** The jobs that there are. */
  readonly names: readonly Name[];
}): Promise<JobQueue<Name> | Failure> {
  const { backend, names } = options;
  const engine = backend.kind === "redis" ? await openRedis(backend.url) : await openPostgres(backend.pool);
  if (isFailure(engine)) return engine;
  return {
    enqueue: (name, payload, { id }) => {
      if (!names.includes(name)) throw new Error(`There is no job "${name}": ${names.join(", ")}.`);
      return attempt(async () => {
        await engine.queue.add(name, payload, { jobId: jobId(name, id) });
        return undefined;
      });
    },
    counts: () =>
      attempt(async () => {
        const {
          waiting = 0,
          delayed = 0,
          active = 0,
        } = await engine.queue.getJobCounts("waiting", "delayed", "active");
        return { waiting, delayed, active };
      }),
    open: engine.open,
    close: engine.close,
  };
}

async function openPostgres(shared: Pool): Promise<Engine | Failure> {
  const pool = shared as unknown as PgPool; // BullMQ describes the part of it that it uses with fewer overloads
  const migrated = await migrate(pool);
  if (isFailure(migrated)) return migrated;
  const { Queue, Worker } = withBackend(createPostgresBackend);
  const queue = new Queue(QUEUE, { connection: pool, ...QUEUE_OPTIONS });
  queue.on("error", () => undefined); // every call reports its own
  return {
    queue: queue as unknown as BullQueue,
    open: (process, { concurrency }) =>
      new Worker(QUEUE, process, { connection: pool, concurrency, ...WORKER_OPTIONS }) as unknown as BullWorker,
    close: () => queue.close(),
  };
}

async function migrate(pool: PgPool): Promise<Failure | undefined> {
  try {
    const client = await pool.connect();
    await runMigrations(client, "bullmq").finally(() => client.release());
    return undefined;
  } catch (thrown) {
    return toFailure(thrown, "misconfigured", "The queue's tables cannot be brought up to date");
  }
}

async function openRedis(url: string): Promise<Engine | Failure> {
  const redis: RedisConnections | Failure = await connectRedis(url);
  if (isFailure(redis)) return redis;
  const queue = new BullQueue(QUEUE, { connection: redis.producer, skipWaitingForReady: true, ...QUEUE_OPTIONS });
  queue.on("error", () => undefined); // every call reports its own
  return {
    queue,
    open: (process, { concurrency }) =>
      new BullWorker(QUEUE, process, { connection: redis.worker(), concurrency, ...WORKER_OPTIONS }),
    close: async () => {
      await queue.close();
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
