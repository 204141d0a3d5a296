import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { budgetsAt, createHostStore, pruneHosts } from "../../../src/db/service/budgets.ts";
import { DAY, HOUR, type Instant, MINUTE, plus } from "../../../src/domain/instant.ts";
import { type Failure, isFailure } from "../../../src/lib/failure.ts";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import type { FetcherOptions } from "../../../src/lib/http/fetcher-options.ts";
import { chunkOf } from "../../../src/lib/limits/budget.ts";
import type { HostStore } from "../../../src/lib/limits/host-store.ts";
import { NOW } from "../../support/build.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { type StandIn, startStandIn } from "../../upstreams/stand-in.ts";

describe.each(STORES)("hosts that processes share, on the %s store", (kind) => {
  let store: TestDatabase;
  let upstream: StandIn;
  let other: StandIn;
  let left: number;
  let time: Instant;
  const fetchers: Fetcher[] = [];
  const underWay = new Set<Promise<unknown>>();

  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  afterAll(() => store?.close());
  beforeEach(async () => {
    await emptyTables(store.db);
    time = NOW;
    left = 1_000;
    const reset = String(Math.round(Date.parse(plus(NOW, HOUR)) / 1_000));
    upstream = await startStandIn(() => {
      left = Math.max(left - 1, 0);
      const headers = {
        "x-ratelimit-limit": "1000",
        "x-ratelimit-remaining": String(left),
        "x-ratelimit-reset": reset,
      };
      return { headers, body: "{}" };
    });
    other = await startStandIn(() => ({ body: "{}" }));
  });
  afterEach(async () => {
    await Promise.all(fetchers.splice(0).map((one) => one.close()));
    await Promise.all([upstream.close(), other.close()]);
  });

  /** Another process on the same store. */
  function aReplica(name: string, options: Partial<FetcherOptions> = {}): Fetcher {
    const fetcher = aFetcher([upstream, other], {
      retries: 0,
      concurrency: 50,
      clock: () => Date.parse(time),
      hostStore: heard(createHostStore(store.db, name)),
      hostRefresh: 0,
      ...options,
    });
    fetchers.push(fetcher);
    return fetcher;
  }

  /** A store of which it is known what it is still at. */
  function heard(shared: HostStore): HostStore {
    const during = async <Result>(work: Promise<Result>): Promise<Result> => {
      underWay.add(work);
      try {
        return await work;
      } finally {
        underWay.delete(work);
      }
    };
    return {
      meet: (...given) => during(shared.meet(...given)),
      pause: (...given) => during(shared.pause(...given)),
      lease: (...given) => during(shared.lease(...given)),
      giveBack: (...given) => during(shared.giveBack(...given)),
      leave: () => during(shared.leave()),
    };
  }

  /** Looks at the store go on beside requests: waits until those under way are done, and what came of them is known. */
  async function settled(): Promise<void> {
    do {
      await Promise.allSettled(underWay);
      await new Promise((resolve) => setImmediate(resolve)); // what follows from one look may begin another
    } while (underWay.size > 0);
  }

  const draw = (urgent = false) => ({ budget: "upstream core", cost: 1, urgent });
  const ask = (fetcher: Fetcher, urgent = false) => fetcher.fetch({ url: upstream.url, draw: draw(urgent) });
  const codes = (answers: readonly (object | Failure)[]) =>
    Map.groupBy(answers, (one) => (isFailure(one) ? one.code : "answered"));

  describe("a budget", () => {
    it("is spent together, never beyond what is kept for deliveries, which are still made", async () => {
      const replicas = ["one", "two", "three"].map((name) => aReplica(name, { hostRefresh: Number.POSITIVE_INFINITY }));
      const answers: (object | Failure)[] = [];
      for (let round = 0; round < 8; round++) {
        const batch = replicas.flatMap((one) => Array.from({ length: 50 }, () => ask(one)));
        answers.push(...(await Promise.all(batch)));
      }
      const refused = codes(answers).get("rate-limited") ?? [];
      // Before its first answer each process takes a chunk of a budget that it cannot know.
      expect(upstream.requests.length).toBeLessThanOrEqual(900 + 3 * chunkOf(undefined));
      expect(upstream.requests.length).toBeGreaterThan(800);
      expect(refused.length).toBe(1_200 - upstream.requests.length);
      expect((refused[0] as Failure).retryAt).toBe(plus(time, HOUR)); // the end of the window, rounded up
      const [first] = replicas;
      if (first === undefined) throw new Error("no replica");
      expect(isFailure(await ask(first, true))).toBe(false);
    });

    /** A process whose questions about budgets are counted. */
    function aCountedReplica() {
      const asked = { leases: 0 };
      const shared = createHostStore(store.db, "one");
      const lease: typeof shared.lease = (...given) => {
        asked.leases++;
        return shared.lease(...given);
      };
      const hostRefresh = Number.POSITIVE_INFINITY;
      return { asked, fetcher: aReplica("one", { hostStore: { ...shared, lease }, hostRefresh }) };
    }

    it("costs one question per chunk, not one per request", async () => {
      const { asked, fetcher } = aCountedReplica();
      for (let turn = 0; turn < 200; turn++) await ask(fetcher);
      expect(asked.leases).toBeLessThanOrEqual(11);
    });

    it("costs one question where a service names none", async () => {
      const { asked, fetcher } = aCountedReplica();
      for (let turn = 0; turn < 100; turn++) await fetcher.fetch({ url: other.url, draw: draw() });
      expect(asked.leases).toBe(1);
    });

    it("is whole again when its window is over", async () => {
      const fetcher = aReplica("one");
      left = 50;
      await ask(fetcher);
      expect(await ask(fetcher)).toMatchObject({ code: "rate-limited" });
      time = plus(NOW, HOUR + MINUTE);
      left = 1_000;
      expect(isFailure(await ask(fetcher))).toBe(false);
    });

    it("gets back what a process had in hand when it ends", async () => {
      for (let turn = 0; turn < 30; turn++) {
        const fetcher = aReplica(`short-lived ${turn}`);
        await ask(fetcher);
        await ask(fetcher);
        await fetcher.close();
      }
      const [row] = await budgetsAt(store.db, time);
      expect(row?.remaining).toBe(left);
    });

    it("is known to people by what is left of it", async () => {
      const fetcher = aReplica("one");
      for (let turn = 0; turn < 21; turn++) await ask(fetcher);
      expect(await budgetsAt(store.db, time)).toMatchObject([
        { name: "upstream core", limit: 1_000, remaining: expect.any(Number) },
      ]);
      expect(await budgetsAt(store.db, plus(time, DAY))).toEqual([]);
    });
  });

  describe("a budget of our own", () => {
    it("bounds what is asked of a host that names no limit", async () => {
      const budgets = { "127.0.0.1": { requests: 30, per: HOUR } };
      const [one, two] = [aReplica("one", { budgets }), aReplica("two", { budgets })];
      const batch = [one, two].flatMap((fetcher) =>
        Array.from({ length: 30 }, () => fetcher.fetch({ url: other.url })),
      );
      await Promise.all(batch);
      expect(other.requests.length).toBeLessThanOrEqual(27);
      expect(other.requests.length).toBeGreaterThan(20);
    });
  });

  describe("trouble", () => {
    it("that one process met keeps the others away, and from no other host", async () => {
      const [one, two] = [aReplica("one"), aReplica("two")];
      await ask(two); // has looked before there was any
      upstream.fail(() => true, { status: 429, headers: { "retry-after": "120" } }, 1);
      await ask(one);
      await settled();
      const asked = upstream.requests.length;
      await ask(two); // notices, and may have been on its way already
      await settled();
      expect(await ask(two)).toMatchObject({ code: "rate-limited", retryAt: plus(NOW, 120_000) });
      expect(upstream.requests.length).toBeLessThanOrEqual(asked + 1);
      expect(isFailure(await two.fetch({ url: other.url }))).toBe(false);
    });

    it("that opened a circuit in one opens it in all, and one trial that works closes it for all", async () => {
      const settings = { circuitFailures: 3, circuitCooldown: 30_000 };
      const [one, two] = [aReplica("one", settings), aReplica("two", settings)];
      await ask(two);
      upstream.fail(() => true, { status: 500 });
      for (let turn = 0; turn < 3; turn++) await ask(one);
      await settled();
      await ask(two);
      await settled();
      expect(await ask(two)).toMatchObject({ code: "unavailable", message: expect.stringContaining("status 500") });

      upstream.heal();
      time = plus(NOW, 30_000);
      expect(isFailure(await ask(two))).toBe(false);
      await settled();
      await ask(one);
      await settled();
      const answers = await Promise.all(Array.from({ length: 5 }, () => ask(one)));
      expect(answers.filter(isFailure)).toEqual([]);
    });

    it("is remembered by a process that starts later", async () => {
      const first = aReplica("first");
      upstream.fail(() => true, { status: 503, headers: { "retry-after": "600" } });
      await ask(first);
      await settled();
      const asked = upstream.requests.length;
      expect(await ask(aReplica("second"))).toMatchObject({ code: "rate-limited", retryAt: plus(NOW, 600_000) });
      expect(upstream.requests).toHaveLength(asked);
    });
  });

  describe("requests at once", () => {
    it("are divided among the processes that ask", async () => {
      let running = 0;
      let most = 0;
      const slow = await startStandIn(async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 10));
        running--;
        return { body: "{}" };
      });
      const options = { allowPrivate: [new URL(slow.url).host], concurrency: 8 };
      const replicas = ["one", "two", "three", "four"].map((name) => aReplica(name, options));
      for (const one of replicas) await one.fetch({ url: slow.url });
      for (const one of replicas) await one.fetch({ url: slow.url });
      await settled();
      most = 0;
      await Promise.all(replicas.flatMap((one) => Array.from({ length: 20 }, () => one.fetch({ url: slow.url }))));
      expect(most).toBeLessThanOrEqual(8);
      await slow.close();
    });
  });

  it("are forgotten after a day", async () => {
    const fetcher = aReplica("one");
    upstream.fail(() => true, { status: 429 });
    await ask(fetcher);
    await settled();
    await pruneHosts(store.db, plus(NOW, 2 * DAY));
    const { pauses } = await createHostStore(store.db, "two").meet(NOW);
    expect(pauses).toEqual([]);
  });
});
