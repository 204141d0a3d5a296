import { type Instant, MINUTE } from "../domain/instant.ts";

/** Slows down whoever tries tokens. */
export type LoginGuard = {
  /** Seconds that this address has to wait; 0: it may try. */
  readonly wait: (address: string) => number;
  /** A wrong token came from there. */
  readonly failed: (address: string) => void;
};

const EACH = 10;
/** Of all addresses together: a guess costs as much from many of them. */
const ALL = 100;

/** At most ten wrong tokens a minute from one address, and a hundred from all. What is remembered is forgotten each minute. */
export function createLoginGuard(clock: () => Instant): LoginGuard {
  let minute = 0;
  let all = 0;
  const failures = new Map<string, number>();
  const turn = () => {
    const now = Math.floor(Date.parse(clock()) / MINUTE);
    if (now === minute) return;
    minute = now;
    all = 0;
    failures.clear();
  };
  return {
    wait: (address) => {
      turn();
      const over = all >= ALL || (failures.get(address) ?? 0) >= EACH;
      return over ? Math.ceil(((minute + 1) * MINUTE - Date.parse(clock())) / 1_000) : 0;
    },
    failed: (address) => {
      turn();
      all += 1;
      failures.set(address, (failures.get(address) ?? 0) + 1);
    },
  };
}
