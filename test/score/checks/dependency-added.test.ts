import { describe, expect, it } from "vitest";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { dependencyAdded } from "../../../src/score/checks/dependency-added.ts";
import { LONG_AGO, NOW } from "../../support/build.ts";
import { aHistory, judgedAfter, times } from "../../support/checks.ts";

const usual = { dependencies: ["left"] };
const more = (since?: string) => ({
  dependencies: ["left", "right"],
  ...(since !== undefined && { dependencySince: { right: since } }),
});

describe("a new dependency", () => {
  it.each([
    ["of yesterday", more(plus(NOW, -DAY)), times(3, usual), "hold", "exists for 1 day only"],
    ["of thirty days", more(plus(NOW, -30 * DAY)), times(3, usual), "pass", "it exists since 2026-10-21"],
    ["of unknown age", more(), times(3, usual), "pass", "how old that package is, is not known"],
    ["that is none", usual, times(3, usual), "pass", "nothing that earlier releases did not"],
    ["after releases nobody knows", more(LONG_AGO), times(3, {}), "not-checked", "earlier releases"],
    ["nobody looked for", {}, times(3, usual), "not-checked", "is not known"],
  ])("%s", (_, facts, history, outcome, words) => {
    const judgement = judgedAfter(dependencyAdded, facts, aHistory(history, "pkg:pypi/tool"));
    expect(judgement.outcome).toBe(outcome);
    expect(judgement.summary).toContain(words);
  });
});
