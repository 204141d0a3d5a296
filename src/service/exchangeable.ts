import type { Config } from "../config.ts";
import type { FlowContext } from "../flow/context.ts";
import { Failure, toFailure } from "../lib/failure.ts";
import { createGate } from "../lib/limits/gate.ts";
import type { Log } from "../lib/log.ts";
import { type Recurring, recur } from "../queue/schedule.ts";
import type { Parts } from "./parts.ts";

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
  /** Waits for an exchange that is under way; none begins after it. */
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
  const alone = createGate(1);
  let footing = first;
  let parts: Parts | undefined = await start(first.flow, first.config);
  let recovery: Recurring | undefined;
  let isStopping = false;

  async function stopParts(): Promise<void> {
    await recovery?.stop(STOP_WITHIN);
    const running = parts;
    recovery = undefined;
    parts = undefined;
    await running?.stop();
  }

  async function startAgain(): Promise<void> {
    if (parts !== undefined) return;
    parts = await start(footing.flow, footing.config);
    log.warn("The former configuration works again.");
  }

  async function exchange(next: Footing): Promise<Failure | undefined> {
    if (isStopping) return new Failure("cancelled", "this process stops");
    await stopParts();
    try {
      parts = await start(next.flow, next.config);
      footing = next;
      return undefined;
    } catch (thrown) {
      await startAgain().catch((error: unknown) => {
        log.error(NOTHING_WORKS, { error });
        recovery = recur(againAfter, startAgain, { name: "The start of schedule and workers", log });
      });
      return toFailure(thrown, "unavailable", "the new configuration could not be started; the former one counts");
    }
  }

  return {
    exchange: (next) => alone(() => exchange(next)),
    areRunning: () => parts !== undefined || recovery === undefined,
    stop: () => {
      isStopping = true;
      return alone(stopParts);
    },
  };
}

const NOTHING_WORKS =
  "Nothing works at this moment: neither the new nor the former configuration starts. Trying again.";
