import { type Instant, plus } from "../domain/instant.ts";
import type { FlowContext, GiveBack, Hold } from "./context.ts";
import { LEASE } from "./ticks.ts";

/** How a lease is kept. `given`: what the job came with; `word`: what it was exchanged for; `free`: frees what has that word. */
type Kept = {
  readonly given: Instant;
  readonly word: Instant;
  /** False: somebody else has it. */
  readonly exchange: (from: Instant, to: Instant) => Promise<boolean>;
  readonly free: (word: Instant) => Promise<void>;
};

class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/** A millisecond more than a scheduler's lease of the same moment: they are never the same word. */
export function until({ clock }: Pick<FlowContext, "clock">): Instant {
  return plus(clock(), LEASE + 1);
}

/** True for what `confirm` throws, through whatever threw it on. */
export function isLeaseLost(thrown: unknown): boolean {
  return thrown instanceof LeaseLost;
}

/**
 * Renews a lease while the work goes on. A renewal that fails is tried again; the last one has ended when this does. When
 * the work throws, the lease is again the one that the job came with: its next try knows it, and others wait until it is
 * over. So it is when the work is given up because it does not end. Work that finds its lease lost ends here, without a
 * further try.
 */
export async function holding(
  flow: Pick<FlowContext, "clock" | "log" | "unfinished" | "givenUp">,
  { given: before, word: first, exchange, free }: Kept,
  work: (hold: Hold) => Promise<void>,
): Promise<boolean> {
  const uses = new Set<Promise<unknown>>();
  let word = first;
  let isLost = false;
  let isGivenBack = false;
  let turn = Promise.resolve();
  /** Nothing is renewed after it, and nothing more is written. */
  const end = (last: (word: Instant) => Promise<unknown>) => {
    const ended = turn.then(async () => {
      if (isLost) return;
      isLost = true;
      isGivenBack = true;
      await last(word);
    });
    turn = ended.catch(() => undefined);
    return ended;
  };
  const renew = (to: Instant) => {
    const renewed = turn.then(async () => {
      await Promise.allSettled(uses);
      if (!isLost && (await exchange(word, to))) word = to;
      else isLost = true;
    });
    turn = renewed.catch(() => undefined);
    return renewed;
  };
  const giveBack: GiveBack = () => end(free);
  const giveUp = () => {
    clearInterval(timer);
    flow.unfinished?.delete(giveBack);
    end((mine) => exchange(mine, before)).catch(() => undefined); // the store is away: the lease ends by itself
  };
  flow.unfinished?.add(giveBack);
  flow.givenUp?.addEventListener("abort", giveUp);
  const timer = setInterval(() => void renew(until(flow)).catch(() => undefined), LEASE / 3);
  const hold: Hold = {
    use: async (task) => {
      await turn;
      if (isGivenBack) throw new LeaseLost("This work was given back.");
      const used = task(word);
      uses.add(used);
      return used.finally(() => uses.delete(used));
    },
    confirm: async () => {
      if (!isLost && flow.clock() < plus(word, -LEASE / 3)) return;
      await renew(until(flow));
      if (isLost) throw new LeaseLost("Somebody else has this work by now.");
    },
  };
  try {
    await work(hold);
    return true;
  } catch (thrown) {
    if (!isLeaseLost(thrown)) {
      await renew(before).catch(() => undefined); // the store is away: the lease ends by itself
      throw thrown;
    }
    if (!isGivenBack)
      flow.log.warn(
        "This work is left to whoever has it now: this process stood still for longer than its lease, or the plan changed.",
      );
    return false;
  } finally {
    clearInterval(timer);
    flow.unfinished?.delete(giveBack);
    flow.givenUp?.removeEventListener("abort", giveUp);
    await turn;
  }
}
