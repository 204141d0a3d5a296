import type { FlowContext, GiveBack } from "../flow/context.ts";
import { HANDLERS, recordGivenUp } from "../flow/jobs.ts";
import type { Enqueue, JobName } from "../flow/ticks.ts";
import { logWith } from "../lib/log.ts";
import type { JobQueue } from "../queue/queue.ts";
import { type Handler, startWorkers } from "../queue/worker.ts";
import { enqueueTo } from "./enqueue.ts";

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
  const stopped = new AbortController();
  const handlers = handlersOver({ ...flow, unfinished }, stopped.signal, enqueueTo(queue, flow));
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
      stopped.abort(); // what has no lease yet begins nothing more: another configuration may be at work by now
      if (left.length > 0)
        log.info(`${left.length} unfinished jobs are given back`, { jobs: left.map(({ name }) => name) });
    },
  };
}

function handlersOver(flow: FlowContext, stopped: AbortSignal, enqueue: Enqueue): Readonly<Record<JobName, Handler>> {
  const bind =
    (name: JobName): Handler =>
    (payload, { id, givenUp }) => {
      const log = logWith(flow.log, { job: id });
      return HANDLERS[name]({ ...flow, givenUp: AbortSignal.any([givenUp, stopped]), log }, payload, enqueue);
    };
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
