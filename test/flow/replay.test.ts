import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultPolicy } from "../../src/config.ts";
import { DAY, plus } from "../../src/domain/instant.ts";
import { replayIncident, summarise } from "../../src/flow/replay.ts";
import { readIncidents } from "../../src/flow/replay-file.ts";
import { isFailure } from "../../src/lib/failure.ts";

const POLICY = defaultPolicy();

function replay(value: unknown) {
  const incidents = readIncidents(JSON.stringify(value), "f.json");
  if (isFailure(incidents)) throw incidents;
  return incidents.flatMap((incident) => replayIncident(incident, POLICY));
}

const START = "2026-01-01T00:00:00.000Z";
const on = (day: number) => plus(START, day * DAY);
const usual = [0, 10, 20, 30, 40].map((day, index) => ({ version: `1.${index}.0`, publishedAt: on(day) }));
const bad = { version: "1.5.0", publishedAt: on(50) };
const incident = { upstream: "pkg:pypi/tool", publicAt: on(51), candidate: "1.5.0", releases: [...usual, bad] };

describe("replaying", () => {
  it("the examples of the documentation gives what they are made to show", () => {
    const text = readFileSync(join(import.meta.dirname, "../../docs/examples/incidents.json"), "utf8");
    const replayed = replay(JSON.parse(text));
    expect(replayed.map(({ candidate, outcome, verdict }) => [candidate, outcome, verdict])).toEqual([
      ["v45.0.0", "hold", "block"],
      ["8.3.41", "hold", "hold"],
      ["1.82.8", "hold", "hold"],
      ["v5.6.0", "missed", "propose"],
      ["1.0.0", "proposed", "propose"],
      ["1.1.0", "proposed", "propose"],
      ["1.2.0", "proposed", "propose"],
      ["1.3.0", "proposed", "propose"],
    ]);
    expect(summarise(replayed)).toEqual({
      incidents: { total: 4, hold: 3, wait: 0, missed: 1 },
      others: { total: 4, proposed: 4, hold: 0, holdRate: 0, medianDelayDays: { pypi: 3 } },
    });
  });

  it("separates what a hold stops from what only waits and what is missed", () => {
    const untagged = { ...bad, tagExists: false };
    const tagged = usual.map((one) => ({ ...one, tagExists: true }));
    const outcomes = [
      replay({ ...incident, releases: [...tagged, untagged] }),
      replay(incident),
      replay({ ...incident, publicAt: on(54) }),
      replay({ ...incident, publicAt: undefined }),
    ];
    expect(outcomes.map(([one]) => one?.outcome)).toEqual(["hold", "wait", "missed", "proposed"]);
  });

  it("looks at a known version again when its content changes, by whatever is on record of that", () => {
    const upstream = "pkg:github/example/tool";
    const changes = [
      { movedAt: on(90) },
      { commit: "a", observations: [{ at: on(90), commit: "b" }] },
      {
        assets: [{ name: "a.tgz", digest: "1" }],
        observations: [{ at: on(90), assets: [{ name: "a.tgz", digest: "2" }] }],
      },
      { replacedAt: on(90) },
    ];
    for (const change of changes) {
      const [one] = replay({ ...incident, upstream, publicAt: on(91), releases: [...usual, { ...bad, ...change }] });
      expect(one).toMatchObject({ outcome: "hold", verdict: "block", badFrom: on(90), rules: ["content-changed"] });
      expect(one?.timeline.map(({ decision }) => decision.verdict)).toEqual(["wait", "propose", "block"]);
    }
  });

  it("knows nothing before it was known", () => {
    const advisories = [{ id: "MAL-2026-1", publishedAt: on(52) }];
    const [one] = replay({
      ...incident,
      publicAt: on(53),
      advisories,
      releases: [...usual, { ...bad, state: "yanked" }],
    });
    const verdictAt = (moment: string) => one?.timeline.filter(({ at }) => at <= moment).at(-1)?.decision.verdict;
    expect([verdictAt(on(51)), verdictAt(on(52))]).toEqual(["wait", "block"]);
    expect(one?.timeline.at(-1)?.decision.reasons.map(({ rule }) => rule)).toContain("withdrawn");
  });

  it("waits as the policy says, longer for a project of little trust, for a fix only until it stood still for an hour", () => {
    const delay = (given: object) => replay({ ...incident, publicAt: undefined, ...given })[0]?.delayDays;
    expect(delay({})).toBe(3);
    expect(delay({ upstream: "pkg:github/example/tool" })).toBe(7);
    expect(delay({ trust: "weak" })).toBe(6);
    expect(delay({ advisories: [{ id: "GHSA-1", severity: "high", publishedAt: on(1), affects: ["1.4.0"] }] })).toBe(
      1 / 24,
    );
  });

  it("of releases of which nothing but dates is known gives waits only", () => {
    const upstream = fc.constantFrom("pkg:pypi/tool", "pkg:github/a/b", "pkg:docker/a/b", "pkg:npm/a");
    const days = fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(upstream, days, (purl, published) => {
        const releases = published
          .toSorted((a, b) => a - b)
          .map((day, index) => ({ version: `1.${index}.0`, publishedAt: on(day) }));
        const verdicts = replay({ upstream: purl, candidate: "*", releases }).flatMap(({ timeline }) =>
          timeline.map(({ decision }) => decision.verdict),
        );
        return verdicts.every((verdict) => verdict === "wait" || verdict === "propose");
      }),
    );
  });

  it("gives the record of each word against a release", () => {
    const releases = [...usual.map((one) => ({ ...one, tagExists: true })), { ...bad, tagExists: false }];
    const record = replay({ ...incident, releases })[0]?.timeline[0]?.records.find(({ rule }) => rule === "R3");
    expect(record).toMatchObject({
      level: "hold",
      observed: "no tag, release or run",
      expected_from_history: "5 of the last 5 releases had one",
      compared_versions: ["1.4.0", "1.3.0", "1.2.0", "1.1.0", "1.0.0"],
      first_seen_at: on(50),
      source: { locator: "pkg:pypi/tool" },
    });
  });
});
