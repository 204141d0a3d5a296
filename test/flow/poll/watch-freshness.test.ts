import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { standingAlerts } from "../../../src/db/deliveries/alerts.ts";
import { watchedUpstreams } from "../../../src/db/projects/pins.ts";
import { upstreams } from "../../../src/db/schema/upstreams.ts";
import { eq } from "../../../src/db/sql/orm.ts";
import { freshnessBySource } from "../../../src/db/upstreams/freshness.ts";
import { failingUpstreams, upstreamState } from "../../../src/db/upstreams/upstreams.ts";
import { HOUR, plus } from "../../../src/domain/instant.ts";
import { previewDigest } from "../../../src/flow/letters/send-digest.ts";
import { checkHealth } from "../../../src/flow/operate/check-health.ts";
import { pollUpstreams } from "../../../src/flow/poll/poll-upstreams.ts";
import { watchFreshness } from "../../../src/flow/poll/watch-freshness.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite.close());

async function pollAfter(pause: number) {
  suite.days.now = plus(suite.days.now, pause);
  const polled = await pollUpstreams(suite.flow, await watchedUpstreams(suite.flow.db));
  await watchFreshness(suite.flow);
  return polled;
}

const stale = async () => (await standingAlerts(suite.flow.db)).filter((one) => one.class === "source-stale");
const digest = async () => (await previewDigest(suite.flow)).text.replace(/\s+/g, " ");
const pypi = async () =>
  (await freshnessBySource(suite.flow.db, suite.flow.freshness, suite.days.now)).find((one) => one.source === "pypi");

describe("a host that asks for patience", () => {
  it("defers its own upstreams to the moment it named, and marks none as failed", async () => {
    const retryAt = new Date(Date.now() + 3 * HOUR);
    suite.standIns.pypi.fail(() => true, { status: 429, headers: { "retry-after": retryAt.toUTCString() } });
    const { deferred, failed } = await pollAfter(HOUR);
    const purls = (await watchedUpstreams(suite.flow.db)).map((one) => one.purl);
    expect(deferred).toEqual(purls.filter((purl) => purl.startsWith("pkg:pypi/")));
    expect(deferred.length).toBeGreaterThan(0);
    expect(failed).toEqual([]);
    expect(await failingUpstreams(suite.flow.db)).toEqual([]);
    for (const purl of deferred) {
      const due = (await upstreamState(suite.flow.db, purl))?.dueAt ?? "";
      expect(Math.abs(Date.parse(due) - retryAt.getTime())).toBeLessThan(1_000);
    }
    expect(await stale()).toEqual([]);
  });

  it("is no news in a digest while what is known of its upstreams is fresh", async () => {
    expect(await digest()).not.toContain("asked not to be asked");
  });
});

describe("a source that misses its freshness target", () => {
  it("is one alert, which names its upstreams and places", async () => {
    const { failed } = await pollAfter(31 * HOUR);
    const alerts = await stale();
    expect(alerts).toMatchObject([{ upstream: "pypi", state: "open" }]);
    expect(alerts[0]?.summary).toMatch(/\(pypi\) is older than 30 h/);
    expect(alerts[0]?.places.length).toBeGreaterThan(0);
    expect(failed.every((purl) => purl.startsWith("pkg:pypi/"))).toBe(true);
  });

  it("counts as stale, beside those that do not", async () => {
    const all = await freshnessBySource(suite.flow.db, suite.flow.freshness, suite.days.now);
    expect(await pypi()).toMatchObject({ target: 30 * HOUR, stale: expect.any(Number) });
    expect((await pypi())?.stale).toBe((await pypi())?.upstreams);
    expect(all.filter((one) => one.stale > 0).map((one) => one.source)).toEqual(["pypi"]);
  });

  it("stands in the digest and in the plan", async () => {
    expect(await digest()).toContain("is older than 30 h");
    expect((await suite.plan()).alerts).toContainEqual(expect.objectContaining({ upstream: "pypi" }));
  });

  it("is over when the source has answered again", async () => {
    suite.standIns.pypi.heal();
    expect((await pollAfter(HOUR)).failed).toEqual([]);
    expect(await stale()).toEqual([]);
    expect(await pypi()).toMatchObject({ stale: 0, oldest: suite.days.now });
    expect(await digest()).not.toContain("is older than 30 h");
  });
});

describe("a source whose upstreams have never answered", () => {
  it("is counted since the first of them is known, and doctor does not call it well", async () => {
    const known = plus(suite.days.now, -HOUR);
    await suite.flow.db
      .update(upstreams)
      .set({ lastSuccessAt: null, knownSince: known })
      .where(eq(upstreams.source, "pypi"));
    const counted = await pypi();
    expect(counted).toMatchObject({ stale: 0, silent: counted?.upstreams, silentSince: known });
    expect((await checkHealth(suite.flow)).find((one) => one.subject === "freshness of pypi")).toEqual({
      subject: "freshness of pypi",
      state: "lacking",
      message: `${counted?.silent} of ${counted?.upstreams} upstreams have never answered, watched since ${known}: \`headgate plan\` says why`,
    });
  });
});
