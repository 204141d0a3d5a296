import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adviseOn } from "../../src/flow/advise.ts";
import { aComponent, aPin, aRelease } from "../support/build.ts";
import { type Suite, startSuite } from "../support/suite.ts";

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
  const affected = [{ package: { ecosystem: "PyPI", name: "requests" }, versions: ["2.0"] }];
  suite.world.osv.advisories.push({ id: "GHSA-2026-old", modified: suite.days.now, affected } as never);
});
afterAll(() => suite.close());

/** What a bump from 2.0 fixes, as the pin writes that version. */
async function fixedBy(precision: "exact" | "range") {
  const upstream = "pkg:pypi/requests";
  const component = aComponent({ pins: [aPin({ upstream, text: "2.0", precision })] });
  const to = aRelease({ upstream, version: "2.32.3", tag: "2.32.3" });
  const draft = { id: "a-bump", component, from: ["2.0"], to, between: [], step: "major" } as const;
  const advisories = await adviseOn(suite.flow, [component], [draft]);
  return advisories.complete(draft).fixes.map(({ id }) => id);
}

describe("what a bump fixes", () => {
  it("is what the version that is written has and the new one has not", async () => {
    expect(await fixedBy("exact")).toEqual(["GHSA-2026-old"]);
  });

  it("is not known of a range: its lowest version is hardly what is installed, and no reason to hurry", async () => {
    expect(await fixedBy("range")).toEqual([]);
  });
});
