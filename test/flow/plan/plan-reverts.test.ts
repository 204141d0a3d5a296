import { describe, expect, it } from "vitest";
import { wayBack } from "../../../src/flow/plan/plan-reverts.ts";
import { aCandidate, aComponent, aPin, aRelease } from "../../support/build.ts";

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

  it("has an id that differs from the bump's and is always the same", () => {
    const [first, second] = [wayBack(merged, now, [before, bad]), wayBack(merged, now, [bad, before])];
    expect(first?.candidate.id).toBe(second?.candidate.id);
    expect(first?.candidate.id).not.toBe(merged.id);
  });
});
