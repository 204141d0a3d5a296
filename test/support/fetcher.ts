import { createFetcher, type Fetcher } from "../../src/lib/fetcher.ts";
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
