import { earliest, type Instant, plus } from "../../domain/instant.ts";
import { Failure } from "../failure.ts";
import type { AnswerHead } from "../http/retry-after.ts";
import { type Budget, budgetOf, chunkOf, type Draw, type ImposedBudget } from "./budget.ts";
import type { HostStore } from "./host-store.ts";
import type { Pauses } from "./pauses.ts";

/** Budgets of requests: taken before a request, corrected by what its answer says. */
export type Budgets = {
  /** Takes from a budget; a `rate-limited` failure says when there is something to take again. */
  readonly take: (draw: Draw, imposed?: ImposedBudget) => Promise<Failure | undefined>;
  /** Takes note of the headers of an answer. */
  readonly note: (draw: Draw, answer: AnswerHead & { readonly body: Uint8Array }) => void;
  /** Gives back what was taken in advance and not spent. */
  readonly close: () => Promise<void>;
};

/** What budgets are counted with. */
export type BudgetsOptions = {
  readonly store: HostStore;
  readonly pauses: Pauses;
  /** The part of each budget (0..1) that only urgent requests may take. */
  readonly reserve: number;
  readonly clock: () => number;
  readonly report: (error: unknown) => void;
};

type Purse = {
  /** Taken in advance and not spent, until the window ends. */
  inHand: number;
  until: Instant;
  /** Taken before anybody had seen the budget: void as soon as somebody has. */
  blind: boolean;
  seen: Budget | undefined;
  /** Polls have been told that nothing is left until then. */
  emptyUntil: Instant;
  strikes: number;
  filling: Promise<number> | undefined;
};

const NEVER = new Date(0).toISOString();
/** An empty budget is looked at again after so long: the window of some services slides. */
const LOOK_AGAIN = 600_000;
const LONGEST_WAIT = 3_600_000;
const FIRST_PAUSE = 60_000;

/** Keeps the advances of this process. The store is asked once per chunk, not once per request. */
export function createBudgets({ store, pauses, reserve, clock, report }: BudgetsOptions): Budgets {
  const purses = new Map<string, Purse>();
  const now = () => new Date(clock()).toISOString();

  function purseOf(name: string): Purse {
    const known = purses.get(name);
    if (known !== undefined) return known;
    const purse = {
      inHand: 0,
      until: NEVER,
      blind: false,
      seen: undefined,
      emptyUntil: NEVER,
      strikes: 0,
      filling: undefined,
    };
    purses.set(name, purse);
    return purse;
  }

  /** Gives how much was granted. */
  async function fill(
    purse: Purse,
    { budget, cost, urgent }: Draw,
    imposed: ImposedBudget | undefined,
  ): Promise<number> {
    const inHand = purse.until > now() ? purse.inHand : 0;
    const seen = purse.seen && { ...purse.seen, remaining: purse.seen.remaining - inHand };
    const wanted = urgent ? cost : Math.max(cost, chunkOf(seen?.limit ?? imposed?.requests));
    const request = { name: budget, wanted, reserve: urgent ? 0 : reserve, seen, imposed };
    try {
      const lease = await store.lease(request, now());
      add(purse, lease.granted, lease.budget?.resetAt ?? plus(now(), FIRST_PAUSE));
      purse.blind = lease.budget === undefined;
      if (!urgent && lease.granted === 0) purse.emptyUntil = soonest(purse.until, LOOK_AGAIN);
      return lease.granted;
    } catch (error) {
      report(error);
      add(purse, cost, plus(now(), FIRST_PAUSE)); // without the store each process counts for itself
      return cost;
    }
  }

  function add(purse: Purse, granted: number, until: Instant): void {
    purse.inHand = granted + (purse.until > now() ? purse.inHand : 0);
    purse.until = until;
  }

  /** However many polls wait for it, the store is asked once. */
  function fillOnce(purse: Purse, draw: Draw, imposed: ImposedBudget | undefined): Promise<number> {
    purse.filling ??= fill(purse, draw, imposed).finally(() => {
      purse.filling = undefined;
    });
    return purse.filling;
  }

  /** True when the purse held enough, and no longer does. */
  function spend(purse: Purse, cost: number): boolean {
    if (purse.inHand < cost || purse.until <= now()) return false;
    purse.inHand -= cost;
    return true;
  }

  /** Spends from the purse, filling it as often as it takes; undefined when that worked. */
  async function takeFrom(purse: Purse, draw: Draw, imposed: ImposedBudget | undefined): Promise<Failure | undefined> {
    const { budget, cost, urgent } = draw;
    while (!spend(purse, cost)) {
      if (!urgent && purse.emptyUntil > now()) return usedUp(budget, againAt(purse), urgent);
      const granted = await (urgent ? fill(purse, draw, imposed) : fillOnce(purse, draw, imposed));
      if (granted === 0 && purse.inHand < cost) return usedUp(budget, againAt(purse), urgent);
    }
    return undefined;
  }

  /** The end of the window; sooner where it slides. */
  function againAt(purse: Purse): Instant {
    return soonest(purse.until, LONGEST_WAIT);
  }

  function soonest(until: Instant, wait: number): Instant {
    return earliest(until, plus(now(), wait)) ?? until;
  }

  /** GitHub's secondary limits have no header; without one the wait is a minute, doubled each time. */
  function pauseFor(purse: Purse, name: string): void {
    const limitedUntil = plus(now(), FIRST_PAUSE * 2 ** Math.min(purse.strikes, 5));
    purse.strikes++;
    pauses.set({ name, limitedUntil, trouble: "a secondary limit" });
  }

  return {
    take: async (draw, imposed) => {
      const paused = pauses.of(draw.budget)?.limitedUntil ?? NEVER;
      if (paused > now()) return usedUp(draw.budget, paused, draw.urgent);
      return draw.cost === 0 ? undefined : takeFrom(purseOf(draw.budget), draw, imposed);
    },
    note: ({ budget, cost }, answer) => {
      const purse = purseOf(budget);
      if (isSecondaryLimit(answer)) return pauseFor(purse, budget);
      const seen = aboutIt(budget, answer) ? budgetOf(answer.headers, now()) : undefined;
      if (seen === undefined) {
        if (purse.blind && answer.status < 400) letThrough(purse, now());
        return;
      }
      if (answer.status === 304) purse.inHand += cost; // what has not changed costs nothing
      correct(purse, seen, reserve);
    },
    close: async () => {
      for (const [name, purse] of purses) {
        const { inHand, until, blind } = purse;
        purse.inHand = 0;
        if (!blind && inHand > 0 && until > now()) await store.giveBack(name, inHand, now()).catch(report);
      }
    },
  };
}

