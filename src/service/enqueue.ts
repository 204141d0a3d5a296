import type { FlowContext } from "../flow/context.ts";
import { LANES } from "../flow/jobs.ts";
import type { Enqueue, JobName } from "../flow/ticks.ts";
import { onceAMinute } from "../lib/concurrency/once-a-minute.ts";
import { type Failure, isFailure } from "../lib/failure.ts";
import { type JobQueue, MAIN } from "../queue/queue.ts";

/**
 * With so many jobs in its lane, one waits with its rows. A hint that waits for longer than its lease is given again, so that
 * without a bound a queue that nobody works off would grow by all projects each minute. What has a schedule is few, and
 * finds room behind any number of projects. Each process counts for itself what it put there since it asked: of n processes
 * a lane holds at most n times as many, since the last to ask counted what all others had put there before.
 */
const MOST: Readonly<Partial<Record<JobName, number>>> = { project: 100, poll: 1_000 };
const MOST_OF_OTHERS = 200;

/** What was asked longer ago is asked again: other processes enqueue, too. Milliseconds. */
const FRESH = 2_000;

/** A job that could not be enqueued is not lost: its rows stay due, and the next look finds them. */
export function enqueueTo(queue: JobQueue<JobName>, { log }: Pick<FlowContext, "log">): Enqueue {
  const hasRoom = roomIn(queue);
  const complain = onceAMinute(({ message }: Failure, job: JobName) =>
    log.warn(`${message} The rows stay due.`, { job }),
  );
  const sayFull = onceAMinute((job: JobName) =>
    log.info("Many jobs wait: more are put on the queue when some are done. If it stays so, start more workers.", {
      job,
    }),
  );
  return async (name, payload, id) => {
    if (!(await hasRoom(name))) {
      sayFull(name);
      return false;
    }
    const failure = await queue.enqueue(name, payload, { id });
    if (failure !== undefined) complain(failure, name);
    return failure === undefined;
  };
}

/** Says whether a job finds room in its lane, and counts it as put there. */
function roomIn(queue: JobQueue<JobName>): (name: JobName) => Promise<boolean> {
  const waiting = new Map<string, number>();
  let askedAt = Number.NEGATIVE_INFINITY;
  return async (name) => {
    const lane = LANES[name] ?? MAIN;
    const most = MOST[name] ?? MOST_OF_OTHERS;
    const isFull = () => (waiting.get(lane) ?? 0) >= most;
    if (isFull() || performance.now() - askedAt > FRESH) {
      const depths = await queue.depths();
      if (isFailure(depths)) return true; // then the job is not taken either, and that is said
      askedAt = performance.now();
      for (const depth of depths) waiting.set(depth.lane, depth.waiting);
    }
    if (isFull()) return false;
    waiting.set(lane, (waiting.get(lane) ?? 0) + 1);
    return true;
  };
}
