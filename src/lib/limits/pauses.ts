import type { Instant } from "../../domain/instant.ts";
import type { HostStore, Pause } from "./host-store.ts";

/** The pauses that this process knows of: its own at once, those of others within `refresh`. */
export type Pauses = {
  readonly of: (name: string) => Pause | undefined;
  readonly set: (pause: Pause) => void;
  /** Looks again at what others have noted, if the last look is too old. Only the first look is waited for. */
  readonly refresh: () => Promise<void>;
  /** How many processes ask upstreams, this one included. */
  readonly replicas: () => number;
  /** Waits until everything noted is stored, and leaves. */
  readonly close: () => Promise<void>;
};

/** Where pauses are kept, and how often others' are looked up. */
export type PausesOptions = {
  readonly store: HostStore;
  /** Milliseconds after which another look at the store is taken. */
  readonly refresh: number;
  readonly clock: () => number;
  /** Hears that the store could not be asked. Work goes on with what is known. */
  readonly report: (error: unknown) => void;
};

/** A circuit that nobody has tried for so long is forgotten. */
const FORGOTTEN_AFTER = 600_000;

/** What this process noted itself, what it heard of others, and what it has not stored yet. */
type Known = {
  readonly own: Map<string, Pause>;
  others: ReadonlyMap<string, Pause>;
  readonly writes: Set<Promise<void>>;
  replicas: number;
};

/** Keeps pauses in memory, and in the store for the others. The store is asked while requests are made, never otherwise. */
export function createPauses({ store, refresh, clock, report }: PausesOptions): Pauses {
  const known: Known = { own: new Map(), others: new Map(), writes: new Set(), replicas: 1 };
  let first: Promise<void> | undefined;
  let lookedAt = 0;
  return {
    of: (name) => known.own.get(name) ?? known.others.get(name),
    set: (pause) => {
      known.own.set(pause.name, pause);
      const write = store.pause(pause, toText(clock())).catch(report);
      known.writes.add(write);
      void write.finally(() => known.writes.delete(write));
    },
    refresh: () => {
      const now = clock();
      if (first !== undefined && now - lookedAt < refresh) return first;
      lookedAt = now;
      const looking = look(known, store, clock).catch(report);
      first ??= looking;
      return first;
    },
    replicas: () => known.replicas,
    close: async () => {
      await Promise.all(known.writes);
      await store.leave().catch(report);
    },
  };
}

/** Waits for what is being written, and takes over what others have noted. Throws what the store throws. */
async function look(known: Known, store: HostStore, clock: () => number): Promise<void> {
  await Promise.all(known.writes);
  const met = await store.meet(toText(clock()));
  known.replicas = Math.max(met.replicas, 1);
  known.others = new Map(met.pauses.filter((pause) => stands(pause, clock())).map((pause) => [pause.name, pause]));
  // What we took back hides what others noted before; now that it is stored it need not.
  for (const [name, pause] of known.own) if (!stands(pause, clock())) known.own.delete(name);
}

function stands({ limitedUntil, closedUntil }: Pause, now: number): boolean {
  const recently = toText(now - FORGOTTEN_AFTER);
  return (
    (limitedUntil !== undefined && limitedUntil > toText(now)) || (closedUntil !== undefined && closedUntil > recently)
  );
}

function toText(time: number): Instant {
  return new Date(time).toISOString();
}
