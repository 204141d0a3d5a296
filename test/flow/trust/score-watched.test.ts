import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { watchedUpstreams } from "../../../src/db/projects/pins.ts";
import { factsOf } from "../../../src/db/upstreams/facts.ts";
import { toComponents } from "../../../src/domain/pin.ts";
import { rememberComponents, showComponents } from "../../../src/flow/plan/list-components.ts";
import type { ProjectPlan } from "../../../src/flow/plan/planned.ts";
import { knownScores } from "../../../src/flow/trust/known-scores.ts";
import { scoreWatched } from "../../../src/flow/trust/score-watched.ts";
import { aPin } from "../../support/build.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite.close());

const ALL = {
  text: "",
  project: "",
  kind: "",
  state: "",
  view: "all",
  order: "upstream",
  direction: "up",
  page: 1,
} as const;

const purls = async () => (await watchedUpstreams(suite.flow.db)).map(({ purl }) => purl);
const scores = async () => {
  const all = await purls();
  return [...(await knownScores(suite.flow, all, await factsOf(suite.flow.db, all)))];
};
const asked = () => Object.values(suite.standIns).flatMap((one) => ("requests" in one ? [...one.requests] : [])).length;

describe("scoring what is watched", () => {
  it("asks about upstreams that no candidate led to, and the pages then know their trust", async () => {
    const unknown = (await scores()).filter(([, { coverage }]) => coverage === 0).map(([purl]) => purl);
    expect(unknown.length).toBeGreaterThan(0);
    expect(await scoreWatched(suite.flow)).toBeGreaterThanOrEqual(unknown.length);
    const known = new Map(await scores());
    for (const purl of unknown) expect(known.get(purl)?.coverage, purl).toBeGreaterThan(0);
    const [project] = suite.flow.projects;
    if (project === undefined) throw new Error("the suite has a project");
    const pins = unknown.map((upstream) => aPin({ upstream, version: "1.0.0" }));
    const plan = { project, components: toComponents(project.id, pins), planned: [], unordered: [] };
    await rememberComponents(suite.flow, plan as unknown as ProjectPlan);
    const { rows } = await showComponents(suite.flow, ALL);
    const withTrust = rows.flatMap(({ upstream, trust }) => (trust === undefined ? [] : [upstream]));
    expect(withTrust).toEqual(expect.arrayContaining(unknown));
  });

  it("asks nothing of GitHub again while it is fresh", async () => {
    const before = suite.standIns.github.requests.length;
    await scoreWatched(suite.flow);
    expect(suite.standIns.github.requests.length).toBe(before);
    expect(asked()).toBeGreaterThan(0);
  });
});
