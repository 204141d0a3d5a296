import { type Failure, isFailure } from "../../src/lib/failure.ts";
import { createFetcher, type Fetcher, type FetchResponse } from "../../src/lib/fetcher.ts";
import type { FetcherOptions } from "../../src/lib/http/fetcher-options.ts";
import type { StandIn } from "../upstreams/stand-in.ts";

/** A fetcher that may reach the given stand-ins and nothing else, and that never makes a test wait. */
export function aFetcher(standIns: readonly Pick<StandIn, "url">[], options: Partial<FetcherOptions> = {}): Fetcher {
  return createFetcher({
    userAgent: "Headgate/test (+https://example.org/headgate)",
    allowPrivate: standIns.map(({ url }) => new URL(url).host),
    retryDelay: 1,
    ...options,
  });
}

/** The answer of a request; a failure ends the test with its message. */
export function answered(outcome: FetchResponse | Failure): FetchResponse {
  if (isFailure(outcome)) throw outcome;
  return outcome;
}

/** The failure of a request; an answer ends the test. */
export function failed(outcome: FetchResponse | Failure): Failure {
  if (!isFailure(outcome)) throw new Error(`expected a failure, got ${outcome.status}`);
  return outcome;
}
