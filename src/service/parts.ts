import type { Config } from "../config.ts";
import type { FlowContext } from "../flow/context.ts";
import { type Failure, toFailure } from "../lib/failure.ts";
import type { Log } from "../lib/log.ts";
import { type Recurring, recur } from "../queue/schedule.ts";

/** Workers and scheduler of a process, running. */
export type Parts = { readonly stop: () => Promise<void> };

/** What parts work over. */
type Footing = { readonly flow: FlowContext; readonly config: Config };

/** Starts the parts that a process has. What throws has left nothing running. */
type StartParts = (flow: FlowContext, config: Config) => Promise<Parts>;

/** Parts that can be exchanged for those of another configuration. */
export type Exchangeable = {
  /**
   * Stops the parts, then starts those of another configuration. When these cannot be started, the former ones run again
   * and the failure is given; when not even they can, they are tried again and again, and `areRunning` is false.
   */
  readonly exchange: (next: Footing) => Promise<Failure | undefined>;
  readonly areRunning: () => boolean;
  readonly stop: () => Promise<void>;
};

const AGAIN_AFTER = 10_000;
const STOP_WITHIN = 10_000;

/** Starts parts. What throws has left nothing running. */
export async function startExchangeable(
  start: StartParts,
  first: Footing,
  log: Log,
  againAfter = AGAIN_AFTER,
): Promise<Exchangeable> {
  let footing = first;
  let parts: Parts | undefined = await start(first.flow, first.config);
  let recovery: Recurring | undefined;
  let isStuck = false;

  async function stop(): Promise<void> {
    await recovery?.stop(STOP_WITHIN);
    recovery = undefined;
    const running = parts;
    parts = undefined;
    await running?.stop();
  }

  async function startAgain(): Promise<void> {
    if (parts !== undefined) return;
    parts = await start(footing.flow, footing.config);
    isStuck = false;
    log.warn("The former configuration works again.");
  }

  function tryAgain(error: unknown): void {
    log.error(NOTHING_WORKS, { error });
    isStuck = true;
    recovery = recur(againAfter, startAgain, log);
  }

  async function exchange(next: Footing): Promise<Failure | undefined> {
    await stop();
    try {
      parts = await start(next.flow, next.config);
      footing = next;
      isStuck = false;
      return undefined;
    } catch (thrown) {
      await startAgain().catch(tryAgain);
      return toFailure(thrown, "unavailable", "the new configuration could not be started; the former one counts");
    }
  }

  return { exchange, areRunning: () => !isStuck, stop };
}

const NOTHING_WORKS =
  "Nothing works at this moment: neither the new nor the former configuration starts. Trying again.";
