import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { standingAlerts } from "../../src/db/alerts.ts";
import { watchedUpstreams } from "../../src/db/pins.ts";
import { releasesOf } from "../../src/db/releases.ts";
import { HOUR, plus } from "../../src/domain/instant.ts";
import { pollUpstreams } from "../../src/flow/poll-upstreams.ts";
import { previewDigest } from "../../src/flow/send-digest.ts";
import { type Suite, startSuite } from "../support/suite.ts";
import { addTag, moveTag, pushCommit } from "../upstreams/github/builders.ts";
import { findRepository, type Repository } from "../upstreams/github/world.ts";
import { yankFromPypi } from "../upstreams/pypi.ts";

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite.close());

async function pollAgain(): Promise<void> {
  suite.days.now = plus(suite.days.now, HOUR);
  await pollUpstreams(suite.flow, await watchedUpstreams(suite.flow.db));
}

function pilot(): Repository {
  const repository = findRepository(suite.world.github, "harbourlights", "pilot");
  if (repository === undefined) throw new Error("the pilot is gone");
  return repository;
}

describe("what is pinned already", () => {
  it("raises nothing while it stays what it is", async () => {
    await pollAgain();
    expect(await standingAlerts(suite.flow.db)).toEqual([]);
  });

  it("raises an alert with all its places when its tag is moved, once", async () => {
    moveTag(pilot(), "v1.4.0", pushCommit(suite.world.github, pilot(), { message: "not what it was" }));
    await pollAgain();
    await pollAgain();
    const alerts = await standingAlerts(suite.flow.db);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({
      project: "suite",
      upstream: "pkg:github/harbourlights/pilot",
      class: "tag-moved",
      state: "open",
    });
    expect(alerts[0]?.places).toHaveLength(9);
    const { text } = await previewDigest(suite.flow);
    expect(text.replace(/\s+/g, " ")).toContain(
      "harbourlights/pilot v1.4.0, which is pinned here, points at another commit",
    );
  });

  it("raises an alert when it is yanked, with the reason", async () => {
    yankFromPypi(suite.world.pypi, "pyyaml", "6.0.2", "breaks the loader");
    await pollAgain();
    const summaries = (await standingAlerts(suite.flow.db)).map((alert) => alert.summary);
    expect(summaries).toContainEqual(
      expect.stringMatching(/pyyaml 6\.0\.2, which is pinned here, was yanked .*breaks the loader/),
    );
  });

  it("is not gone because newer tags push it off the first page", async () => {
    for (let index = 0; index < 60; index++)
      addTag(pilot(), `v2.0.${index}`, { at: plus(suite.days.now, index * 1000) });
    await pollAgain();
    await pollAgain();
    await pollAgain();
    const states = (await releasesOf(suite.flow.db, "pkg:github/harbourlights/pilot")).map((release) => release.state);
    expect(new Set(states)).toEqual(new Set(["released"]));
  });
});
