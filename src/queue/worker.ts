import { setTimeout as pause } from "node:timers/promises";
import type { Job, Worker } from "bullmq";
import type { Log } from "../lib/log.ts";
import type { JobQueue } from "./queue.ts";

/** What carries out a job. It may run twice, so it asks the database what is left to do. What it throws is tried again. */
export type Handler = (payload: unknown) => Promise<void>;

/** Running workers. */
export type Workers = {
  /**
   * Takes no more jobs and waits for those that run, at most `timeoutMs` (10 seconds). True when all of them finished; a
   * job that did not runs again elsewhere, or here at the next start.
   */
  readonly close: (timeoutMs?: number) => Promise<boolean>;
};

const SAME_ERROR_AGAIN = 60_000;
const LAST_WORD = 3_000;

/** Carries out jobs, `concurrency` at a time. A job that nobody here knows (of another version) is dropped with a word. */
export function startWorkers<Name extends string>(
  queue: JobQueue<Name>,
  handlers: Readonly<Record<Name, Handler>>,
  options: { readonly concurrency: number; readonly log: Log },
): Workers {
  const { concurrency, log } = options;
  const known = new Map<string, Handler>(Object.entries<Handler>(handlers));
  const running = new Set<Promise<void>>();
  const worker = queue.open(
    async ({ name, data }) => {
      const handler = known.get(name);
      if (handler === undefined) return log.warn(`There is no job "${name}" in this version; it is dropped.`);
      const work = handler(data);
      running.add(work);
      await work.finally(() => running.delete(work));
    },
    { concurrency },
  );
  worker.on("failed", (job, error) => log.warn(failureMessage(job), { error, attempt: job?.attemptsMade }));
  worker.on("stalled", (id) => log.warn("A job is taken over: its worker stopped in the middle of it.", { job: id }));
  worker.on(
    "error",
    quietly((error) => log.warn("The queue does not answer; trying again.", { error })),
  );
  return { close: (timeoutMs = 10_000) => stop(worker, running, timeoutMs) };
}

/** BullMQ's own graceful close cannot be cut short once it was asked for, so the waiting happens before. */
async function stop(worker: Worker, running: ReadonlySet<Promise<void>>, timeoutMs: number): Promise<boolean> {
  await worker.pause(true);
  const graceful = await within(timeoutMs, Promise.allSettled(running));
  // Jobs that finished are now ticked off, unless the queue is away: then they run again, which does no harm.
  await within(LAST_WORD, worker.close(!graceful));
  return graceful;
}

/** True when the work ended within so many milliseconds. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const late = pause(milliseconds, false, { signal: timer.signal }).catch(() => false);
  const inTime = await Promise.race([work.then(() => true), late]);
  timer.abort();
  return inTime;
}

function failureMessage(job: Job | undefined): string {
  const again = job !== undefined && job.attemptsMade < (job.opts.attempts ?? 1);
  return `Job ${job?.name ?? ""} failed; ${again ? "it is tried again." : "its rows stay due."}`;
}

/** Lets the same message through once a minute: a server that is away says so many times a second. */
function quietly(report: (error: Error) => void): (error: Error) => void {
  const heard = new Map<string, number>();
  return (error) => {
    const now = Date.now();
    if (now - (heard.get(error.message) ?? 0) < SAME_ERROR_AGAIN) return;
    if (heard.size > 100) heard.clear();
    heard.set(error.message, now);
    report(error);
  };
}
