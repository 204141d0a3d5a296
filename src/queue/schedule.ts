import { setTimeout as pause } from "node:timers/promises";
import { createTask } from "node-cron";
import type { Instant } from "../domain/instant.ts";
import { onceAMinute } from "../lib/concurrency/once-a-minute.ts";
import { Failure, messageOf } from "../lib/failure.ts";
import type { Log } from "../lib/log.ts";

/** Something that runs again and again. */
export type Recurring = {
  /** No turn starts after this; waits for the one that runs, unless the time is over. */
  readonly stop: (timeoutMs: number) => Promise<void>;
};

/** A turn takes a moment: one that takes longer waits for something that may never answer. */
const LONG = 60_000;

/** How sentences name what recurs ("The look at what is due"), and who hears that it fails, or does not end for `longMs`. */
type Told = { readonly name: string; readonly log: Log; readonly longMs?: number };

/**
 * Calls `turn`, waits, and calls it again, until it is stopped. Turns never overlap; what one throws is logged, once a
 * minute at most, and so is that one does not end. The pause is counted by a clock that nobody sets: a step of the wall
 * clock neither stops nor hurries it.
 */
export function recur(pauseMs: number, turn: () => Promise<void>, { name, log, longMs = LONG }: Told): Recurring {
  const stopping = new AbortController();
  const complain = onceAMinute((error: unknown) => log.error(`${name} failed; it is tried again.`, { error }));
  const loop = async () => {
    while (!stopping.signal.aborted) {
      const started = performance.now();
      const slow = setInterval(() => {
        const seconds = Math.round((performance.now() - started) / 1_000);
        log.warn(`${name} has not ended for ${seconds} s: the store or the queue does not answer.`);
      }, longMs).unref();
      await turn().catch(complain);
      clearInterval(slow);
      await pause(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const ended = loop();
  return {
    stop: async (timeoutMs) => {
      stopping.abort();
      await Promise.race([ended, pause(timeoutMs, undefined, { ref: false })]);
    },
  };
}

/**
 * The next moments of a cron expression (five fields, or six with seconds first), from now on. A `misconfigured` failure
 * says what is wrong with the expression or the time zone.
 */
export function nextRuns(expression: string, timeZone: string, count: number): Instant[] | Failure {
  const logger = { info: ignore, warn: ignore, error: ignore, debug: ignore };
  try {
    const task = createTask(expression, ignore, { timezone: timeZone, logger });
    const runs = task.getNextRuns(count).map((date) => date.toISOString());
    void task.destroy();
    return runs;
  } catch (thrown) {
    const detail = messageOf(thrown);
    return new Failure("misconfigured", `"${expression}" in time zone "${timeZone}" is no schedule: ${detail}.`);
  }
}

function ignore(): void {}
