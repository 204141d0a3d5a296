import { describe, expect, it } from "vitest";
import { toPlanned } from "../../../src/flow/plan/list-components.ts";
import type { Planned } from "../../../src/flow/plan/planned.ts";
import { aCandidate, aComponent, aPin, aRelease, aScore, LONG_AGO, NOW } from "../../support/build.ts";

const component = aComponent({
  pins: [aPin({ version: "1.0.0" }), aPin({ line: 9, precision: "branch", text: "main", version: "" })],
});

function plannedTo(given: Parameters<typeof aCandidate>[0], upstream = component.upstream): Planned {
  const project = { id: "example", name: "example", source: { kind: "path", path: "/x" }, ignorePaths: [] } as const;
  const decision = { verdict: "wait", reasons: [], by: "policy" } as const;
  return {
    project,
    decision,
    candidate: aCandidate({ component, ...given }),
    card: { upstream, score: aScore(), checks: [] },
  };
}

describe("a component's line", () => {
  it("counts its places, and those where nothing decides", () => {
    expect(toPlanned(component, { planned: [], unordered: [] })).toMatchObject({
      label: "example/tool",
      current: ["1.0.0"],
      places: 2,
      unpinned: 1,
      lag: 0,
    });
  });

  it("says which releases it lacks, and since when", () => {
    const first = aRelease({ version: "1.1.0", publishedAt: LONG_AGO });
    const to = aRelease({ version: "1.2.0", publishedAt: NOW });
    expect(toPlanned(component, { planned: [plannedTo({ to, between: [to, first] })], unordered: [] })).toMatchObject({
      ...{ latest: "1.2.0", lag: 2, behindSince: LONG_AGO, candidate: "0123456789ab" },
      ...{ trust: 8.2, coverage: 1 },
    });
  });

  it("lacks no release when only the content under its version is new", () => {
    const to = aRelease({ version: "1.0.0" });
    const line = toPlanned(component, { planned: [plannedTo({ to, between: [to], step: "digest" })], unordered: [] });
    expect(line).toMatchObject({ latest: "1.0.0", lag: 0 });
    expect(line.behindSince).toBeUndefined();
  });

  it("is not led back by a way back", () => {
    expect(toPlanned(component, { planned: [plannedTo({ step: "revert" })], unordered: [] })).toMatchObject({ lag: 0 });
  });

  it("does not say how far behind what has no order, or no version", () => {
    expect(toPlanned(component, { planned: [], unordered: [component.key] }).lag).toBeUndefined();
    const floating = aComponent({ pins: [aPin({ precision: "branch", text: "main", version: "" })] });
    expect(toPlanned(floating, { planned: [], unordered: [] }).lag).toBeUndefined();
  });

  it("takes another component's candidate for another's, also of the same upstream", () => {
    const other = aComponent({ pins: [aPin({ path: "other/Dockerfile" })] });
    expect(
      toPlanned(component, { planned: [plannedTo({ component: other })], unordered: [] }).candidate,
    ).toBeUndefined();
  });
});