/** The service's own word: answers come out of order, so within a window the lowest counts. */
function correct(purse: Purse, seen: Budget, reserve: number): void {
  const sameWindow = purse.seen?.resetAt === seen.resetAt;
  const remaining = sameWindow ? Math.min(purse.seen?.remaining ?? seen.remaining, seen.remaining) : seen.remaining;
  purse.seen = { ...seen, remaining };
  purse.strikes = 0;
  const spare = Math.max(remaining - Math.ceil(seen.limit * reserve), 0);
  purse.inHand = purse.blind ? 0 : Math.min(purse.inHand, spare);
  purse.blind = false;
  if (!sameWindow && spare > 0) purse.emptyUntil = NEVER;
}

/** A service that answers and names no budget has none: the store need not be asked for a while. */
function letThrough(purse: Purse, now: Instant): void {
  purse.inHand = Number.POSITIVE_INFINITY;
  purse.until = plus(now, LOOK_AGAIN);
}

function usedUp(budget: string, retryAt: Instant, urgent: boolean): Failure {
  const kept = urgent ? "" : "; what is left is kept for deliveries";
  return new Failure("rate-limited", `the budget "${budget}" is used up until ${retryAt}${kept}`, { retryAt });
}

/** GitHub names the budget that an answer is about: one host has several. */
function aboutIt(budget: string, { headers }: AnswerHead): boolean {
  const resource = headers["x-ratelimit-resource"];
  return resource === undefined || budget.split(" ").includes(resource);
}

function isSecondaryLimit({ status, headers, body }: AnswerHead & { readonly body: Uint8Array }): boolean {
  if ((status !== 403 && status !== 429) || headers["retry-after"] !== undefined) return false;
  if (headers["x-ratelimit-remaining"] === "0") return false;
  return /secondary rate limit|abuse detection/i.test(Buffer.from(body.subarray(0, 2_000)).toString("latin1"));
}
