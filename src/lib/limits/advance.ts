import { type Instant, plus } from "../../domain/instant.ts";
import type { Budget } from "./budget.ts";

/** What this process took of one budget before it needs it, and what it knows of that budget. Changed in place. */
export type Advance = {
  /** Taken and not spent, until the window ends. */
  inHand: number;
  until: Instant;
  /** Taken before anybody had seen the budget: void as soon as somebody has. */
  blind: boolean;
  seen: Budget | undefined;
  /** Polls have been told that nothing is left until then. */
  emptyUntil: Instant;
  /** Secondary limits in a row. */
  strikes: number;
  /** The question to the store that is under way. */
  filling: Promise<number> | undefined;
};

const NEVER = new Date(0).toISOString();

/** Nothing taken, nothing known. */
export function newAdvance(): Advance {
  return {
    inHand: 0,
    until: NEVER,
    blind: false,
    seen: undefined,
    emptyUntil: NEVER,
    strikes: 0,
    filling: undefined,
  };
}

/** What is in hand and still good. */
export function inHandAt(advance: Advance, now: Instant): number {
  return advance.until > now ? advance.inHand : 0;
}

/** Adds what was granted to what is in hand, both good until `until`. */
export function add(advance: Advance, granted: number, until: Instant, now: Instant): void {
  advance.inHand = granted + inHandAt(advance, now);
  advance.until = until;
}

/** True when enough was in hand, and no longer is. */
export function spend(advance: Advance, cost: number, now: Instant): boolean {
  if (advance.inHand < cost || advance.until <= now) return false;
  advance.inHand -= cost;
  return true;
}

/** The service's own word: answers come out of order, so within a window the lowest counts. */
export function correct(advance: Advance, seen: Budget, reserve: number): void {
  const sameWindow = advance.seen?.resetAt === seen.resetAt;
  const remaining = sameWindow ? Math.min(advance.seen?.remaining ?? seen.remaining, seen.remaining) : seen.remaining;
  advance.seen = { ...seen, remaining };
  advance.strikes = 0;
  const spare = Math.max(remaining - Math.ceil(seen.limit * reserve), 0);
  advance.inHand = advance.blind ? 0 : Math.min(advance.inHand, spare);
  advance.blind = false;
  if (!sameWindow && spare > 0) advance.emptyUntil = NEVER;
}

/** A service that answers and names no budget has none: for `duration` milliseconds the store need not be asked. */
export function letThrough(advance: Advance, duration: number, now: Instant): void {
  advance.inHand = Number.POSITIVE_INFINITY;
  advance.until = plus(now, duration);
}
