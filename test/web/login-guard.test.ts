import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DAY, type Instant, MINUTE, plus } from "../../src/domain/instant.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import { createLog } from "../../src/lib/log.ts";
import { createLoginGuard } from "../../src/web/login-guard.ts";
import { startDashboard, TOKEN } from "../support/dashboard.ts";
import { emptyTables, openTestDatabase, type TestDatabase } from "../support/database.ts";

const START = "2026-11-20T10:00:00.000Z";
const DELAY = 300;

/** Whether an answer waits for a timer: one that does not is there before any of them can fire. */
async function isLate(answer: Promise<unknown>): Promise<boolean> {
  const late = Symbol("late");
  const soon = new Promise((resolve) => setImmediate(resolve, late));
  return (await Promise.race([answer, soon])) === late;
}

describe("a guard", () => {
  it("lets each address try ten wrong tokens a minute, and a /64 of IPv6 is one address", async () => {
    let now: Instant = START;
    const guard = createLoginGuard(() => now);
    for (let guess = 0; guess < 10; guess += 1) {
      expect(guard.wait("2001:db8::1")).toBe(0);
      await guard.failed(`2001:db8::${guess}`);
    }
    now = plus(START, MINUTE / 2);
    expect(guard.wait("2001:db8::ffff")).toBe(30);
    expect(guard.wait("2001:db8:0:1::1")).toBe(0);
    now = plus(START, MINUTE);
    expect(guard.wait("2001:db8::1")).toBe(0);
  });

  it("makes wrong answers late where many try, however many addresses they have, and keeps nobody else out", async () => {
    const guard = createLoginGuard(() => START, DELAY);
    for (let guess = 0; guess < 100; guess += 1) expect(await isLate(guard.failed(`203.0.113.${guess}`))).toBe(false);
    const wrong = guard.failed("198.51.100.1");
    expect(await isLate(wrong)).toBe(true);
    expect(guard.wait("192.0.2.1")).toBe(0);
    await wrong;
  });

  it("keeps a bounded number of answers waiting, and of addresses in mind", async () => {
    const guard = createLoginGuard(() => START, DELAY);
    const all = Array.from({ length: 12_000 }, (_, n) => guard.failed(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`));
    expect(await isLate(guard.failed("198.51.100.1"))).toBe(false);
    for (let guess = 0; guess < 10; guess += 1) await guard.failed("198.51.100.1");
    expect(guard.wait("198.51.100.1")).toBeGreaterThan(0);
    await Promise.all(all);
  });
});

describe("the daemon's edge", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());
  beforeEach(() => emptyTables(database.db));

  function start(trustedProxies: readonly string[] = []) {
    const log = createLog({ json: true, level: "error", write: () => undefined });
    const flow = { db: database.db, clock: () => START, log, projects: [], freshness: { default: DAY } };
    const guard = createLoginGuard(() => START, 1);
    const { app } = startDashboard(flow as unknown as FlowContext, { guard, trustedProxies });
    const ask = (from: string, path: string, init: RequestInit, forwarded?: string) =>
      app.request(
        `http://127.0.0.1${path}`,
        {
          ...init,
          headers: {
            host: "127.0.0.1",
            ...(init.headers as Record<string, string>),
            ...(forwarded !== undefined && { "x-forwarded-for": forwarded }),
          },
        },
        { incoming: { socket: { remoteAddress: from } } },
      );
    const logIn = async (from: string, token: string, forwarded?: string) => {
      const headers = {
        ...{ origin: "http://127.0.0.1", "sec-fetch-site": "same-origin" },
        "content-type": "application/x-www-form-urlencoded",
      };
      const body = new URLSearchParams({ token }).toString();
      return (await ask(from, "/login", { method: "POST", headers, body }, forwarded)).status;
    };
    const show = (from: string, token: string | undefined, path = "/api/v1/nothing") =>
      ask(from, path, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
    return { logIn, show };
  }

  it("opens to the right token whatever strangers at a hundred and fifty addresses try at that moment", async () => {
    const { logIn } = start();
    const strangers = Array.from({ length: 150 }, (_, n) => logIn(`203.0.113.${n}`, "guess"));
    expect(await logIn("192.0.2.1", TOKEN)).toBe(303);
    expect(new Set(await Promise.all(strangers))).toEqual(new Set([401]));
    expect(await logIn("192.0.2.2", TOKEN)).toBe(303);
  });

  it("counts guesses on the API and the metrics with those on the page", async () => {
    const { logIn, show } = start();
    for (let guess = 0; guess < 5; guess += 1) expect((await show("203.0.113.7", `guess ${guess}`)).status).toBe(401);
    for (let guess = 0; guess < 5; guess += 1)
      expect((await show("203.0.113.7", `guess ${guess}`, "/metrics")).status).toBe(401);
    expect(await logIn("203.0.113.7", TOKEN)).toBe(429);
    const refused = await show("203.0.113.7", TOKEN);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "60"]);
    expect(await refused.json()).toMatchObject({ status: 429, detail: expect.stringContaining("60 seconds") });
    expect((await show("203.0.113.8", TOKEN)).status).toBe(404);
  });

  it("asks without a token as often as it likes: probes of a monitor are no guesses", async () => {
    const { logIn, show } = start();
    for (let turn = 0; turn < 20; turn += 1)
      expect((await show("203.0.113.7", undefined, "/metrics")).status).toBe(401);
    expect(await logIn("203.0.113.7", TOKEN)).toBe(303);
  });

  it("does not lock out commands on its own machine because somebody there guesses", async () => {
    const { show } = start();
    for (let guess = 0; guess < 20; guess += 1) await show("127.0.0.1", "guess");
    expect((await show("127.0.0.1", TOKEN)).status).toBe(404);
  });

  it("knows visitors apart behind a trusted proxy, and takes them for one behind any other", async () => {
    const trusted = start(["10.0.0.2"]);
    for (let guess = 0; guess < 10; guess += 1) await trusted.logIn("10.0.0.2", "guess", "203.0.113.7");
    expect(await trusted.logIn("10.0.0.2", TOKEN, "203.0.113.7")).toBe(429);
    expect(await trusted.logIn("10.0.0.2", TOKEN, "192.0.2.1")).toBe(303);
    const other = start();
    for (let guess = 0; guess < 10; guess += 1) await other.logIn("10.0.0.2", "guess", `203.0.113.${guess}`);
    expect(await other.logIn("10.0.0.2", TOKEN, "192.0.2.1")).toBe(429);
  });
});
