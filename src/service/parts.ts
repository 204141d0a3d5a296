import { setTimeout as pause } from "node:timers/promises";
import type { Config } from "../config.ts";
import type { FlowContext } from "../flow/context.ts";
import { askRefusedAgain } from "../flow/operate/ask-refused-again.ts";
import { recur } from "../queue/schedule.ts";
import { enqueueTo } from "./enqueue.ts";
import type { Ground } from "./ground.ts";
import { startScheduler } from "./scheduler.ts";
import { startWork } from "./work.ts";

/** Workers and scheduler of a process, running. */
export type Parts = { readonly stop: () => Promise<void> };

/** So many milliseconds jobs have to finish when the process stops or takes over a configuration. */
const STOP_WITHIN = 5_000;

/** What jobs took is added to the store so often, and a last time when the process stops, if the store answers within this. */
const FLUSH_EVERY = 15_000;
const LAST_COUNT = 1_000;

/** Workers and scheduler over one flow. The scheduler first: work that was begun would go on when it cannot be started. */
export async function startParts(
  { queue, statistics, log, has }: Ground,
  flow: FlowContext,
  config: Config,
): Promise<Parts> {
  const scheduler = has("scheduler") ? await startScheduler(flow, queue, enqueueTo(queue, flow), config) : undefined;
  const stopScheduler = async () => scheduler?.stop(STOP_WITHIN);
  if (!has("worker")) return { stop: stopScheduler };
  await askRefusedAgain(flow).catch((error: unknown) =>
    log.warn("What was refused is asked again when its rest is over: the store does not answer yet.", { error }),
  );
  const work = await attempt(() => startWork(flow, queue, statistics.jobDone), stopScheduler);
  const counting = recur(FLUSH_EVERY, statistics.flush, { name: "The count of what jobs took", log });
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
