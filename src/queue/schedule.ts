import { createTask, type ScheduledTask, type TaskContext } from "node-cron";
import type { Instant } from "../domain/instant.ts";
import { Failure } from "../lib/failure.ts";
import type { Log } from "../lib/log.ts";

/** A schedule that runs. */
export type Schedule = {
  /** The next moments, earliest first. */
  readonly nextRuns: (count: number) => Instant[];
  /** No tick starts after this; one that runs goes on. */
  readonly stop: () => Promise<void>;
};

/**
 * Calls `tick` at every moment of a cron expression (five fields, or six with seconds first), with the moment that it
 * stands for: the same in every process, so it is good for a job's id. A tick that still runs is not overtaken. What it
 * throws is logged. A `misconfigured` failure says what is wrong with the expression or the time zone.
 */
export function schedule(
  expression: string,
  timeZone: string,
  tick: (slot: Instant) => Promise<void>,
  log: Log,
): Schedule | Failure {
  const run = async ({ date }: TaskContext) => {
    try {
      await tick(date.toISOString());
    } catch (error) {
      log.error(`The tick of "${expression}" failed; the next one comes as planned.`, { error });
    }
  };
  const task = toTask(expression, timeZone, run, log);
  if (task instanceof Failure) return task;
  void task.start();
  return {
    nextRuns: (count) => task.getNextRuns(count).map((date) => date.toISOString()),
    stop: async () => {
      await task.destroy();
    },
  };
}

/** The next moments of a cron expression, without running anything. */
export function nextRuns(expression: string, timeZone: string, count: number): Instant[] | Failure {
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const task = toTask(expression, timeZone, () => undefined, silent);
  if (task instanceof Failure) return task;
  const runs = task.getNextRuns(count).map((date) => date.toISOString());
  void task.destroy();
  return runs;
}

function toTask(
  expression: string,
  timezone: string,
  run: (context: TaskContext) => Promise<void> | undefined,
  log: Log,
): ScheduledTask | Failure {
  const logger = {
    info: (message: string) => log.info(message),
    warn: (message: string) => log.warn(message),
    error: (message: string | Error) => log.error(String(message)),
    debug: () => undefined,
  };
  try {
    const task = createTask(expression, run, { timezone, noOverlap: true, logger });
    task.getNextRuns(1); // reads the time zone
    return task;
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    return new Failure("misconfigured", `"${expression}" in time zone "${timezone}" is no schedule: ${detail}.`);
  }
}
