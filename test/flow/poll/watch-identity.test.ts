import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { releasesOf } from "../../../src/db/releases/releases.ts";
import { upstreamState } from "../../../src/db/upstreams/upstreams.ts";
import { HOUR, plus } from "../../../src/domain/instant.ts";
import { settleByHand } from "../../../src/flow/alerts/settle-by-hand.ts";
import { PILOT, type Pinned, startPinned } from "../../support/pinned.ts";
import { addRelease, addRepository, renameRepository } from "../../upstreams/github/builders.ts";

let pinned: Pinned;
beforeAll(async () => {
  pinned = await startPinned();
});
beforeEach(() => pinned.begin());
afterAll(() => pinned?.close());

describe("a repository", () => {
  it("that gets another name of the same owner is renamed", async () => {
    Object.assign(pinned.pilot(), { ownerId: "harbourlights" });
    renameRepository(pinned.suite.world.github, "harbourlights/pilot", "harbourlights/helmsman");
    await pinned.look();
    expect(await pinned.standing(PILOT)).toMatchObject([{ class: "renamed", severity: "medium" }]);
    renameRepository(pinned.suite.world.github, "harbourlights/helmsman", "harbourlights/pilot");
    pinned.suite.world.github.renamed.delete("harbourlights/pilot");
    await pinned.look();
    expect(await pinned.standing()).toEqual([]);
  });

  it("that another owner has now is transferred", async () => {
    Object.assign(pinned.pilot(), { ownerId: undefined });
    renameRepository(pinned.suite.world.github, "harbourlights/pilot", "somebody/pilot");
    await pinned.look();
    expect(await pinned.standing(PILOT)).toMatchObject([{ class: "transferred", severity: "high" }]);
  });

  it("that somebody makes anew under the old name is recreated, and nothing of it is stored", async () => {
    const before = (await releasesOf(pinned.suite.flow.db, PILOT)).length;
    const stranger = addRepository(pinned.suite.world.github, "harbourlights/pilot", {
      createdAt: pinned.suite.days.now,
    });
    addRelease(pinned.suite.world.github, stranger, { tag: "v9.0.0" });
    await pinned.look();
    const recreated = (await pinned.standing(PILOT)).filter((alert) => alert.class === "recreated");
    expect(recreated).toMatchObject([
      { severity: "critical", evidence: expect.arrayContaining([expect.objectContaining({ kind: "id" })]) },
    ]);
    expect((await releasesOf(pinned.suite.flow.db, PILOT)).length).toBe(before);
    expect((await upstreamState(pinned.suite.flow.db, PILOT))?.failure).toMatchObject({ code: "refused" });
    const plan = await pinned.suite.plan();
    const held = plan.candidates.filter((one) => one.upstream === PILOT);
    expect(held.length).toBeGreaterThan(0);
    for (const one of held) expect(one.decision.verdict).toBe("block");
    expect(plan.alerts.map((alert) => alert.class)).toContain("recreated");
  });

  it("is taken for the upstream again when a person has resolved the alert, with who and why on record", async () => {
    pinned.suite.days.now = plus(pinned.suite.days.now, HOUR);
    const [alert] = (await pinned.standing(PILOT)).filter((one) => one.class === "recreated");
    const said = { by: "Release manager", reason: "we know the new owner", state: "resolved" } as const;
    expect(await settleByHand(pinned.suite.flow, { alert: alert?.id.slice(0, 6) ?? "", ...said })).toMatchObject({
      resolved: { by: said.by, reason: said.reason },
    });
    expect(await settleByHand(pinned.suite.flow, { alert: alert?.id ?? "", ...said })).toMatchObject({
      message: expect.stringContaining("resolved already"),
    });
    await pinned.look();
    expect((await pinned.standing(PILOT)).filter((one) => one.class === "recreated")).toEqual([]);
    expect((await upstreamState(pinned.suite.flow.db, PILOT))?.failure).toBeUndefined();
    expect((await releasesOf(pinned.suite.flow.db, PILOT)).map(({ tag }) => tag)).toContain("v9.0.0");
    const ended = (await pinned.happened()).filter(({ kind }) => kind === "alert-resolved").map(({ data }) => data);
    expect(ended).toContainEqual(expect.objectContaining({ class: "recreated", by: said.by, reason: said.reason }));
  });

  it.each([
    ["abc", "too short"],
    ["ffffffffff", "There is no alert"],
  ])("has no alert %s to settle", async (alert, message) => {
    expect(await settleByHand(pinned.suite.flow, { alert, by: "x", reason: "y", state: "resolved" })).toMatchObject({
      message: expect.stringContaining(message),
    });
  });
});
