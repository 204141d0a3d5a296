import { describe, expect, it } from "vitest";
import type { Alert } from "../../../src/domain/bump.ts";
import { checkOfAlerts } from "../../../src/flow/alerts/check-of-alerts.ts";
import { anAlert } from "../../support/build.ts";

describe("what alerts mean for the candidates of an upstream", () => {
  it.each<[string, Partial<Alert>[], string | undefined]>([
    ["nothing without one", [], undefined],
    ["a block while it is another repository", [{ class: "recreated" }], "block"],
    ["a block also when somebody has seen that", [{ class: "recreated", state: "acknowledged" }], "block"],
    ["a block while it is quarantined", [{ class: "quarantined" }], "block"],
    ["a block after several tags moved", [{ class: "mass-move" }], "block"],
    ["a hold while it has another owner", [{ class: "transferred" }], "hold"],
    ["nothing once somebody has looked at the owner", [{ class: "transferred", state: "acknowledged" }], undefined],
    ["a warning after a tag moved", [{ class: "tag-moved" }], "warn"],
    ["the worst of several", [{ class: "tag-moved" }, { class: "mass-move" }], "block"],
    ["nothing for a yank of what is pinned: a step away from it is welcome", [{ class: "yanked" }], undefined],
    ["nothing for a source that is late", [{ class: "source-stale" }], undefined],
  ])("is %s", (_, alerts, outcome) => {
    expect(checkOfAlerts(alerts.map((alert) => anAlert(alert)))[0]?.outcome).toBe(outcome);
  });
});
