import { allVouches } from "../db/vouches.ts";
import type { Failure } from "../lib/failure.ts";
import type { Collected } from "../score/signal.ts";
import { vouches } from "../score/signals/vouches.ts";
import type { FlowContext } from "./context.ts";

/** What is recorded about an upstream in the store and the configuration. Nobody outside is asked, so it is never old. */
export async function collectVouches(flow: FlowContext, upstream: string): Promise<Collected<unknown> | Failure> {
  const { fetcher, reader: github, urls } = flow;
  return vouches.collect(upstream, {
    ...{ fetcher, github, urls, now: flow.clock() },
    vouches: [...flow.vouches, ...(await allVouches(flow.db))],
    repositoryOf: () => undefined,
  });
}
