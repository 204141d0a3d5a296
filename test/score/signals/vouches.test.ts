import { describe, expect, it } from "vitest";
import { DAY, plus } from "../../../src/domain/instant.ts";
import type { Vouch } from "../../../src/domain/trust.ts";
import { vouches } from "../../../src/score/signals/vouches.ts";
import { aVouch, NOW } from "../../support/build.ts";
import { aScoreContext } from "../../support/score.ts";

async function judged(...given: Vouch[]) {
  return vouches.judge(await vouches.collect("pkg:github/example/tool", aScoreContext({ vouches: given })), NOW);
}

describe("vouches", () => {
  it("count as their authors said, with name, dates and reason", async () => {
    const finding = await judged(
      aVouch({ points: 0.9, until: plus(NOW, DAY) }),
      aVouch({ points: 0.5, by: "Maintainer" }),
    );
    expect(finding.points).toBeCloseTo(0.7);
    expect(finding.reason).toContain(
      "Release team (since 2026-09-01, until 2026-11-21): we meet the maintainers twice a year; Maintainer (since 2026-09-01)",
    );
  });

  it.each([
    ["ended", aVouch({ until: NOW })],
    ["has not begun", aVouch({ since: plus(NOW, DAY) })],
    ["is for another", aVouch({ upstream: "pkg:github/example/other" })],
  ])("one that %s does not count at all", async (_, vouch) => {
    expect(await judged(vouch)).toMatchObject({ outcome: "not-applicable", points: 0 });
  });
});
