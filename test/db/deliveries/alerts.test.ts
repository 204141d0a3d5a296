import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { alertsIn, raiseAlert, settleAlert, standingAlerts } from "../../../src/db/deliveries/alerts.ts";
import type { Trouble } from "../../../src/domain/bump.ts";
import { anAlert, anEvidence, NOW } from "../../support/build.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";

const LATER = "2026-11-21T12:00:00.000Z";
const said = { by: "Release manager", reason: "the maintainer told us" };

const trouble = (given: Partial<Trouble> = {}): Trouble => {
  const { id: _id, state: _state, openedAt: _openedAt, ...rest } = anAlert();
  return { ...rest, ...given };
};
const movedTo = (commit: string, expected = "a".repeat(40)) =>
  trouble({ evidence: [anEvidence({ kind: "commit", expected, observed: commit.repeat(40) })] });

describe.each(STORES)("alerts in the %s store", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  beforeEach(() => emptyTables(store.db));
  afterAll(() => store.close());

  it("are news once", async () => {
    const first = await raiseAlert(store.db, trouble(), NOW);
    expect(first).toMatchObject({ isNews: true, alert: { state: "open", openedAt: NOW } });
    expect(await raiseAlert(store.db, trouble({ summary: "Said otherwise." }), LATER)).toMatchObject({ isNews: false });
    expect(await standingAlerts(store.db)).toEqual([{ ...first.alert, summary: "Said otherwise." }]);
  });

  it("have an id that stays the same, and differs from those of other trouble", async () => {
    const one = await raiseAlert(store.db, trouble(), NOW);
    const other = await raiseAlert(store.db, trouble({ subject: "v2.0.0" }), NOW);
    expect((await raiseAlert(store.db, trouble(), LATER)).alert.id).toBe(one.alert.id);
    expect(other.alert.id).not.toBe(one.alert.id);
    expect(await standingAlerts(store.db)).toHaveLength(2);
  });

  it("stay acknowledged while they are what was acknowledged, and open again when it gets worse", async () => {
    await raiseAlert(store.db, movedTo("b"), NOW);
    await settleAlert(store.db, trouble(), { state: "acknowledged", ...said }, NOW);
    expect(await raiseAlert(store.db, movedTo("b"), LATER)).toMatchObject({
      isNews: false,
      alert: { state: "acknowledged", acknowledged: { ...said, at: NOW } },
    });
    const worse = await raiseAlert(store.db, movedTo("c", "b".repeat(40)), LATER);
    expect(worse).toMatchObject({ isNews: true, alert: { state: "open", openedAt: NOW } });
    expect(worse.alert.acknowledged).toBeUndefined();
    expect(worse.alert.evidence).toMatchObject([{ expected: "a".repeat(40), observed: "c".repeat(40) }]);
  });

  it("are resolved once, and not acknowledged after that", async () => {
    await raiseAlert(store.db, trouble(), NOW);
    expect(await settleAlert(store.db, trouble(), { state: "resolved", ...said }, LATER)).toMatchObject({
      state: "resolved",
      resolved: { ...said, at: LATER },
    });
    expect(await settleAlert(store.db, trouble(), { state: "resolved", ...said }, LATER)).toBeUndefined();
    expect(await settleAlert(store.db, trouble(), { state: "acknowledged", ...said }, LATER)).toBeUndefined();
    expect(await standingAlerts(store.db)).toEqual([]);
    expect(await alertsIn(store.db, ["resolved"])).toHaveLength(1);
  });

  it.each([
    { by: said.by, observed: "b", opens: false, title: "stay resolved by a person while nothing else is observed" },
    { by: said.by, observed: "c", opens: true, title: "open again when a person resolved something else" },
    { by: "headgate", observed: "b", opens: true, title: "open again when they had ended by themselves" },
  ])("$title", async ({ by, observed, opens }) => {
    await raiseAlert(store.db, movedTo("b"), NOW);
    await settleAlert(store.db, trouble(), { state: "resolved", by, reason: "over" }, NOW);
    expect((await raiseAlert(store.db, movedTo(observed), LATER)).isNews).toBe(opens);
    expect(await standingAlerts(store.db)).toHaveLength(opens ? 1 : 0);
  });

  it("that never were cannot be settled", async () => {
    expect(await settleAlert(store.db, trouble(), { state: "resolved", ...said }, NOW)).toBeUndefined();
  });
});
