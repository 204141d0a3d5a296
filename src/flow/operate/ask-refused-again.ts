import { wakeLookups, wakeRefused } from "../../db/upstreams/refused.ts";
import type { FlowContext } from "../context.ts";
import { LOOKUP } from "../trust/collect-evidence.ts";
import { COLLECTING } from "../trust/collect-facts.ts";

/**
 * What was refused, or asked in vain, is asked again now and not when its rest is over: whoever starts this process, or
 * hands it another configuration, may have corrected what it was refused for.
 */
export async function askRefusedAgain({ db, clock }: Pick<FlowContext, "db" | "clock">): Promise<void> {
  await wakeRefused(db, clock());
  await wakeLookups(db, [LOOKUP, ...COLLECTING.map(({ id }) => id)], clock());
}
