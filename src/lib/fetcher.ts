import type { Failure } from "./failure.ts";

/** One outbound request. Redirects are followed for GET and HEAD only, at most five, credentials dropped at a change of host. */
export type FetchRequest = {
  readonly url: string;
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Bytes of decoded body after which the answer is a `too-large` failure. */
  readonly maxBytes?: number;
  readonly timeout?: number;
  readonly signal?: AbortSignal;
};

/** An answer of any status; header names in lower case. */
export type FetchResponse = {
  readonly status: number;
  /** Where the answer came from, after redirects. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

/**
 * The only way out. Statuses are answers, not failures; a failure is a network error, a time-out, an address that is
 * not allowed, a body over the limit, or a host whose circuit is open or whose rate limit lasts (with `retryAt`).
 */
export type Fetcher = {
  readonly fetch: (request: FetchRequest) => Promise<FetchResponse | Failure>;
  readonly close: () => Promise<void>;
};
