import { describe, expect, it } from "vitest";
import { repositoryChanged } from "../../../src/score/checks/repository-changed.ts";
import { aHistory, judgedAfter, times } from "../../support/checks.ts";

const usual = { repository: { id: "1", ownerId: "7", name: "example/tool" } };
const now = (changes: object) => ({ repository: { ...usual.repository, ...changes } });

describe("the repository of a release", () => {
  it.each([
    ["is as ever", usual, "pass"],
    ["is another one under the old name", now({ id: "2" }), "block"],
    ["moved", now({ name: "stranger/tool" }), "hold"],
    ["has another owner", now({ ownerId: "8" }), "hold"],
    ["is archived", now({ archived: true }), "warn"],
    ["is not known", {}, "not-checked"],
  ])("%s", (_, facts, outcome) => {
    expect(judgedAfter(repositoryChanged, facts, aHistory(times(3, usual))).outcome).toBe(outcome);
  });

  it("is not compared at first sight", () => {
    expect(judgedAfter(repositoryChanged, usual, []).outcome).toBe("not-checked");
  });
});
