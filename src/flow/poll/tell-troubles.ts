import type { Instant } from "../../domain/instant.ts";
import { hostOfUpstream } from "../../domain/upstream.ts";
import type { Failure } from "../../lib/failure.ts";
import type { Log } from "../../lib/log.ts";

/** An upstream that gave no good answer in this round, why, and when it is tried again. */
export type PollTrouble = { readonly purl: string; readonly failure: Failure; readonly retryAt: Instant };

/**
 * One line per host and code: where a host is down, thousands of upstreams say the same. What each of them said is in the
 * store, and on the page of problems.
 */
export function tellTroubles(log: Log, troubles: readonly PollTrouble[]): void {
  const alike = Map.groupBy(troubles, ({ purl, failure }) => `${failure.code} ${hostOfUpstream(purl)}`);
  for (const those of alike.values()) {
    const [first] = those;
    if (first === undefined) continue;
    const { purl, failure } = first;
    const [retryAt = first.retryAt] = those.map((one) => one.retryAt).sort();
    const example = `${purl}: ${failure.message}`;
    if (those.length === 1) log.warn(example, { code: failure.code, retryAt });
    else
      log.warn(`${hostOfUpstream(purl)}: ${those.length} upstreams gave no good answer, such as ${example}`, {
        ...{ code: failure.code, upstreams: those.length, retryAt },
      });
  }
}
