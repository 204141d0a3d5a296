import { setTimeout as pause } from "node:timers/promises";
import type { Config } from "./config.ts";
import type { OpenDatabase } from "./db/open/client.ts";
import type { Instant } from "./domain/instant.ts";
import type { FlowContext } from "./flow/context.ts";
import { HANDLERS, LANES } from "./flow/jobs.ts";
import { askRefusedAgain } from "./flow/operate/ask-refused-again.ts";
import { type JobName, tickProjects } from "./flow/ticks.ts";
import { type Failure, isFailure, toFailure } from "./lib/failure.ts";
import { type Log, withoutValues } from "./lib/log.ts";
import { type JobQueue, openQueue, type QueueBackend } from "./queue/queue.ts";
import { recur } from "./queue/schedule.ts";
import { fixedChanges } from "./service/fixed.ts";
import { lackingOf } from "./service/lacking.ts";
import { buildFlow, openStore, secretsOf, withNpmRegistry } from "./service/open-flow.ts";
import { type Parts, startExchangeable } from "./service/parts.ts";
import { watchQueue } from "./service/queue-watch.ts";
import { startScheduler } from "./service/scheduler.ts";
import { createStatistics, type Statistics } from "./service/statistics.ts";
import { type ServedDashboard, startWeb } from "./service/web.ts";
import { enqueueTo, startWork } from "./service/work.ts";

/** What a process takes part in. */
export type Role = "all" | "scheduler" | "worker" | "web";

/** A running process. `lacking`: what it does without, and what that costs, as sentences. */
export type Service = {
  readonly lacking: readonly string[];
  /** Absent where this process serves none. */
  readonly dashboard?: ServedDashboard;
  /** Takes over another configuration; gives the options that only count after a restart. What throws has left the former one working. */
  readonly reload: (config: Config) => Promise<readonly string[]>;
  /** Stops within `STOP_WITHIN` and a little: what runs is finished, or given back to its rows. */
  readonly close: () => Promise<void>;
};

/** So many milliseconds jobs have to finish when the process stops or takes over a configuration. */
const STOP_WITHIN = 5_000;

/** What jobs took is added to the store so often, and a last time when the process stops, if the store answers within this. */
const FLUSH_EVERY = 15_000;
const LAST_COUNT = 1_000;

/** What stays as it is while configurations change. */
type Fixed = {
  readonly database: OpenDatabase;
  readonly queue: JobQueue<JobName>;
  readonly statistics: Statistics;
  readonly log: Log;
  readonly clock: () => Instant;
  readonly has: (role: Role) => boolean;
};

/** Starts the parts that a role has, and stops them in reverse order. */
export async function startService(
  config: Config,
  role: Role,
  given: Log,
  clock: () => Instant = () => new Date().toISOString(),
): Promise<Service | Failure> {
  const log = withoutValues(given, secretsOf(config));
  await using opened = new AsyncDisposableStack(); // whatever fails or throws before the end gives all of it back
  const complete = withNpmRegistry(config); // answered while the store opens
  const database = await openStore(config, log);
  if (isFailure(database)) return database;
  opened.defer(database.close);
  const url = config.secrets.redisUrl;
  const backend: QueueBackend = url === undefined ? { kind: "postgres", pool: database.pool } : { kind: "redis", url };
  const queue = await openQueue<JobName>({ backend, names: Object.keys(HANDLERS) as JobName[], lanes: LANES });
  if (isFailure(queue)) return queue;
  opened.defer(queue.close);
  for (const doubt of queue.doubts) log.warn(doubt);
  const has = (part: Role) => role === "all" || role === part;
  const fixed: Fixed = { database, queue, statistics: createStatistics(database.db), log, clock, has };
  const built = await buildFlow(await complete, database, log, clock).catch(storeWentAway);
  if (isFailure(built)) return built;
  let running = built;
  opened.defer(() => running.close());
  const start = (flow: FlowContext, current: Config) => startParts(fixed, flow, current);
  let isWorking = () => true; // the edge is there before the parts are
  // The edge first: when its port is taken, nothing has been started yet.
  const edge = has("web")
    ? await startWeb(running.flow, config, {
        probes: { depths: queue.depths, isWorking: () => isWorking() },
        carryOut: (flow) => tickProjects(flow, enqueueTo(queue, flow)),
      })
    : undefined;
  if (isFailure(edge)) return edge;
  if (edge !== undefined) opened.defer(edge.close);
  const parts = await startExchangeable(start, { flow: running.flow, config }, log);
  opened.defer(parts.stop);
  const way = backend.kind === "redis" ? "Redis" : "the database";
  const watch = watchQueue({ db: database.db, clock, way }, { works: has("worker"), log });
  opened.defer(() => watch.stop(LAST_COUNT));
  isWorking = parts.areRunning;
  const all = opened.move();
  return {
    lacking: lackingOf(config),
    ...(edge !== undefined && { dashboard: edge.dashboard }),
    reload: async (changed) => {
      const next = await buildFlow(await withNpmRegistry(changed), database, log, clock);
      const failure = await parts.exchange({ flow: next.flow, config: changed });
      if (failure !== undefined) {
        await next.close();
        throw failure;
      }
      const before = running;
      running = next;
      edge?.show(next.flow, changed);
      await before.close();
      return fixedChanges(config, changed);
    },
    close: () => all.disposeAsync(),
  };
}

/** It answered a moment ago. A database's error quotes the statement; its cause says what happened. */
function storeWentAway(thrown: unknown): Failure {
  const cause = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown;
  return toFailure(cause, "unavailable", "The store failed in the middle of the start");
}

/** Workers and scheduler over one flow. The scheduler first: work that was begun would go on when it cannot be started. */
async function startParts({ queue, statistics, log, has }: Fixed, flow: FlowContext, config: Config): Promise<Parts> {
  const scheduler = has("scheduler") ? await startScheduler(flow, queue, enqueueTo(queue, flow), config) : undefined;
  const stopScheduler = async () => scheduler?.stop(STOP_WITHIN);
  if (!has("worker")) return { stop: stopScheduler };
  await askRefusedAgain(flow).catch((error: unknown) =>
    log.warn("What was refused is asked again when its rest is over: the store does not answer yet.", { error }),
  );
  const work = await attempt(() => startWork(flow, queue, statistics.jobDone), stopScheduler);
  const counting = recur(FLUSH_EVERY, statistics.flush, log);
  return {
    stop: async () => {
      await stopScheduler();
      await work.stop(STOP_WITHIN);
      await counting.stop(LAST_COUNT);
      await Promise.race([statistics.flush(), pause(LAST_COUNT, undefined, { ref: false })]);
    },
  };
}

/** Undoes what was started before when the next thing throws. */
async function attempt<Result>(start: () => Result, undo: () => Promise<unknown>): Promise<Result> {
  try {
    return start();
  } catch (thrown) {
    await undo();
    throw thrown;
  }
}
