import { describe, expect, it } from "vitest";
import type { Release } from "../../../src/domain/release.ts";
import type { CheckInput } from "../../../src/score/check.ts";
import { withdrawn } from "../../../src/score/checks/withdrawn.ts";
import { anAdvisory, aRelease, NOW } from "../../support/build.ts";

function checked(given: Partial<Release>, input: Partial<CheckInput> = {}) {
  return withdrawn.judge({ release: aRelease(given), history: [], earlier: [], advisories: [], ...input }, NOW);
}

describe("a withdrawn version", () => {
  it.each([
    ["yanked", "block"],
    ["deleted", "block"],
    ["deprecated", "warn"],
    ["released", "pass"],
    ["prerelease", "pass"],
  ] as const)("that is %s: %s", (state, outcome) => {
    expect(checked({ state }).outcome).toBe(outcome);
  });

  it("is told with its upstream's reason", () => {
    expect(checked({ state: "yanked", stateReason: "broken wheel" })).toMatchObject({
      summary: "1.0.0 was yanked by its upstream: broken wheel.",
      evidence: [{ kind: "release-state", observed: "yanked" }],
    });
  });

  it("malware is said only with the id of the report", () => {
    const advisories = [anAdvisory(), anAdvisory({ id: "MAL-2026-9" })];
    expect(checked({}, { advisories })).toMatchObject({
      outcome: "block",
      summary: "1.0.0 is reported as malware: MAL-2026-9.",
      evidence: [{ kind: "advisory", observed: "MAL-2026-9" }],
    });
  });
});
