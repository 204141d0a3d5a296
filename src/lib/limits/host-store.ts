import type { Instant } from "../../domain/instant.ts";
import { type Budget, type Lease, type LeaseRequest, leaseFrom, returnedTo } from "./budget.ts";

/**
 * A host, or a budget, that is left alone. `limitedUntil`: it asked for patience. `closedUntil`: it failed again and
 * again; in the past and not taken back, it means that the next request is a trial.
 */
export type Pause = {
  readonly name: string;
  readonly limitedUntil?: Instant | undefined;
  readonly closedUntil?: Instant | undefined;
  readonly trouble: string;
};

/** What processes that ask the same hosts share. */
export type HostStore = {
  /** Says that this process asks upstreams; gives every pause that stands, and how many processes ask. */
  readonly meet: (now: Instant) => Promise<{ readonly pauses: readonly Pause[]; readonly replicas: number }>;
  readonly pause: (pause: Pause, now: Instant) => Promise<void>;
  readonly lease: (request: LeaseRequest, now: Instant) => Promise<Lease>;
  /** Returns what was granted and not needed. */
  readonly giveBack: (name: string, count: number, now: Instant) => Promise<void>;
  /** This process asks no more. */
  readonly leave: () => Promise<void>;
};

/** A store of one process, which forgets when it ends. */
export function createMemoryHostStore(): HostStore {
  const pauses = new Map<string, Pause>();
  const budgets = new Map<string, Budget>();
  return {
    meet: async () => ({ pauses: [...pauses.values()], replicas: 1 }),
    pause: async (pause) => void pauses.set(pause.name, pause),
    lease: async (request, now) => {
      const lease = leaseFrom(budgets.get(request.name), request, now);
      if (lease.budget !== undefined) budgets.set(request.name, lease.budget);
      return lease;
    },
    giveBack: async (name, count, now) => {
      const budget = budgets.get(name);
      if (budget !== undefined) budgets.set(name, returnedTo(budget, count, now));
    },
    leave: async () => undefined,
  };
}
