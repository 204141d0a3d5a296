import type { QueueBackend } from "../../src/queue/queue.ts";
import { limited, openTestDatabase, type TestDatabase } from "./database.ts";
import { startRedis } from "./services.ts";

/** A queue's backend for one test file, beside the store that it works for. `takeAway`: what a broken server does. */
export type TestBackend = {
  readonly backend: QueueBackend;
  readonly store: TestDatabase;
  readonly takeAway: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** The deployments that the tests run on: all in one process; a PostgreSQL server; the same with Redis. */
export const BACKENDS = limited() ? (["embedded"] as const) : (["embedded", "PostgreSQL", "Redis"] as const);

/** Opens one of the deployments, empty. */
export async function openTestBackend(name: (typeof BACKENDS)[number]): Promise<TestBackend> {
  const store = await openTestDatabase(name === "PostgreSQL" ? "server" : "embedded");
  if (name !== "Redis") {
    return { store, backend: { kind: "postgres", pool: store.pool }, takeAway: store.takeAway, close: store.close };
  }
  const redis = await startRedis();
  return {
    store,
    backend: { kind: "redis", url: redis.url },
    takeAway: redis.stop,
    close: async () => {
      await redis.stop();
      await store.close();
    },
  };
}
