import { describe, expect, it } from "vitest";
import { offBranch } from "../../../src/score/checks/off-branch.ts";
import { aRelease } from "../../support/build.ts";
import { aCheckContext } from "../../support/check-context.ts";
import { aHistory, judgedAfter, times } from "../../support/checks.ts";

const on = { onBranch: true };
const off = { onBranch: false };

describe("a commit on no branch", () => {
  it.each([
    ["where all were on one", off, times(5, on), "hold"],
    ["where four of five were", off, [off, ...times(4, on)], "warn"],
    ["as is usual", off, times(5, off), "pass"],
    ["in a project that often does so", off, [...times(5, on), off, off, ...times(3, on)], "warn"],
    ["where one was not, long ago", off, [...times(12, on), off, ...times(3, on)], "warn"],
    ["where three were not, long ago", off, [...times(12, on), ...times(3, off)], "warn"],
    ["after two that are known", off, times(2, on), "not-checked"],
    ["that nobody looked for", {}, times(5, on), "not-checked"],
    ["that is on one", on, times(5, on), "pass"],
  ])("%s", (_, facts, history, outcome) => {
    expect(judgedAfter(offBranch, facts, aHistory(history)).outcome).toBe(outcome);
  });
});

describe("whether a commit is on a branch", () => {
  const release = aRelease({ version: "1.2.3", commit: "c1" });
  const api = "/repos/example/tool";
  const ask = (refs: Record<string, string>, statuses: Record<string, string>) => {
    const compared = Object.entries(statuses).map(([branch, status]) => [
      `${api}/compare/${encodeURIComponent(branch)}...c1?per_page=1`,
      { status },
    ]);
    const rest = { [api]: { default_branch: "main" }, ...Object.fromEntries(compared) };
    const context = aCheckContext({ repository: "pkg:github/example/tool", refs, rest });
    const asked = { release, earlier: [], open: [release] };
    return { answer: offBranch.collect?.ask(asked, context), context };
  };
  const heads = { "refs/heads/main": "m", "refs/heads/release/1.2": "r", "refs/heads/feature": "f" };

  it.each([
    ["behind the default branch", heads, { main: "behind" }, true],
    ["on the release branch of its version", heads, { main: "diverged", "release/1.2": "behind" }, true],
    ["on neither", heads, { main: "diverged", "release/1.2": "diverged" }, false],
    ["ahead of the default branch", { "refs/heads/main": "m" }, { main: "ahead" }, false],
    ["the newest of some branch", { ...heads, "refs/heads/hotfix": "c1" }, {}, true],
  ])("is known when it is %s", async (_, refs, statuses, onBranch) => {
    const facts = await ask(refs, statuses).answer;
    expect(facts).toEqual(new Map([[release.tag, expect.objectContaining({ onBranch })]]));
  });

  it("costs few questions", async () => {
    const { answer, context } = ask(heads, { main: "diverged", "release/1.2": "diverged" });
    await answer;
    expect(context.asked).toHaveLength(3);
  });

  it("is not known without a token, nor when a comparison fails", async () => {
    const asked = { release, earlier: [], open: [release] };
    expect(await offBranch.collect?.ask(asked, aCheckContext({ repository: "pkg:github/example/tool" }))).toMatchObject(
      {
        code: "not-checked",
      },
    );
    expect(await ask(heads, {}).answer).toMatchObject({ code: "not-found" });
  });
});
