import { describe, expect, it } from "vitest";
import { offBranch } from "../../../src/score/checks/off-branch.ts";
import { aHistory, judgedAfter, times } from "../../support/checks.ts";

const on = { onBranch: true };
const off = { onBranch: false };

describe("a commit on no branch", () => {
  it.each([
    ["where all were on one", off, times(5, on), "hold"],
    ["where four of five were", off, [off, ...times(4, on)], "warn"],
    ["as is usual", off, times(5, off), "pass"],
    ["in a project that often does so", off, [...times(5, on), off, off, ...times(3, on)], "warn"],
    ["after two that are known", off, times(2, on), "not-checked"],
    ["that nobody looked for", {}, times(5, on), "not-checked"],
    ["that is on one", on, times(5, on), "pass"],
  ])("%s", (_, facts, history, outcome) => {
    expect(judgedAfter(offBranch, facts, aHistory(history)).outcome).toBe(outcome);
  });
});
