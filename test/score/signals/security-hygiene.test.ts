import { describe, expect, it } from "vitest";
import { securityHygiene } from "../../../src/score/signals/security-hygiene.ts";
import { NOW } from "../../support/build.ts";
import { aRepository, aScoreContext } from "../../support/score.ts";
import { finding } from "../../support/signals.ts";

describe("hygiene", () => {
  const { licence: _, ...unlicensed } = aRepository();

  it.each([
    [aRepository(), 1, "The repository has a security policy and the licence Apache-2.0, and is open for change."],
    [
      { ...unlicensed, securityPolicy: false, archived: true },
      0,
      "The repository has no security policy and no licence that GitHub knows, and is archived.",
    ],
  ])("%# is the share of good habits", async (facts, points, reason) => {
    const collected = await securityHygiene.collect("pkg:github/example/tool", aScoreContext({ facts }));
    expect(securityHygiene.judge(collected, NOW)).toMatchObject({ points, reason });
  });

  it("counts what Scorecard measures where it scans the repository", async () => {
    const result = { date: NOW, checks: { SAST: 0, Fuzzing: 0, SBOM: 10, "Code-Review": 0 } };
    const given = { scorecard: async () => ({ result, source: "https://api.deps.dev" }) };
    const found = await finding(securityHygiene, "pkg:github/example/tool", given);
    expect(found.points).toBeCloseTo(4 / 6, 5);
    expect(found.reason).toContain("Scorecard gives SAST 0, Fuzzing 0, SBOM 10");
  });
});
