import { renewUpstreams, returnUpstreams, takeUpstreams } from "../../db/upstreams/due-upstreams.ts";
import type { Instant } from "../../domain/instant.ts";
import type { FlowContext } from "../context.ts";
import { holding, until } from "../hold.ts";
import { LEASE } from "../ticks.ts";

/**
 * Works with upstreams under leases of its own, beside polls: `work` is given those that nobody else has at this moment,
 * stores what it learns of them by `storeHeld`, and they are given back as they were, also where it throws.
 */
export async function takingUpstreams(
  flow: FlowContext,
  purls: readonly string[],
  work: (flow: FlowContext, taken: readonly string[]) => Promise<void>,
): Promise<void> {
  if (purls.length === 0) return;
  const word = until(flow);
  const taken = await takeUpstreams(flow.db, purls, { until: word, now: flow.clock(), leaseMs: LEASE });
  if (taken.length === 0) return;
  const exchange = async (from: Instant, to: Instant) => {
    await renewUpstreams(flow.db, taken, { from, to });
    return true; // each of them is somebody else's or ours by itself
  };
  const free = (mine: Instant) => returnUpstreams(flow.db, taken, mine);
  await holding(flow, { word, exchange, free }, async (hold) => {
    await work({ ...flow, hold }, taken);
    await hold.use(free);
  });
}
