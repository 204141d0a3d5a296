import { describe, expect, it } from "vitest";
import { repositoryChanged } from "../../../src/score/checks/repository-changed.ts";
import { aRelease } from "../../support/build.ts";
import { aCheckContext } from "../../support/check-context.ts";
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

  it("is who answered when it was first looked at; releases that know theirs keep it", async () => {
    const release = aRelease({ version: "1.1.0" });
    const earlier = [aRelease({ version: "1.0.0" })];
    const identity = { id: "1", owner: "7", name: "example/tool" };
    const asked = { release, earlier, open: [release] };
    const learned = await repositoryChanged.collect?.ask(asked, aCheckContext({ identity }));
    expect(learned).toEqual(new Map([["1.1.0", expect.objectContaining(usual)]]));
  });

  it("of a host that names none is not checked", async () => {
    const release = aRelease({ version: "1.1.0" });
    const learned = await repositoryChanged.collect?.ask({ release, earlier: [], open: [release] }, aCheckContext());
    expect(learned).toMatchObject({ code: "not-checked" });
  });
});
