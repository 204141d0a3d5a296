import { setTimeout as pause } from "node:timers/promises";
import type { Job, Worker } from "bullmq";
import type { Log } from "../lib/log.ts";
import type { JobQueue } from "./queue.ts";

/** What carries out a job. It may run twice, so it asks the database what is left to do. What it throws is tried again. */
export type Handler = (payload: unknown, run: JobRun) => Promise<void>;

/** Which job it is, and the how many-th try. `givenUp` is aborted when it takes too long: then it is tried again beside what hangs. */
type JobRun = { readonly id: string; readonly attempt: number; readonly givenUp: AbortSignal };

/** A job that its worker did not finish. */
type Unfinished<Name extends string = string> = { readonly name: Name; readonly payload: unknown };

/** Running workers. */
export type Workers<Name extends string = string> = {
  /**
   * Takes no more jobs and waits for those that run, at most `timeoutMs` (10 seconds). Gives those that did not finish:
   * they run again elsewhere, or here at the next start.
   */
  readonly close: (timeoutMs?: number) => Promise<readonly Unfinished<Name>[]>;
};

/** How much is worked on at once, and who hears of it. */
export type WorkerOptions<Name extends string> = {
  /** Jobs at once, in each lane. */
  readonly concurrency: number;
  readonly log: Log;
  /** A job that takes longer is given up, so that it keeps nobody else from working; default: 15 minutes. */
  readonly limitMs?: number;
  /** Hears of a job that was tried for the last time. */
  readonly onGivenUp?: (job: Unfinished<Name>, error: Error) => void;
  /** Hears how long each job took, in milliseconds, and whether it succeeded. */
  readonly onDone?: (name: Name, milliseconds: number, succeeded: boolean) => void;
};

const SAME_ERROR_AGAIN = 60_000;
const LAST_WORD = 2_000;
const LIMIT = 15 * 60_000;

/** Carries out jobs, `concurrency` of each lane at a time. A job that nobody here knows (of another version) is dropped with a word. */
export function startWorkers<Name extends string>(
  queue: JobQueue<Name>,
  handlers: Readonly<Record<Name, Handler>>,
  options: WorkerOptions<Name>,
): Workers<Name> {
  const { concurrency, log, limitMs = LIMIT, onDone } = options;
  const known = new Map<string, Handler>(Object.entries<Handler>(handlers));
  const running = new Map<Promise<void>, Unfinished<Name>>();
  const carryOut = async (job: Job) => {
    const name = job.name as Name;
    const handler = known.get(name);
    if (handler === undefined) return log.warn(`There is no job "${name}" in this version; it is dropped.`);
    const started = performance.now();
    const givingUp = new AbortController();
    const work = handler(job.data, { id: job.id ?? "", attempt: job.attemptsMade + 1, givenUp: givingUp.signal });
    running.set(work, { name, payload: job.data });
    let succeeded = false;
    try {
      if (!(await within(limitMs, work))) throw new Error(`gave up after ${limitMs / 1_000} s`);
      succeeded = true;
    } finally {
      if (!succeeded) givingUp.abort();
      running.delete(work);
      onDone?.(name, performance.now() - started, succeeded);
    }
  };
  const workers = queue.lanes.map((lane) => hear(queue.open(lane, carryOut, { concurrency }), options));
  return { close: (timeoutMs = 10_000) => stop(workers, running, timeoutMs) };
}

/** Says what a worker tells of itself. */
function hear<Name extends string>(worker: Worker, { log, onGivenUp }: WorkerOptions<Name>): Worker {
  worker.on("failed", (job, error) => {
    log.warn(failureMessage(job), { job: job?.id, error, attempt: job?.attemptsMade });
    if (job !== undefined && !isTriedAgain(job)) onGivenUp?.({ name: job.name as Name, payload: job.data }, error);
  });
  worker.on("stalled", (id) => log.warn("A job is taken over: its worker stopped in the middle of it.", { job: id }));
  worker.on(
    "error",
    quietly((error) => log.warn("The queue does not answer; trying again.", { error })),
  );
  return worker;
}

/** BullMQ's own graceful close cannot be cut short once it was asked for, so the waiting happens before. */
async function stop<Name extends string>(
  workers: readonly Worker[],
  running: ReadonlyMap<Promise<void>, Unfinished<Name>>,
  timeoutMs: number,
): Promise<readonly Unfinished<Name>[]> {
  await Promise.all(workers.map((worker) => worker.pause(true)));
  await within(timeoutMs, Promise.allSettled(running.keys()));
  const left = [...running.values()];
  // Jobs that finished are now ticked off, unless the queue is away: then they run again, which does no harm.
  await within(LAST_WORD, Promise.all(workers.map((worker) => worker.close(left.length > 0))));
  return left;
}

/** True when the work ended within so many milliseconds. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const late = pause(milliseconds, false, { signal: timer.signal, ref: false }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    timer.abort();
  }
}

function failureMessage(job: Job | undefined): string {
  const again = job !== undefined && isTriedAgain(job);
  return `Job ${job?.name ?? ""} failed; ${again ? "it is tried again." : "its rows stay due."}`;
}

function isTriedAgain(job: Job): boolean {
  return job.attemptsMade < (job.opts.attempts ?? 1);
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
