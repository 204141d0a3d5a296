import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import { createMemoryHostStore } from "../../../src/lib/limits/host-store.ts";
import { aFetcher, answered, failed } from "../../support/fetcher.ts";
import { type StandIn, startStandIn } from "../../upstreams/stand-in.ts";

let upstream: StandIn;
let other: StandIn;

beforeEach(async () => {
  upstream = await startStandIn(() => ({ body: "hello" }));
  other = await startStandIn(() => ({ body: "hello" }));
});

afterEach(() => Promise.all([upstream.close(), other.close()]));

describe("a rate limit", () => {
  const now = Date.parse("2026-11-20T12:00:00Z");
  const at = (clock: () => number) => aFetcher([upstream, other], { clock });

  it.each([
    ["seconds", { "retry-after": "120" }],
    ["an HTTP date", { "retry-after": "Fri, 20 Nov 2026 12:02:00 GMT" }],
    ["Docker Hub's time stamp", { "x-retry-after": String(now / 1000 + 120) }],
  ])("in %s keeps requests from the host until then, and only from that host", async (_name, headers) => {
    let time = now;
    const clocked = at(() => time);
    upstream.fail(() => true, { status: 429, headers }, 1);
    expect(answered(await clocked.fetch({ url: upstream.url })).status).toBe(429);

    const failure = failed(await clocked.fetch({ url: upstream.url }));
    expect(failure).toMatchObject({ code: "rate-limited", retryAt: "2026-11-20T12:02:00.000Z" });
    expect(upstream.requests).toHaveLength(1);
    expect(answered(await clocked.fetch({ url: other.url })).status).toBe(200);

    time = now + 120_000;
    expect(answered(await clocked.fetch({ url: upstream.url })).status).toBe(200);
    await clocked.close();
  });

  it("without a time lasts a minute, and longer when it comes again", async () => {
    let time = now;
    const clocked = at(() => time);
    upstream.fail(() => true, { status: 429 });
    await clocked.fetch({ url: upstream.url });
    expect(failed(await clocked.fetch({ url: upstream.url })).retryAt).toBe("2026-11-20T12:01:00.000Z");
    time += 60_000;
    await clocked.fetch({ url: upstream.url });
    expect(failed(await clocked.fetch({ url: upstream.url })).retryAt).toBe("2026-11-20T12:03:00.000Z");
    await clocked.close();
  });

  it("for longer than a day is remembered for a day", async () => {
    const clocked = at(() => now);
    upstream.fail(() => true, { status: 503, headers: { "retry-after": "999999999999" } });
    await clocked.fetch({ url: upstream.url });
    expect(failed(await clocked.fetch({ url: upstream.url })).retryAt).toBe("2026-11-21T12:00:00.000Z");
    await clocked.close();
  });
});

describe("the circuit of a host", () => {
  it("opens after five failures in a row and lets one request through when it has cooled down", async () => {
    let time = 0;
    const clocked = aFetcher([upstream], {
      clock: () => time,
      retries: 0,
      circuitFailures: 5,
      circuitCooldown: 30_000,
    });
    upstream.fail(() => true, { status: 500 });
    for (let turn = 0; turn < 5; turn++) await clocked.fetch({ url: upstream.url });
    expect(failed(await clocked.fetch({ url: upstream.url }))).toMatchObject({
      code: "unavailable",
      retryAt: "1970-01-01T00:00:30.000Z",
      message: expect.stringContaining("status 500"),
    });
    expect(upstream.requests).toHaveLength(5);

    time = 30_000;
    const [probe, kept] = await Promise.all([
      clocked.fetch({ url: upstream.url }),
      clocked.fetch({ url: upstream.url }),
    ]);
    expect([answered(probe).status, failed(kept).code]).toEqual([500, "unavailable"]);

    time = 60_000;
    upstream.heal();
    expect(answered(await clocked.fetch({ url: upstream.url })).status).toBe(200);
    expect(answered(await clocked.fetch({ url: upstream.url })).status).toBe(200);
    await clocked.close();
  });

  it("hears nothing of requests that our own stop ends", async () => {
    const store = createMemoryHostStore();
    const stopping = aFetcher([upstream], { hostStore: store, circuitFailures: 1, retries: 2 });
    upstream.fail(() => true, "hang");
    const asked = stopping.fetch({ url: upstream.url });
    await expect.poll(() => upstream.requests.length).toBe(1);
    await stopping.close();
    expect(failed(await asked)).toMatchObject({ code: "cancelled" });
    const before = upstream.requests.length;
    expect(failed(await stopping.fetch({ url: `${upstream.url}/later` }))).toMatchObject({ code: "cancelled" });
    expect(upstream.requests).toHaveLength(before);
    expect(upstream.requests).toHaveLength(1);
    upstream.heal();
    const next = aFetcher([upstream], { hostStore: store, circuitFailures: 1 });
    expect(answered(await next.fetch({ url: upstream.url })).status).toBe(200);
    await next.close();
  });

  it("stays closed while failures are not in a row", async () => {
    const patient = aFetcher([upstream], { retries: 0, circuitFailures: 2 });
    upstream.fail((request) => request.path === "/bad", { status: 500 });
    for (const path of ["/bad", "/", "/bad", "/", "/bad"]) {
      expect(isFailure(await patient.fetch({ url: `${upstream.url}${path}` }))).toBe(false);
    }
    await patient.close();
  });
});

describe("requests to one host", () => {
  it("run at most so many at once", async () => {
    let running = 0;
    let most = 0;
    const three = Promise.withResolvers<void>();
    const slow = await startStandIn(async () => {
      most = Math.max(most, ++running);
      if (running === 3) three.resolve();
      await three.promise;
      await new Promise((resolve) => setTimeout(resolve, 5)); // a fourth would come meanwhile
      running--;
      return { body: "done" };
    });
    const gentle = aFetcher([slow], { concurrencyOf: { "127.0.0.1": 3 } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => gentle.fetch({ url: slow.url })));
    expect(answers.filter(isFailure)).toEqual([]);
    expect(most).toBe(3);
    await gentle.close();
    await slow.close();
  });
});
