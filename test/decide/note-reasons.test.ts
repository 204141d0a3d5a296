import { describe, expect, it } from "vitest";
import { aCandidate, aComponent, anAdvisory, aPin, aRelease } from "../support/build.ts";
import { decided, rulesOf } from "../support/decided.ts";

describe("notes", () => {
  it("tell drift, what remains vulnerable, and what was withdrawn under us", () => {
    const component = aComponent({ pins: [aPin(), aPin({ text: "0.9.0" })] });
    const decision = decided({
      candidate: aCandidate({ component }),
      history: [aRelease({ version: "0.9.0", state: "yanked" }), aRelease({ version: "0.8.0", state: "yanked" })],
      advisories: [anAdvisory({ id: "GHSA-still" })],
    });
    expect(rulesOf(decision, "note")).toEqual(["content-age", "current-withdrawn", "known-advisories", "drift"]);
  });
});
