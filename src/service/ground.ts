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

/**
 * Opens queue and store, and leaves on the stack how they are closed. A queue on a server of its own comes first: where that
 * refuses, no store is made or migrated. What is not well with either is logged.
 */
export async function openGround(
  config: Config,
  role: Role,
  { log, clock }: Pick<Ground, "log" | "clock">,
  opened: AsyncDisposableStack,
): Promise<Ground | Failure> {
  const url = config.secrets.redisUrl;
  const own = url === undefined ? undefined : await openOn({ kind: "redis", url }, opened);
  if (isFailure(own)) return own;
  const database = await openStore(config, log);
  if (isFailure(database)) return database;
  opened.defer(database.close);
  const queue = own ?? (await openOn({ kind: "postgres", pool: database.pool }, opened));
  if (isFailure(queue)) return queue;
  const apart = database.kind === "server" ? await clockDoubt(database.db, clock).catch(() => undefined) : undefined; // what it is asked next says why
  for (const doubt of [...queue.doubts, ...(apart === undefined ? [] : [apart])]) log.warn(doubt);
  return {
    database,
    queue,
    way: own === undefined ? "the database" : "Redis",
    statistics: createStatistics(database.db),
    has: (part) => role === "all" || role === part,
    log,
    clock,
  };
}

async function openOn(backend: QueueBackend, opened: AsyncDisposableStack): Promise<JobQueue<JobName> | Failure> {
  const queue = await openQueue<JobName>({ backend, names: Object.keys(HANDLERS) as JobName[], lanes: LANES });
  if (!isFailure(queue)) opened.defer(queue.close);
  return queue;
}
