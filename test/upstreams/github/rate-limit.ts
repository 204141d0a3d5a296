import { plus } from "../../../src/domain/instant.ts";
import type { Credential, GithubWorld } from "./world.ts";

/** Where a credential stands after a request. */
export type Standing = {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  readonly resetAt: string;
  /** False when the request must be refused: nothing was taken. */
  readonly granted: boolean;
  readonly resource: "core" | "graphql";
};

/** Takes points from a credential's hour. Asking for none tells where it stands. */
export type RateAccounts = (
  credential: Credential | undefined,
  resource: Standing["resource"],
  points: number,
) => Standing;

/** Accounts per credential and resource. An hour begins with its first request, and the limits are the world's of that moment. */
export function rateAccounts(world: GithubWorld): RateAccounts {
  const accounts = new Map<Credential | "anonymous", Record<string, { used: number; resetAt: string }>>();
  return (credential, resource, points) => {
    const key = credential ?? "anonymous";
    const windows = accounts.get(key) ?? {};
    accounts.set(key, windows);
    const now = world.clock();
    let window = windows[resource];
    if (window === undefined || window.resetAt <= now) window = { used: 0, resetAt: plus(now, 3_600_000) };
    windows[resource] = window;
    const limit = credential === undefined ? world.limits.anonymous : world.limits[resource];
    const granted = window.used + points <= limit;
    if (granted) window.used += points;
    const { used, resetAt } = window;
    return { limit, used, remaining: granted ? limit - used : 0, resetAt, granted, resource };
  };
}

/** The headers GitHub sends with every answer. */
export function rateHeaders({ limit, used, remaining, resetAt, resource }: Standing): Record<string, string> {
  return {
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-used": String(used),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": String(Math.ceil(Date.parse(resetAt) / 1000)),
    "x-ratelimit-resource": resource,
  };
}
