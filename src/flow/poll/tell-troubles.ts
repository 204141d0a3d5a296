import { between, DAY, HOUR, type Instant, MINUTE } from "../../domain/instant.ts";
import { hostOfUpstream } from "../../domain/upstream.ts";
import type { Failure, FailureCode } from "../../lib/failure.ts";
import type { Log } from "../../lib/log.ts";

/** An upstream that gave no good answer in this round, why, and when it is tried again; how it failed before, if it did. */
export type PollTrouble = {
  readonly purl: string;
  readonly failure: Failure;
  readonly retryAt: Instant;
  readonly before?: { readonly code: FailureCode } | undefined;
};

/** An upstream that gave a good answer, and since when it had given none. */
export type PollRecovery = { readonly purl: string; readonly since: Instant };

/**
 * Says what is news: that an upstream fails, that it fails in another way, and that it answers again. What failed in the
 * same way before is silent, for weeks if need be: it stands in digests, in metrics and on the page of problems.
 */
export function tellTroubles(
  log: Log,
  troubles: readonly PollTrouble[],
  recovered: readonly PollRecovery[],
  now: Instant,
): void {
  warnOf(
    log,
    troubles.filter(({ failure, before }) => before === undefined || manner(before.code) !== manner(failure.code)),
  );
  for (const those of Map.groupBy(recovered, ({ purl }) => hostOfUpstream(purl)).values()) {
    const since = those.map((one) => one.since).sort()[0] ?? now;
    const [{ purl } = { purl: "" }] = those;
    const who =
      those.length === 1 ? `${purl}: it answers` : `${hostOfUpstream(purl)}: ${those.length} upstreams answer`;
    log.info(`${who} again, after ${spanOf(between(since, now))}`, { upstreams: those.length });
  }
}

/** Whether nobody answered in time or nobody answered at all differs from try to try. */
function manner(code: FailureCode): FailureCode {
  return code === "timeout" ? "unavailable" : code;
}

function spanOf(milliseconds: number): string {
  if (milliseconds >= 2 * DAY) return `${Math.round(milliseconds / DAY)} days`;
  if (milliseconds >= 2 * HOUR) return `${Math.round(milliseconds / HOUR)} hours`;
  return `${Math.max(1, Math.round(milliseconds / MINUTE))} min`;
}

/** One line per host and code: where a host is down, thousands of upstreams say the same. */
function warnOf(log: Log, troubles: readonly PollTrouble[]): void {
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
