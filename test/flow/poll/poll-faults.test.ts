import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pinsOf, replacePins, watchedUpstreams } from "../../../src/db/projects/pins.ts";
import { ensureProjects } from "../../../src/db/projects/projects.ts";
import { releasesOf } from "../../../src/db/releases/releases.ts";
import { claimDueUpstreams, setUpstreamsDue } from "../../../src/db/upstreams/due-upstreams.ts";
import { ensureUpstreams, type UpstreamState, upstreamState } from "../../../src/db/upstreams/upstreams.ts";
import { between, HOUR, type Instant, MINUTE, plus } from "../../../src/domain/instant.ts";
import type { Release } from "../../../src/domain/release.ts";
import type { FlowContext } from "../../../src/flow/context.ts";
import { type PollSummary, pollUpstreams } from "../../../src/flow/poll/poll-upstreams.ts";
import type { FailureCode } from "../../../src/lib/failure.ts";
import type { Fetcher, FetchRequest } from "../../../src/lib/fetcher.ts";
import type { FetcherOptions } from "../../../src/lib/http/fetcher-options.ts";
import { sourceOf } from "../../../src/poll/poll.ts";
import { aPin } from "../../support/build.ts";
import { emptyTables, openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { clientsFor, IMPATIENT, startSilence } from "../../support/source-client.ts";
import { FAULTS } from "../../support/source-faults.ts";
import { WAYS, type Way } from "../../support/source-ways.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";

let store: TestDatabase;
beforeAll(async () => {
  store = await openTestDatabase();
});
afterAll(() => store?.close());

let time: Instant;
const fetchers: Fetcher[] = [];

/** Polls over the store as the daemon does, through clients of its own: what hosts did before is forgotten. `options`: of the way's, not of its neighbour's. */
function aFlow(way: Way, url: string, neighbour: { way: Way; url: string }, options: Partial<FetcherOptions> = {}) {
  const allowPrivate = [url, neighbour.url].map((one) => new URL(one).host);
  const given = { clock: () => Date.parse(time), allowPrivate };
  const { fetcher, context } = clientsFor(way, url, { ...given, ...options });
  const other = clientsFor(neighbour.way, neighbour.url, given);
  fetchers.push(fetcher, other.fetcher);
  const isNear = (address: string) => address.startsWith(neighbour.url);
  const own = way.urls(url);
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  return {
    db: store.db,
    fetcher: { ...fetcher, fetch: (asked: FetchRequest) => (isNear(asked.url) ? other.fetcher : fetcher).fetch(asked) },
    git: context.git,
    registry: way.source === "oci" ? context.registry : other.context.registry,
    reader: context.github,
    urls: { ...other.context.urls, ...own },
    freshness: { default: 30 * HOUR },
    installation: "test",
    log: quiet,
    clock: () => time,
  } as unknown as FlowContext; // what polls use of it
}

async function watch(...purls: string[]): Promise<void> {
  await emptyTables(store.db);
  await ensureProjects(
    store.db,
    [{ id: "example", name: "example", source: { kind: "path", path: "/" }, ignorePaths: [] }],
    time,
  );
  const pins = purls.map((upstream) => aPin({ upstream, text: "1.0" }));
  await replacePins(store.db, "example", { commit: "c0ffee", pins, problems: [] }, time);
  const sourceId = (purl: string) => (sourceOf(purl) as { id: string }).id;
  await ensureUpstreams(
    store.db,
    purls.map((purl) => ({ purl, source: sourceId(purl) })),
    time,
  );
}

const poll = async (flow: FlowContext) => pollUpstreams(flow, await watchedUpstreams(store.db));

afterEach(async () => {
  await Promise.all(fetchers.splice(0).map((one) => one.close()));
});

function wayOf(source: string): Way {
  const way = WAYS.find((one) => one.source === source);
  if (way === undefined) throw new Error(`there is no way to ${source}`);
  return way;
}

const maven = wayOf("maven");
const cargo = wayOf("cargo");

describe.each(WAYS)("an upstream of $source by $name", (way) => {
  const neighbour = way.source === "maven" ? cargo : maven;
  let server: StandIn;
  let other: StandIn;
  let before: UpstreamState | undefined;
  let releases: Release[];
  beforeAll(async () => {
    time = new Date().toISOString();
    [server, other] = await Promise.all([way.start(), neighbour.start()]);
    await watch(way.upstream, neighbour.upstream);
  });
  afterAll(async () => {
    await Promise.all([server.close(), other.close()]);
  });
  const aFlowHere = (options: Partial<FetcherOptions> = {}, url = server.url) =>
    aFlow(way, url, { way: neighbour, url: other.url }, options);

  /** Ten minutes before each fault everything is well, whatever the last one was. */
  beforeEach(async () => {
    server.heal();
    const now = new Date().toISOString();
    time = plus(now, -10 * MINUTE);
    expect(await poll(aFlowHere())).toMatchObject({ failed: [], deferred: [] });
    before = await upstreamState(store.db, way.upstream);
    expect(before).toMatchObject({ lastSuccessAt: time });
    expect(before?.failure).toBeUndefined();
    releases = await releasesOf(store.db, way.upstream);
    expect(releases).toMatchObject([{ version: "1.0", state: "released" }]);
    time = now;
  });

  async function expectKept(summary: PollSummary, code: FailureCode, wait?: number): Promise<void> {
    const after = await upstreamState(store.db, way.upstream);
    expect(await releasesOf(store.db, way.upstream)).toEqual(releases);
    expect(after).toMatchObject({ lastSuccessAt: before?.lastSuccessAt });
    expect(after?.validator).toBe(before?.validator);
    expect(after?.leasedUntil).toBeUndefined();
    if (code === "rate-limited") {
      expect(summary).toMatchObject({ failed: [], deferred: [way.upstream] });
      expect(after?.failure).toBeUndefined();
    } else {
      expect(summary).toMatchObject({ failed: [way.upstream], deferred: [] });
      expect(after?.failure).toMatchObject({ code, count: 1, since: time });
    }
    const pause = between(time, after?.dueAt ?? time);
    const soonest = /^(?:unavailable|timeout)$/.test(code) ? 15_000 : 5 * MINUTE;
    if (wait !== undefined) expect(Math.abs(pause - wait)).toBeLessThan(30_000);
    else expect(pause >= soonest && pause <= 1.5 * soonest, `asked again after ${pause} ms`).toBe(true);
    expect(await upstreamState(store.db, neighbour.upstream)).toMatchObject({ lastSuccessAt: time });
  }

  it.each(FAULTS)("keeps what was known through $name, and disturbs no other", async ({ name, how, code, wait }) => {
    server.fail(() => true, how(time));
    const expected = way.laterCodes?.[name] ?? way.codes?.[name] ?? code;
    await expectKept(await poll(aFlowHere(code === "timeout" ? IMPATIENT : {})), expected, wait);
  });

  it("keeps what was known through a connection that is never made, and disturbs no other", async () => {
    const silence = await startSilence();
    await expectKept(await poll(aFlowHere({ connectTimeout: 400 }, silence.url)), "timeout");
    await silence.close();
  });

  it("is well again afterwards", async () => {
    expect(await pinsOf(store.db, "example")).toHaveLength(2);
  });
});

describe("what a server counts while it is in trouble", () => {
  let server: StandIn;
  let other: StandIn;
  beforeEach(async () => {
    time = "2026-11-20T12:00:00.000Z";
    [server, other] = await Promise.all([cargo.start(), maven.start()]);
    await watch(cargo.upstream);
  });
  afterEach(async () => {
    await Promise.all([server.close(), other.close()]);
  });

  /** Minutes of the next hours at which the server was asked, as the daemon ticks once a minute. */
  async function askedWithin(minutes: number): Promise<number[]> {
    const flow = aFlow(cargo, server.url, { way: maven, url: other.url });
    const asked: number[] = [];
    for (let minute = 0; minute <= minutes; minute++, time = plus(time, MINUTE)) {
      const before = server.requests.length;
      const claimed = await claimDueUpstreams(store.db, time, { limit: 10, leaseMs: 15 * MINUTE });
      if (claimed.length > 0) await pollUpstreams(flow, await watchedUpstreams(store.db, claimed));
      if (server.requests.length > before) asked.push(minute);
    }
    return asked;
  }

  it("is one request after ever longer pauses", async () => {
    server.fail(() => true, { status: 500 });
    const asked = await askedWithin(200);
    const gaps = asked.slice(1).map((minute, index) => minute - (asked[index] ?? 0));
    expect(asked[0]).toBe(0);
    expect(gaps.length).toBeGreaterThanOrEqual(8);
    expect(gaps.length).toBeLessThanOrEqual(9);
    for (const [index, gap] of gaps.entries()) {
      expect(gap).toBeGreaterThanOrEqual(0.25 * 2 ** index);
      expect(gap).toBeLessThanOrEqual(0.375 * 2 ** index + 1);
    }
    expect(server.requests).toHaveLength(asked.length);
  });

  it("is nothing until the moment that it named", async () => {
    await askedWithin(0);
    await setUpstreamsDue(store.db, [cargo.upstream], time);
    const until = plus(time, 45 * MINUTE);
    server.fail(() => true, { status: 429, headers: { "retry-after": new Date(until).toUTCString() } }, 1);
    const asked = await askedWithin(60);
    expect(asked.slice(0, 2)).toEqual([0, 45]);
  });
});
