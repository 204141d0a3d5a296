import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY, plus } from "../../src/domain/instant.ts";
import { outlineOf } from "../../src/domain/integrity/content-history.ts";
import type { CheckResult, Finding } from "../../src/domain/trust.ts";
import { Failure } from "../../src/lib/failure.ts";
import { runChecks, scoreProject } from "../../src/score/score.ts";
import { SIGNALS } from "../../src/score/signals.ts";
import { aFinding, aRelease, LONG_AGO, NOW, WEIGHTS } from "../support/build.ts";

describe("project trust", () => {
  it("is the mean of each heading's known signals, weighed, with the known share beside it", () => {
    const score = scoreProject(
      [
        aFinding({ signal: "recent-commits", points: 1 }),
        aFinding({ signal: "release-cadence", points: 0.4, outcome: "bad" }),
        aFinding({ signal: "signed-releases", points: 0.3, outcome: "bad" }),
        aFinding({ signal: "security-hygiene", points: 0, outcome: "unknown" }),
      ],
      WEIGHTS,
    );
    expect(score.value).toBeCloseTo((15 * 7 + 25 * 3) / 40);
    expect(score.coverage).toBeCloseTo(0.4);
    expect(score.dimensions.find((one) => one.dimension === "activity")).toEqual({
      dimension: "activity",
      weight: 15,
      value: 7,
    });
    expect(score.dimensions.find((one) => one.dimension === "hygiene")).toEqual({ dimension: "hygiene", weight: 15 });
  });

  it("is raised by one band at most by a vouch, whatever its weight", () => {
    const of = (points: number) =>
      scoreProject([aFinding({ signal: "recent-commits", points }), aFinding({ signal: "vouches", points: 1 })], {
        ...WEIGHTS,
        relationships: 400,
      }).value;
    expect([of(0.1), of(0.49), of(0.6)]).toEqual([7.4, 7.4, 9.9]);
  });

  it("of which nothing is known has no coverage", () => {
    expect(scoreProject([], WEIGHTS)).toMatchObject({ value: 0, coverage: 0 });
  });

  it("is never moved by what is unknown, and stays between 0 and 10", () => {
    const finding = fc
      .record({
        signal: fc.constantFrom(...SIGNALS.map((signal) => signal.id), "another"),
        outcome: fc.constantFrom<Finding["outcome"]>("good", "bad", "unknown", "not-applicable"),
        points: fc.double({ min: 0, max: 1, noNaN: true }),
      })
      .map((given) => aFinding(given));
    fc.assert(
      fc.property(fc.uniqueArray(finding, { selector: (one) => one.signal }), (findings) => {
        const known = findings.filter((one) => one.outcome === "good" || one.outcome === "bad");
        const { value, coverage } = scoreProject(findings, WEIGHTS);
        expect(scoreProject(known, WEIGHTS)).toMatchObject({ value, coverage });
        expect(value >= 0 && value <= 10.000001 && coverage >= 0 && coverage <= 1).toBe(true);
      }),
    );
  });
});

describe("release checks", () => {
  const outcomes = (results: readonly CheckResult[]) =>
    Object.fromEntries(results.map(({ check, outcome }) => [check, outcome]));

  it("each stand for themselves, and say which rule they are", () => {
    const results = runChecks(aRelease({ commit: "c0ffee", state: "yanked" }), [], { advisories: [] }, NOW);
    expect(outcomes(results)).toMatchObject({ withdrawn: "block", "content-changed": "pass", "content-age": "pass" });
    expect(results.find(({ check }) => check === "withdrawn")).toMatchObject({ rule: "R10", firstSeenAt: LONG_AGO });
  });

  it("say what could not be asked, and how often in a row", () => {
    const advisories = new Failure("unavailable", "OSV did not answer");
    const results = runChecks(aRelease(), [], { advisories, failedLookups: { "off-branch": 3 } }, NOW);
    expect(results.find(({ check }) => check === "withdrawn")).toMatchObject({
      outcome: "not-checked",
      summary: "malware reports: OSV did not answer",
    });
    expect(results.find(({ check }) => check === "off-branch")).toMatchObject({ failedLookups: 3 });
  });

  it("are silent about a release of which nothing is known", () => {
    const history = Array.from({ length: 12 }, (_, index) =>
      outlineOf(aRelease({ version: `0.${index}.0`, publishedAt: plus(LONG_AGO, -index * DAY) })),
    );
    for (const upstream of ["pkg:github/a/b", "pkg:pypi/a", "pkg:docker/a/b", "pkg:npm/a"]) {
      const results = runChecks(
        aRelease({ upstream }),
        history,
        { advisories: new Failure("timeout", "no answer") },
        NOW,
      );
      expect(Object.values(outcomes(results)).every((one) => one === "pass" || one === "not-checked")).toBe(true);
    }
  });
});
