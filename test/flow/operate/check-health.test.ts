import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshnessBySource } from "../../../src/db/upstreams/freshness.ts";
import { CHANNELS } from "../../../src/deliver/channels.ts";
import type { HealthLine } from "../../../src/domain/health-line.ts";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { checkHealth } from "../../../src/flow/operate/check-health.ts";
import { keepTrustRoots, trustRoots } from "../../../src/flow/trust/trust-roots.ts";
import { Failure } from "../../../src/lib/failure.ts";
import { SOURCES } from "../../../src/poll/sources.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

describe("what doctor says", () => {
  let suite: Suite;
  beforeAll(async () => {
    suite = await startSuite();
  });
  afterAll(() => suite.close());

  it("of a channel that nobody turned on is that it is off, not that something is lacking", async () => {
    const lines = (await checkHealth(suite.flow)).filter(({ subject }) => subject.startsWith("channel "));
    const off = lines.filter(({ state }) => state === "off").map(({ subject }) => subject);
    const named = CHANNELS.filter(({ id }) => suite.flow.deliver[id] === undefined).map(({ id }) => `channel ${id}`);
    expect(named.length).toBeGreaterThan(0);
    expect(off.sort()).toEqual(named.sort());
    expect(lines.filter(({ state }) => state === "lacking")).toEqual([]);
  });

  it("of the queue is what its own server answers, and that of the store where it has none", async () => {
    const queueOf = async (probeQueue: typeof suite.flow.probeQueue) =>
      (await checkHealth({ ...suite.flow, probeQueue })).find(({ subject }) => subject === "queue");
    const { queueing } = suite.flow;
    expect(await queueOf(undefined)).toEqual({ subject: "queue", state: "ok", message: queueing });
    expect(await queueOf(async () => [])).toMatchObject({ state: "ok", message: queueing });
    expect(await queueOf(async () => ["It drops keys."])).toMatchObject({
      state: "lacking",
      message: `${queueing}. It drops keys.`,
    });
    const away = new Failure("unavailable", "The Redis server at redis:6379 does not answer: start it.");
    expect(await queueOf(async () => away)).toMatchObject({ state: "broken", message: away.message });
  });

  it("of services names those of the sources that are watched, and no others", async () => {
    const sources = new Set(
      (await freshnessBySource(suite.flow.db, suite.flow.freshness, suite.days.now)).map(({ source }) => source),
    );
    const subjects = (await checkHealth(suite.flow)).map(({ subject }) => subject);
    for (const { id, service } of SOURCES)
      expect([id, subjects.includes(id)]).toEqual([id, service !== undefined && sources.has(id)]);
  });
});

describe("what doctor says of trust roots", () => {
  let suite: Suite;
  beforeAll(async () => {
    suite = await startSuite();
  });
  afterAll(() => suite.close());

  const lines = async (): Promise<Record<string, Omit<HealthLine, "subject">>> => {
    const all = (await checkHealth(suite.flow)).filter(({ subject }) => subject.startsWith("trust root "));
    return Object.fromEntries(all.map(({ subject, ...line }) => [subject.slice("trust root ".length), line]));
  };

  it("is one line for each, until when it is good, and how to get one that is not there", async () => {
    const roots = await trustRoots(suite.flow, {});
    const said = await lines();
    expect(Object.keys(said)).toEqual(roots.map(({ name }) => name));
    for (const { name, source, expires } of roots) {
      const message =
        source === "missing" ? /^none yet: headgate trust-roots --refresh/ : /^as shipped, to be renewed by /;
      expect(said[name]).toMatchObject({
        state: source === "missing" ? "lacking" : "ok",
        message: expect.stringMatching(message),
      });
      if (source !== "missing") expect(said[name]?.message).toContain(expires);
    }
  });

  it("is since when they could not be renewed, why, and what to do, until they are", async () => {
    const nowhere = "http://127.0.0.1:9";
    const urls = { ...suite.flow.urls, trustRoots: { sigstore: nowhere, github: nowhere } };
    const closed = { ...suite.flow, urls, trust: { ...suite.flow.trust, refresh: true } };
    const [first, later] = [suite.days.now, plus(suite.days.now, 2 * DAY)];
    await keepTrustRoots(closed, first);
    await keepTrustRoots(closed, later);
    for (const line of Object.values(await lines())) {
      expect(line.state).toBe("lacking");
      expect(line.message).toContain(`not renewed since ${first}: `);
      expect(line.message).toMatch(/127\.0\.0\.1.*upstreams\.trust-roots.*trust\.refresh-roots: false/s);
    }
    await keepTrustRoots({ ...closed, trust: { ...closed.trust, refresh: false } }, later);
    for (const { message } of Object.values(await lines())) expect(message).not.toContain("not renewed");
  });
});
