import { describe, expect, it } from "vitest";
import { hitOf, wayBack } from "../../../src/flow/plan/plan-reverts.ts";
import { Failure } from "../../../src/lib/failure.ts";
import { aCandidate, aComponent, anAdvisory, aPin, aRelease } from "../../support/build.ts";

const merged = aCandidate(); // 1.0.0 → 1.1.0
const now = aComponent({ pins: [aPin({ text: "1.1.0" })] });
const before = aRelease({ version: "1.0.0" });
const bad = aRelease({ version: "1.1.0", state: "yanked", stateReason: "wrong branch" });

describe("the way back from a merged bump", () => {
  it("leads to the version before, with the reason", () => {
    const revert = wayBack(merged, now, [before, bad]);
    expect(revert?.candidate).toMatchObject({ from: ["1.1.0"], step: "revert", to: { version: "1.0.0" } });
    expect(revert?.decision).toMatchObject({
      verdict: "propose",
      reasons: [{ level: "warn", summary: expect.stringContaining("was yanked by its upstream (wrong branch)") }],
    });
  });

  it.each([
    ["while the version is good", now, [before, aRelease({ version: "1.1.0" })]],
    ["when the version before turned bad too", now, [aRelease({ version: "1.0.0", state: "deleted" }), bad]],
    ["when the version before is not known any more", now, [bad]],
    ["when nothing pins the bad version any more", aComponent({ pins: [aPin({ text: "1.2.0" })] }), [before, bad]],
    ["when the version is not known any more", now, [before]],
  ] as const)("does not exist %s", (_, component, releases) => {
    expect(wayBack(merged, component, releases)).toBeUndefined();
  });

  it("leads back from what has other content by now, or was found to be bad otherwise", () => {
    const revert = wayBack(merged, now, [before, aRelease({ version: "1.1.0" })], "was reported as malware (MAL-1)");
    expect(revert?.decision.reasons).toMatchObject([
      { summary: "1.1.0 was reported as malware (MAL-1) after it was merged here: this goes back to 1.0.0." },
    ]);
  });

  it("has an id that differs from the bump's and is always the same", () => {
    const [first, second] = [wayBack(merged, now, [before, bad]), wayBack(merged, now, [bad, before])];
    expect(first?.candidate.id).toBe(second?.candidate.id);
    expect(first?.candidate.id).not.toBe(merged.id);
  });
});

describe("what speaks against a merged version and not against the one before", () => {
  const malware = anAdvisory({ id: "MAL-2026-7", severity: "unknown" });
  const grave = anAdvisory({ id: "GHSA-1", severity: "high" });
  const slight = anAdvisory({ id: "GHSA-2", severity: "low" });

  it.each([
    ["malware", [malware], [], /malware \(MAL-2026-7\)/],
    ["malware, though the one before has a flaw", [malware, slight], [slight], /malware/],
    ["a grave flaw", [grave, slight], [], /affected by GHSA-1 \(high\)/],
  ] as const)("is %s", (_, after, earlier, said) => {
    expect(hitOf(after, earlier)).toMatch(said);
  });

  it.each([
    ["a slight flaw", [slight], []],
    ["a flaw of both", [grave], [grave]],
    ["a flaw beside another one of the version before", [grave], [slight]],
    ["malware in both", [malware], [malware]],
    ["what is not known of the version before", [malware], new Failure("unavailable", "OSV is away")],
    ["what nobody was asked", undefined, []],
  ] as const)("is not %s", (_, after, earlier) => {
    expect(hitOf(after, earlier)).toBeUndefined();
  });
});
