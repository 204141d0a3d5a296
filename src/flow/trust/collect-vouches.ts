import type { Failure } from "../../lib/failure.ts";
import type { Collected } from "../../score/signal.ts";
import { vouches } from "../../score/signals/vouches.ts";
import type { FlowContext } from "../context.ts";
import { scoreContext } from "./score-context.ts";

/** What is recorded about an upstream in the store and the configuration. Nobody outside is asked, so it is never old. */
export async function collectVouches(flow: FlowContext, upstream: string): Promise<Collected<unknown> | Failure> {
  return vouches.collect(upstream, await scoreContext(flow));
}
