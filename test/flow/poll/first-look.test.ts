import { describe, expect, it } from "vitest";
import type { Verdict } from "../../../src/domain/bump.ts";
import type { DigestEntry } from "../../../src/domain/digest.ts";
import { firstLookOf } from "../../../src/flow/poll/first-look.ts";
import { aCandidate, aDecision, anAge, aRelease, NOW } from "../../support/build.ts";

function anEntry(baseline: boolean, clock: "first-seen" | "registry", verdict: Verdict = "wait"): DigestEntry {
  const candidate = aCandidate({ to: aRelease({ version: "1.1.0", firstSeenAt: NOW, baseline }) });
  const reasons = [{ rule: "content-age", level: verdict === "wait" ? "wait" : "note", summary: "Age." }] as const;
  const card = { upstream: candidate.to.upstream, score: undefined, checks: [anAge(NOW, clock)] };
  return { project: "example", candidate, decision: aDecision({ verdict, reasons }), card };
}

describe("a plan on a fresh store", () => {
  it("says how many versions wait from first sight, since when, and how many are proven older", () => {
    const entries = [anEntry(true, "first-seen"), anEntry(true, "first-seen"), anEntry(true, "registry", "propose")];
    expect(firstLookOf(entries)).toMatchObject({
      since: NOW,
      byFirstSight: 2,
      byRegistry: 1,
      summary: expect.stringMatching(/^First look: 2 versions were there already .* on 2026-11-20\. .* of 1 more\.$/),
    });
  });

  it.each([
    ["nothing of the first look waits", [anEntry(true, "first-seen", "propose")]],
    ["what waits was released later", [anEntry(false, "first-seen")]],
    ["what waits does so by a registry's clock", [anEntry(true, "registry")]],
    ["there is nothing", []],
  ])("is silent when %s", (_, entries) => {
    expect(firstLookOf(entries)).toBeUndefined();
  });
});
