import { describe, expect, it } from "vitest";
import { defaultPolicy } from "../../../src/config.ts";
import { replayIncident } from "../../../src/flow/replay/replay.ts";
import { readIncidents } from "../../../src/flow/replay/replay-file.ts";
import type { ReplayedCandidate } from "../../../src/flow/replay/replay-outcome.ts";
import { summarise } from "../../../src/flow/replay/replay-summary.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { aGitProject, aPackage, randomOf, takeovers } from "../../support/histories.ts";
import { recordedIncidents } from "../../support/incidents.ts";

const policy = defaultPolicy();

function replay(value: unknown): ReplayedCandidate[] {
  const incidents = readIncidents(JSON.stringify(value), "the made-up world");
  if (isFailure(incidents)) throw incidents;
  return incidents.flatMap((incident) => replayIncident(incident, policy));
}

/** The same project with every fact but versions and dates taken away. */
function withoutFacts({ releases, ...project }: Record<string, unknown>) {
  const bare = (releases as { version: string; publishedAt: string }[]).map(({ version, publishedAt }) => ({
    version,
    publishedAt,
  }));
  return { ...project, releases: bare };
}

describe("the default policy, in the shapes of takeovers of the public record", () => {
  it.each([
    ["in projects that never forgot a tag", 0],
    ["in projects that forgot one once", 20],
  ])("%s", (_, forgot) => {
    const rows = recordedIncidents(forgot).map((one) => ({ ...one, outcome: replay(one.incident)[0]?.outcome }));
    expect(rows).toHaveLength(39);
    expect(rows.filter(({ outcome }) => outcome !== "missed").length).toBeGreaterThanOrEqual(35);
    const evident = rows.filter((one) => one.evident);
    expect(evident.filter(({ outcome }) => outcome === "hold").length / evident.length).toBeGreaterThanOrEqual(21 / 25);
    expect(rows.filter(({ replaced, outcome }) => replaced && outcome === "missed")).toEqual([]);
  });
});

describe("the default policy, in a made-up world of the published base rates", () => {
  const projects = (make: typeof aGitProject) => {
    const random = randomOf(7);
    return Array.from({ length: 50 }, (_, index) => make(random, `p${index}`, 30));
  };

  it("holds few releases of repositories, and waits a week", () => {
    const { others } = summarise(projects(aGitProject).flatMap(replay));
    expect(others.holdRate).toBeLessThanOrEqual(0.026);
    expect(others.medianDelayDays.github).toBeLessThanOrEqual(7);
  });

  it("holds fewer packages, and waits three days", () => {
    const forgetful = (random: () => number, name: string, count?: number) => aPackage(random, name, count, 0.015);
    const { others } = summarise(projects(forgetful).flatMap(replay));
    expect(others.heldBack / others.total).toBeLessThanOrEqual(0.015);
    expect(others.holdRate).toBeLessThanOrEqual(0.01);
    expect(others.medianDelayDays.pypi).toBeLessThanOrEqual(3);
  });

  it("holds nothing of which nothing is known", () => {
    const bare = [...projects(aGitProject), ...projects(aPackage)].map(withoutFacts);
    expect(summarise(bare.flatMap(replay)).others.hold).toBe(0);
  });

  it("keeps takeovers back until they are public, and stops by a hold what shows who published", () => {
    const worlds = [1, 2, 3].map((seed) =>
      takeovers(randomOf(seed)).map((one) => ({ ...one, replayed: replay(one.incident) })),
    );
    for (const world of worlds) {
      const stopped = world.filter(({ replayed }) => replayed.every(({ outcome }) => outcome !== "missed"));
      const held = world.filter(
        ({ identity, replayed }) => identity && replayed.every(({ outcome }) => outcome === "hold"),
      );
      expect(world.length).toBe(39);
      expect(stopped.length).toBeGreaterThanOrEqual(34);
      expect(held.length).toBeGreaterThanOrEqual(21);
    }
  });
});
