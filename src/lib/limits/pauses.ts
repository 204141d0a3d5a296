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

/** Keeps pauses in memory, and in the store for the others. The store is asked while requests are made, never otherwise. */
export function createPauses({ store, refresh, clock, report }: PausesOptions): Pauses {
  const own = new Map<string, Pause>();
  let others = new Map<string, Pause>();
  const writes = new Set<Promise<void>>();
  let replicas = 1;
  let first: Promise<void> | undefined;
  let lookedAt = 0;

  async function look(): Promise<void> {
    try {
      await Promise.all(writes);
      const met = await store.meet(toText(clock()));
      replicas = Math.max(met.replicas, 1);
      others = new Map(met.pauses.filter((pause) => stands(pause, clock())).map((pause) => [pause.name, pause]));
      // What we took back hides what others noted before; now that it is stored it need not.
      for (const [name, pause] of own) if (!stands(pause, clock())) own.delete(name);
    } catch (error) {
      report(error);
    }
  }

  return {
    of: (name) => own.get(name) ?? others.get(name),
    set: (pause) => {
      own.set(pause.name, pause);
      const write = store.pause(pause, toText(clock())).catch(report);
      writes.add(write);
      void write.finally(() => writes.delete(write));
    },
    refresh: () => {
      const now = clock();
      if (first !== undefined && now - lookedAt < refresh) return first;
      lookedAt = now;
      const looking = look();
      first ??= looking;
      return first;
    },
    replicas: () => replicas,
    close: async () => {
      await Promise.all(writes);
      await store.leave().catch(report);
    },
  };
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
