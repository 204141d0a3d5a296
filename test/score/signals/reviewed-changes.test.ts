import { expect, it } from "vitest";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { Failure } from "../../../src/lib/failure.ts";
import { reviewedChanges } from "../../../src/score/signals/reviewed-changes.ts";
import { NOW } from "../../support/build.ts";
import { finding, points } from "../../support/signals.ts";

const scorecard = (checks: Record<string, number>, days = 1) => ({
  scorecard: async () => ({ result: { date: plus(NOW, -days * DAY), checks }, source: "https://api.deps.dev" }),
});

it.each([
  [scorecard({ "Code-Review": 10, "Branch-Protection": 8, SAST: 0 }), 9],
  [scorecard({ "Dangerous-Workflow": 0 }), 0],
  [scorecard({ SAST: 10 }), "unknown"],
  [scorecard({ "Code-Review": 10 }, 91), "unknown"],
  [{ scorecard: async () => undefined }, "unknown"],
  [{ scorecard: async () => new Failure("unavailable", "nobody answers") }, "unknown"],
])("%# is worth %s", async (given, expected) => {
  expect(await points(reviewedChanges, "pkg:github/example/tool", given)).toBe(expected);
});

it("says which checks, and when an old result is from", async () => {
  const found = await finding(reviewedChanges, "pkg:github/example/tool", scorecard({ "Code-Review": 7 }, 40));
  expect(found.reason).toBe(`Scorecard gives of 10 on ${plus(NOW, -40 * DAY).slice(0, 10)}: Code-Review 7.`);
});
