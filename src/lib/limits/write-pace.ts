import { setTimeout as pause } from "node:timers/promises";
import { HOUR, type Instant, MINUTE } from "../../domain/instant.ts";
import { Failure } from "../failure.ts";
import type { HostStore } from "./host-store.ts";

/** How many changes one account may make on a forge in a minute and in an hour; 0: as many as it wants. */
export type WriteLimits = { readonly minute: number; readonly hour: number };

/** Keeps the changes that we make on a forge within what it takes, over all processes. */
export type WritePace = {
  /** Waits until one more change is in order, and counts it. Never refuses: half a pull request is worse than a quick one. */
  readonly turn: (account: string) => Promise<void>;
  /** A `rate-limited` failure where less is left of the hour than a whole pull request takes. */
  readonly room: (account: string) => Promise<Failure | undefined>;
};

/** What the changes of a host's accounts are counted with. */
export type WritePaceOptions = WriteLimits & {
  readonly host: string;
  readonly store: HostStore;
  readonly clock: () => Instant;
  /** Hears that the store could not be asked; this process then counts alone. */
  readonly report: (error: unknown) => void;
  /** Passes real time; tests have their own. */
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
  readonly uptime?: () => number;
};

/** A branch, a commit, a request, its labels, reviewers and status, and what has to be taken back when one of them fails. */
const PULL_REQUEST = 8;

/** What a pace is kept with, and how fast it is. */
type State = WritePaceOptions & {
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  readonly uptime: () => number;
  /** By account: the moment from which on a whole burst may go again. */
  readonly rested: Map<string, number>;
};

/**
 * GitHub takes about 80 changes a minute and 500 an hour, and wants a second between those of a long row
 * (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api, "secondary rate limits"). So half
 * of a minute's go at once, the changes of eight pull requests, and the others evenly after them: never more than `minute`
 * in any minute of this process. The counts of minute and hour are rows that all processes share.
 */
export function createWritePace(options: WritePaceOptions): WritePace {
  const state: State = { sleep: pause, uptime: () => performance.now(), ...options, rested: new Map() };
  return { turn: (account) => turn(state, account), room: (account) => room(state, account) };
}

async function turn(state: State, account: string): Promise<void> {
  const { minute, hour, sleep, clock } = state;
  await ownTurn(state, account);
  await take(state, account, { per: HOUR, limit: hour, wanted: 1 });
  const taken = await take(state, account, { per: MINUTE, limit: minute, wanted: 1 });
  if (taken === undefined || taken.granted > 0) return;
  await sleep(Math.min(MINUTE, Math.max(0, Date.parse(taken.resetAt) - Date.parse(clock()))));
  await take(state, account, { per: MINUTE, limit: minute, wanted: 1 });
}

/** The turn that this process alone would give. */
async function ownTurn({ minute, rested, uptime, sleep }: State, account: string): Promise<void> {
  if (minute === 0) return;
  const burst = Math.max(1, Math.floor(minute / 2));
  const gap = MINUTE / Math.max(1, minute - burst);
  const now = uptime();
  const next = Math.max(rested.get(account) ?? 0, now) + gap;
  rested.set(account, next);
  const wait = next - now - burst * gap;
  if (wait > 0) await sleep(wait);
}

async function room(state: State, account: string): Promise<Failure | undefined> {
  const { host, hour, store, clock, report } = state;
  const needed = Math.min(PULL_REQUEST, hour);
  const taken = await take(state, account, { per: HOUR, limit: hour, wanted: needed });
  if (taken === undefined) return undefined;
  await store.giveBack(taken.name, taken.granted, clock()).catch(report);
  if (taken.granted === needed) return undefined;
  const message = `${host} takes ${hour} changes an hour of one account (network.writes), and they are made; going on at ${taken.resetAt}`;
  return new Failure("rate-limited", message, { retryAt: taken.resetAt });
}

/** What is left of a window after so many were taken from it; undefined where there is no limit, or nobody to ask. */
async function take(
  { host, store, clock, report }: State,
  account: string,
  { per, limit, wanted }: { readonly per: number; readonly limit: number; readonly wanted: number },
) {
  if (limit === 0) return undefined;
  const name = `${host} changes ${account} ${per === HOUR ? "an hour" : "a minute"}`;
  const request = { name, wanted, reserve: 0, imposed: { requests: limit, per } };
  try {
    const { granted, budget } = await store.lease(request, clock());
    return { name, granted, resetAt: budget?.resetAt ?? clock() };
  } catch (error) {
    report(error);
    return undefined;
  }
}

/** Of a client that nobody counts the changes of. */
export const NO_PACE: WritePace = { turn: async () => undefined, room: async () => undefined };
