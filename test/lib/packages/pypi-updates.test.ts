import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MINUTE, plus } from "../../../src/domain/instant.ts";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import { createPypiUpdates, type PypiUpdates } from "../../../src/lib/packages/pypi-updates.ts";
import { pypi } from "../../../src/poll/sources/pypi.ts";
import { NOW } from "../../support/build.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { aPollContext, aPollRequest } from "../../support/poll-context.ts";
import { type PypiUpdate, type PypiWorld, publishToPypi, startPypi } from "../../upstreams/pypi.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";

let now: string;
let published: PypiUpdate[];
let world: PypiWorld;
let server: StandIn;
let fetcher: Fetcher;
let updates: PypiUpdates;

/** Releases of others, one in fifteen seconds, and ours among them: the feed covers 25 minutes. */
function feed(): PypiUpdate[] {
  const others = Array.from({ length: 100 }, (_, back) => ({
    name: `elsewhere-${back}`,
    version: "1.0",
    at: plus(now, -back * 15_000),
  }));
  return [...published, ...others].sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, 100);
}

beforeEach(async () => {
  now = NOW;
  published = [];
  world = { projects: {}, updates: feed };
  publishToPypi(world, "tool", "1.0", plus(NOW, -1_000 * MINUTE));
  server = await startPypi(world);
  fetcher = aFetcher([server], { retries: 0 });
  updates = createPypiUpdates(fetcher, server.url, () => now);
});

afterEach(async () => {
  await fetcher.close();
  await server.close();
});

const pass = (minutes: number) => {
  now = plus(now, minutes * MINUTE);
};
const readings = () => server.requests.filter(({ path }) => path === "/rss/updates.xml");

describe("the feed of PyPI", () => {
  it("tells who published nothing, as far back as it reaches", async () => {
    expect(await updates.silentSince("tool", plus(NOW, -14 * MINUTE))).toBe(true);
    expect(await updates.silentSince("tool", plus(NOW, -16 * MINUTE))).toBe(false);
    published.push({ name: "Other.Tool", version: "2.0", at: plus(NOW, -MINUTE) });
    pass(2);
    expect(await updates.silentSince("other_tool", plus(NOW, -5 * MINUTE))).toBe(false);
    expect(await updates.silentSince("tool", plus(NOW, -5 * MINUTE))).toBe(true);
  });

  it("reaches as far back as readings overlap, and starts anew after a gap", async () => {
    await updates.silentSince("tool", NOW);
    for (let turn = 0; turn < 6; turn++) {
      pass(20);
      await updates.silentSince("tool", NOW);
    }
    expect(await updates.silentSince("tool", NOW)).toBe(true);
    pass(26);
    expect(await updates.silentSince("tool", NOW)).toBe(false);
  });

  it("is read once a minute, and conditionally", async () => {
    await Promise.all([updates.silentSince("a", NOW), updates.silentSince("b", NOW)]);
    await updates.silentSince("c", NOW);
    expect(readings()).toHaveLength(1);
    const same = feed();
    world.updates = () => same;
    pass(1);
    await updates.silentSince("a", NOW);
    pass(1);
    await updates.silentSince("a", NOW);
    expect(readings().at(-1)?.status).toBe(304);
  });

  it.each([
    ["fails", { status: 500 }],
    ["is no feed", { body: "<html>" }],
  ])("tells nothing while it %s", async (_what, answer) => {
    server.fail(({ path }) => path.startsWith("/rss/"), answer);
    expect(await updates.silentSince("tool", NOW)).toBe(false);
  });

  it("tells nothing when it is old", async () => {
    const old = feed();
    world.updates = () => old;
    await updates.silentSince("tool", NOW);
    pass(11);
    expect(await updates.silentSince("tool", NOW)).toBe(false);
  });
});

describe("a package that the feed does not name", () => {
  const ask = (validator: string | undefined, at: string) => {
    const context = { ...aPollContext(fetcher, { pypi: { url: server.url } }), pypiUpdates: updates, now };
    return pypi.poll(aPollRequest({ upstream: "pkg:pypi/tool", last: { validator, at } }), context);
  };

  it("is not asked, unless it was never asked, or not for six hours", async () => {
    const first = await ask(undefined, NOW);
    expect(first).toMatchObject({ state: "changed" });
    const validator = "validator" in first ? first.validator : undefined;
    const before = server.requests.length;
    expect(await ask(validator, NOW)).toEqual({ state: "unchanged", validator, asked: false });
    expect(server.requests.slice(before).map(({ path }) => path)).toEqual(["/rss/updates.xml"]);
    expect(await ask(validator, plus(NOW, -360 * MINUTE))).toEqual({ state: "unchanged", validator });
  });

  it("is asked as soon as it does", async () => {
    const first = await ask(undefined, NOW);
    const validator = "validator" in first ? first.validator : undefined;
    await ask(validator, NOW);
    publishToPypi(world, "tool", "1.1", plus(NOW, MINUTE));
    published.push({ name: "tool", version: "1.1", at: plus(NOW, MINUTE) });
    pass(2);
    expect(await ask(validator, NOW)).toMatchObject({ state: "changed" });
  });
});
