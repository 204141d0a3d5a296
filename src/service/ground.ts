import type { Config } from "../config.ts";
import type { OpenDatabase } from "../db/open/client.ts";
import { clockDoubt } from "../db/service/clock-apart.ts";
import type { Instant } from "../domain/instant.ts";
import { HANDLERS, LANES } from "../flow/jobs.ts";
import type { JobName } from "../flow/ticks.ts";
import { type Failure, isFailure } from "../lib/failure.ts";
import type { Log } from "../lib/log.ts";
import { type JobQueue, openQueue, type QueueBackend } from "../queue/queue.ts";
import { openStore } from "./open-flow.ts";
import { createStatistics, type Statistics } from "./statistics.ts";

/** What a process takes part in. */
export type Role = "all" | "scheduler" | "worker" | "web";

/** Where a process stands from its start to its end, whatever configuration counts. */
export type Ground = {
  readonly database: OpenDatabase;
  readonly queue: JobQueue<JobName>;
  /** Where jobs travel. */
  readonly way: "Redis" | "the database";
  readonly statistics: Statistics;
  readonly has: (part: Role) => boolean;
  readonly log: Log;
  readonly clock: () => Instant;
};

/** Opens store and queue, and leaves on the stack how they are closed. What is not well with the queue's server is logged. */
export async function openGround(
  config: Config,
  role: Role,
  { log, clock }: Pick<Ground, "log" | "clock">,
  opened: AsyncDisposableStack,
): Promise<Ground | Failure> {
  const database = await openStore(config, log);
  if (isFailure(database)) return database;
  opened.defer(database.close);
  const doubt = database.kind === "server" ? await clockDoubt(database.db, clock).catch(() => undefined) : undefined;
  if (doubt !== undefined) log.warn(doubt);
  const url = config.secrets.redisUrl;
  const backend: QueueBackend = url === undefined ? { kind: "postgres", pool: database.pool } : { kind: "redis", url };
  const queue = await openQueue<JobName>({ backend, names: Object.keys(HANDLERS) as JobName[], lanes: LANES });
  if (isFailure(queue)) return queue;
  opened.defer(queue.close);
  for (const one of queue.doubts) log.warn(one);
  return {
    database,
    queue,
    way: backend.kind === "redis" ? "Redis" : "the database",
    statistics: createStatistics(database.db),
    has: (part) => role === "all" || role === part,
    log,
    clock,
  };
}
