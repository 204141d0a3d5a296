import { type Instant, plus } from "../domain/instant.ts";
import type { FlowContext, GiveBack, Hold } from "./context.ts";
import { LEASE } from "./ticks.ts";

/**
 * How a lease is kept. `given`: what the job came with, absent where no job did, so that nobody tries it again; `word`: what
 * it is now; `free`: frees what has that word.
 */
type Kept = {
  readonly given?: Instant;
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

/** A lease that is renewed, ended or used in turns: nothing of it happens at the same time as something else of it. */
type Lease = {
  readonly renew: (to: Instant) => Promise<void>;
  /** Gives the word to `last`, unless it is lost already. Nothing is renewed after it, and nothing more is written. */
  readonly end: (last: (word: Instant) => Promise<unknown>) => Promise<void>;
  readonly isGivenBack: () => boolean;
  /** All that was asked of it so far has ended. */
  readonly quiet: () => Promise<void>;
  readonly hold: Hold;
};

function keepLease(flow: Pick<FlowContext, "clock">, { word: first, exchange }: Kept): Lease {
  const uses = new Set<Promise<unknown>>();
  let word = first;
  let state: "held" | "lost" | "given back" = "held";
  let turn = Promise.resolve();
  const inTurn = (step: () => Promise<void>) => {
    const done = turn.then(step);
    turn = done.catch(() => undefined);
    return done;
  };
  const renew = (to: Instant) =>
    inTurn(async () => {
      await Promise.allSettled(uses);
      if (state !== "held") return;
      if (await exchange(word, to)) word = to;
      else state = "lost";
    });
  const end: Lease["end"] = (last) =>
    inTurn(async () => {
      if (state !== "held") return;
      state = "given back";
      await last(word);
    });
  const use: Hold["use"] = async (task) => {
    await turn;
    if (state === "given back") throw new LeaseLost("This work was given back.");
    const used = task(word);
    uses.add(used);
    return used.finally(() => uses.delete(used));
  };
  const confirm = async () => {
    if (state === "held" && flow.clock() < plus(word, -LEASE / 3)) return;
    await renew(until(flow));
    if (state !== "held") throw new LeaseLost("Somebody else has this work by now.");
  };
  return { renew, end, isGivenBack: () => state === "given back", quiet: () => turn, hold: { use, confirm } };
}

/**
 * Renews a lease while the work goes on. A renewal that fails is tried again; the last one has ended when this does. When
 * the work throws, the lease is again the one that the job came with: its next try knows it, and others wait until it is
 * over; where there is no job, it is freed. So it is when the work is given up because it does not end. Work that finds its
 * lease lost ends here, without a further try; so does work that was given up before it could begin.
 */
export async function holding(
  flow: Pick<FlowContext, "clock" | "log" | "unfinished" | "givenUp">,
  kept: Kept,
  work: (hold: Hold) => Promise<void>,
): Promise<boolean> {
  const lease = keepLease(flow, kept);
  const { given, free, exchange } = kept;
  if (flow.givenUp?.aborted === true) {
    await lease.end(free);
    return false;
  }
  const handBack = () =>
    lease.end((mine) => (given === undefined ? free(mine) : exchange(mine, given))).catch(() => undefined); // the store is away: the lease ends by itself
  const letGo = keepRenewed(flow, lease, { giveBack: () => lease.end(free), handBack });
  try {
    await work(lease.hold);
    return true;
  } catch (thrown) {
    if (!isLeaseLost(thrown)) {
      await handBack();
      throw thrown;
    }
    if (!lease.isGivenBack())
      flow.log.warn(
        "This work is left to whoever has it now: this process stood still for longer than its lease, or the plan changed.",
      );
    return false;
  } finally {
    letGo();
    await lease.quiet();
  }
}

/** Renews a lease until the function that it gives is called, or the work is given up. Until then whoever stops the process can give it back. */
function keepRenewed(
  flow: Pick<FlowContext, "clock" | "unfinished" | "givenUp">,
  lease: Lease,
  { giveBack, handBack }: { readonly giveBack: GiveBack; readonly handBack: () => Promise<void> },
): () => void {
  const timer = setInterval(() => void lease.renew(until(flow)).catch(() => undefined), LEASE / 3);
  const giveUp = () => {
    letGo();
    void handBack();
  };
  const letGo = () => {
    clearInterval(timer);
    flow.unfinished?.delete(giveBack);
    flow.givenUp?.removeEventListener("abort", giveUp);
  };
  flow.unfinished?.add(giveBack);
  flow.givenUp?.addEventListener("abort", giveUp);
  return letGo;
}
