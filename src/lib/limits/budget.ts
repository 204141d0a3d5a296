import { type Instant, plus } from "../../domain/instant.ts";

/** Requests that a service allows in a window that ends at `resetAt`. */
export type Budget = { readonly limit: number; readonly remaining: number; readonly resetAt: Instant };

/** A budget that we set ourselves, where a service asks for restraint without a number. `per`: milliseconds. */
export type ImposedBudget = { readonly requests: number; readonly per: number };

/** What one request takes from a budget. `urgent`: it may take from the part that polls leave to deliveries. */
export type Draw = { readonly budget: string; readonly cost: number; readonly urgent: boolean };

/**
 * What a process asks for in advance. `seen`: what the service's last answer said, less what this process has in hand.
 * `reserve` (0..1): the part of the limit that stays.
 */
export type LeaseRequest = {
  readonly name: string;
  readonly wanted: number;
  readonly reserve: number;
  readonly seen?: Budget | undefined;
  readonly imposed?: ImposedBudget | undefined;
};

/** What it gets; `budget` is what is known afterwards. Of a budget nobody has seen yet everything is granted. */
export type Lease = { readonly granted: number; readonly budget: Budget | undefined };

/** Windows whose ends differ by less are the same: services round, and clocks differ. */
const SAME_WINDOW = 60_000;

/** Takes an advance from what is stored. Pure: every store of budgets calls it with the row it holds. */
export function leaseFrom(stored: Budget | undefined, request: LeaseRequest, now: Instant): Lease {
  const current = currentOf(stored, request, now);
  if (current === undefined) return { granted: request.wanted, budget: undefined };
  const spare = current.remaining - Math.ceil(current.limit * request.reserve);
  const granted = Math.max(0, Math.min(request.wanted, spare));
  return { granted, budget: { ...current, remaining: current.remaining - granted } };
}

/** A budget to which requests come back that were granted in this window and not made. */
export function returnedTo(stored: Budget, count: number, now: Instant): Budget {
  return stored.resetAt <= now ? stored : { ...stored, remaining: Math.min(stored.remaining + count, stored.limit) };
}

/**
 * How many requests are fetched in advance: a fiftieth of the limit, so that a process that dies takes little with it,
 * and a hundred requests cost one question to the store.
 */
export function chunkOf(limit: number | undefined): number {
  return limit === undefined ? 20 : Math.min(Math.max(Math.ceil(limit / 50), 1), 100);
}

/**
 * What a service says of its budget: GitHub's and Docker Hub's `x-ratelimit-*` with the end of the window in epoch
 * seconds, or a registry's `ratelimit-limit: 100;w=21600` (docs.docker.com/docker-hub/usage/pulls), whose window slides.
 */
export function budgetOf(headers: Readonly<Record<string, string>>, now: Instant): Budget | undefined {
  const limit = numberOf(headers["x-ratelimit-limit"]);
  const remaining = numberOf(headers["x-ratelimit-remaining"]);
  const reset = numberOf(headers["x-ratelimit-reset"]);
  if (limit !== undefined && remaining !== undefined && reset !== undefined && reset < 1e11)
    return { limit, remaining, resetAt: new Date((reset + 1) * 1_000).toISOString() };
  const [whole, left] = [windowed(headers["ratelimit-limit"]), windowed(headers["ratelimit-remaining"])];
  if (whole === undefined || left === undefined) return undefined;
  return { limit: whole.count, remaining: left.count, resetAt: plus(now, whole.seconds * 1_000) };
}

/** The service's word counts, but never gives back what others have taken in the same window. */
function currentOf(stored: Budget | undefined, { seen, imposed }: LeaseRequest, now: Instant): Budget | undefined {
  const known = stored !== undefined && stored.resetAt > now ? stored : undefined;
  if (seen !== undefined && seen.resetAt > now) {
    if (known === undefined) return seen;
    const later = Date.parse(seen.resetAt) - Date.parse(known.resetAt);
    if (later > SAME_WINDOW) return seen;
    return later < -SAME_WINDOW ? known : { ...known, remaining: Math.min(known.remaining, seen.remaining) };
  }
  if (known !== undefined || imposed === undefined) return known;
  return { limit: imposed.requests, remaining: imposed.requests, resetAt: plus(now, imposed.per) };
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

function windowed(text: string | undefined): { count: number; seconds: number } | undefined {
  const [, count, seconds] = /^(\d{1,9})\s*;\s*w=(\d{1,7})$/.exec(text ?? "") ?? [];
  return count === undefined ? undefined : { count: Number(count), seconds: Number(seconds) };
}
