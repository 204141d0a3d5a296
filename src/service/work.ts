import type { FlowContext, GiveBack } from "../flow/context.ts";
import { HANDLERS, recordGivenUp } from "../flow/jobs.ts";
import type { Enqueue, JobName } from "../flow/ticks.ts";
import { onceAMinute } from "../lib/concurrency/once-a-minute.ts";
import type { Failure } from "../lib/failure.ts";
import { logWith } from "../lib/log.ts";
import type { JobQueue } from "../queue/queue.ts";
import { type Handler, startWorkers } from "../queue/worker.ts";

const CONCURRENCY = 4;

/** Hears how long each job took. */
export type OnDone = (name: JobName, milliseconds: number, succeeded: boolean) => void;

/** Carries out jobs until it is stopped: then those that run are finished within the time, or given back to their rows. */
export function startWork(
  flow: FlowContext,
  queue: JobQueue<JobName>,
  onDone: OnDone,
): { readonly stop: (withinMs: number) => Promise<void> } {
  const unfinished = new Set<GiveBack>();
  const handlers = handlersOver(flow, unfinished, enqueueTo(queue, flow));
  const { log } = flow;
  const workers = startWorkers(queue, handlers, {
    concurrency: CONCURRENCY,
    log,
    onDone,
    onGivenUp: ({ name }, error) => {
      recordGivenUp(flow, name, error).catch((thrown: unknown) =>
        log.error("A failed job is not kept.", { error: thrown }),
      );
    },
  });
  return {
    stop: async (withinMs) => {
      const left = await workers.close(withinMs);
      await Promise.allSettled([...unfinished].map((giveBack) => giveBack())); // where the store is away, leases end by themselves
      if (left.length > 0)
        log.info(`${left.length} unfinished jobs are given back`, { jobs: left.map(({ name }) => name) });
    },
  };
}

function handlersOver(
  flow: FlowContext,
  unfinished: Set<GiveBack>,
  enqueue: Enqueue,
): Readonly<Record<JobName, Handler>> {
  const bind =
    (name: JobName): Handler =>
    (payload, { id, givenUp }) =>
      HANDLERS[name]({ ...flow, unfinished, givenUp, log: logWith(flow.log, { job: id }) }, payload, enqueue);
  return {
    project: bind("project"),
    poll: bind("poll"),
    published: bind("published"),
    letters: bind("letters"),
    digest: bind("digest"),
    advisories: bind("advisories"),
    scores: bind("scores"),
    housekeeping: bind("housekeeping"),
    heartbeat: bind("heartbeat"),
    backup: bind("backup"),
  };
}

/** A job that could not be enqueued is not lost: its rows stay due, and the next look finds them. */
export function enqueueTo(queue: JobQueue<JobName>, flow: FlowContext): Enqueue {
  const complain = onceAMinute(({ message }: Failure, job: JobName) =>
    flow.log.warn(`${message} The rows stay due.`, { job }),
  );
  return async (name, payload, id) => {
    const failure = await queue.enqueue(name, payload, { id });
    if (failure !== undefined) complain(failure, name);
    return failure === undefined;
  };
}
