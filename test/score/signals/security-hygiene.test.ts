import { describe, expect, it } from "vitest";
import { securityHygiene } from "../../../src/score/signals/security-hygiene.ts";
import { NOW } from "../../support/build.ts";
import { aRepository, aScoreContext } from "../../support/score.ts";

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
});
