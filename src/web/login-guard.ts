import { setTimeout as pause } from "node:timers/promises";
import { type Instant, MINUTE } from "../domain/instant.ts";
import { visitorOf } from "../lib/http/client-address.ts";

/** Slows down whoever tries tokens, and nobody else. */
export type LoginGuard = {
  /** Seconds that this address has to wait; 0: it may try. */
  readonly wait: (address: string) => number;
  /** A wrong token came from there. Settles when that may be said: at once, or later where many are tried. */
  readonly failed: (address: string) => Promise<void>;
};

/** Wrong tokens a minute that one visitor may try: an IPv4 address, or a /64. */
const EACH = 10;
/** Wrong tokens a minute, of all visitors together, from which on each wrong one is answered late. */
const MANY = 100;
const DELAY = 1_000;
/** Answers that wait at once: more would hold memory for strangers. */
const MOST_WAITING = 100;
/** Visitors that are remembered within a minute. */
const MOST_VISITORS = 10_000;

/**
 * Ten wrong tokens a minute from one visitor; what is remembered is forgotten each minute. Whatever strangers do
 * elsewhere, a right token from another address passes at once: guesses of all together only make wrong answers late.
 */
export function createLoginGuard(clock: () => Instant, delay = DELAY): LoginGuard {
  let minute = 0;
  let all = 0;
  let waiting = 0;
  const failures = new Map<string, number>();
  const turn = () => {
    const now = Math.floor(Date.parse(clock()) / MINUTE);
    if (now === minute) return;
    minute = now;
    all = 0;
    failures.clear();
  };
  const remember = (visitor: string) => {
    const before = failures.get(visitor) ?? 0;
    failures.delete(visitor);
    failures.set(visitor, before + 1);
    if (failures.size <= MOST_VISITORS) return;
    for (const oldest of failures.keys()) {
      failures.delete(oldest);
      break;
    }
  };
  return {
    wait: (address) => {
      turn();
      const over = (failures.get(visitorOf(address)) ?? 0) >= EACH;
      return over ? Math.ceil(((minute + 1) * MINUTE - Date.parse(clock())) / 1_000) : 0;
    },
    failed: async (address) => {
      turn();
      all += 1;
      remember(visitorOf(address));
      if (all <= MANY || waiting >= MOST_WAITING) return;
      waiting += 1;
      await pause(delay);
      waiting -= 1;
    },
  };
}
