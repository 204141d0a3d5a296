import type { ImposedBudget } from "../limits/budget.ts";
import type { HostStore } from "../limits/host-store.ts";
import type { UrlLogin } from "../secrets/logins.ts";
import type { ResolveAll } from "./resolve.ts";

/** How the fetcher behaves. All times in milliseconds. */
export type FetcherOptions = {
  readonly userAgent: string;
  /** `host:port` entries that may be private, loopback or plain http. */
  readonly allowPrivate: readonly string[];
  /** Everything but the `allowPrivate` entries and what `noProxy` names goes through this proxy. */
  readonly proxy?: string | undefined;
  readonly noProxy?: readonly string[];
  /** Who to be where a request does not say: over https only, or at an `allowPrivate` entry. */
  readonly logins?: readonly UrlLogin[];
  /** PEM certificates that are trusted besides the system's. */
  readonly certificateAuthorities?: readonly string[];
  /** Requests at once per host (default 8), and for named hosts. */
  readonly concurrency?: number;
  readonly concurrencyOf?: Readonly<Record<string, number>>;
  /** Further tries of requests that only read, after 502, 503, 504 and connection errors (default 2). */
  readonly retries?: number;
  /** Wait before the first further try, doubled for each next one, with jitter (default 500). */
  readonly retryDelay?: number;
  readonly connectTimeout?: number;
  readonly headersTimeout?: number;
  readonly bodyTimeout?: number;
  readonly maxBytes?: number;
  /** A host is left alone after so many failures in a row (default 5), for so long (default 30 s). */
  readonly circuitFailures?: number;
  readonly circuitCooldown?: number;
  readonly clock?: () => number;
  /** Where pauses and budgets are shared with other processes (default: nowhere), and how old a look there may be (2 s). */
  readonly hostStore?: HostStore;
  readonly hostRefresh?: number;
  /** The part of every budget (0..1) that is kept for urgent requests (default 0.1). */
  readonly reserve?: number;
  /** By host name: what we allow ourselves where a service asks for restraint without a number. */
  readonly budgets?: Readonly<Record<string, ImposedBudget>>;
  /** Hears of trouble with `hostStore`. */
  readonly report?: (error: unknown) => void;
  readonly resolve?: ResolveAll;
};

/** What counts where nobody says otherwise. */
export const DEFAULTS = {
  concurrency: 8,
  concurrencyOf: {},
  logins: [],
  retries: 2,
  retryDelay: 500,
  connectTimeout: 5_000,
  headersTimeout: 15_000,
  bodyTimeout: 60_000,
  maxBytes: 10 * 1024 * 1024,
  circuitFailures: 5,
  circuitCooldown: 30_000,
  clock: Date.now,
  hostRefresh: 2_000,
  reserve: 0.1,
  budgets: {},
  report: () => undefined,
} as const satisfies Partial<FetcherOptions>;

/** Options with their defaults filled in. */
export type Settings = FetcherOptions & Required<Pick<FetcherOptions, keyof typeof DEFAULTS>>;
