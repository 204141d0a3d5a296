import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { claimDuties, completeDuty, hastenDuty, returnDuty, type TakenDuty } from "../../../src/db/service/duties.ts";
import { DAY, HOUR, type Instant, MINUTE, plus } from "../../../src/domain/instant.ts";
import { NOW } from "../../support/build.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";

describe.each(STORES)("duties in the %s store", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  beforeEach(() => emptyTables(store.db));
  afterAll(() => store.close());

  /** A plan that is due on every full hour. */
  const look = (now: Instant, plan = "hourly") => {
    const next = new Date((Math.floor(Date.parse(now) / HOUR) + 1) * HOUR).toISOString();
    return claimDuties(store.db, [{ name: "digest", plan, next }], now, 10 * MINUTE);
  };
  const slots = (taken: readonly TakenDuty[]) => taken.map(({ slot }) => slot);
  const FIRST = new Date((Math.floor(Date.parse(NOW) / HOUR) + 1) * HOUR).toISOString();

  it("are due at their next moment, taken by one of many, and due again at the one after it", async () => {
    expect(await look(NOW)).toEqual([]); // what is new was never due before
    expect(await look(plus(FIRST, -1))).toEqual([]);
    const all = (await Promise.all(Array.from({ length: 8 }, () => look(plus(FIRST, 1_000))))).flat();
    expect(slots(all)).toEqual([FIRST]);
    for (const duty of all) await completeDuty(store.db, duty);
    expect(await look(plus(FIRST, 2_000))).toEqual([]);
    expect(slots(await look(plus(FIRST, HOUR)))).toEqual([plus(FIRST, HOUR)]);
  });

  it("that nobody was there for are due once, however many moments passed", async () => {
    await look(NOW);
    const [missed, ...more] = await look(plus(FIRST, DAY + MINUTE));
    expect(missed).toMatchObject({ slot: FIRST, next: plus(FIRST, DAY + HOUR) });
    expect(more).toEqual([]);
    if (missed !== undefined) await completeDuty(store.db, missed);
    expect(await look(plus(FIRST, DAY + 2 * MINUTE))).toEqual([]);
  });

  it("are due again when whoever took them was not heard of, and at once when they are given back", async () => {
    await look(NOW);
    const [lost] = await look(FIRST);
    expect(await look(plus(FIRST, 9 * MINUTE))).toEqual([]);
    const [again] = await look(plus(FIRST, 11 * MINUTE));
    expect(again?.slot).toBe(lost?.slot);
    if (again !== undefined) await returnDuty(store.db, again);
    expect(slots(await look(plus(FIRST, 11 * MINUTE)))).toEqual([FIRST]);
  });

  it("follow a plan that changes, and not the old one", async () => {
    await look(NOW);
    expect(await look(plus(FIRST, MINUTE), "another")).toEqual([]);
    expect(slots(await look(plus(FIRST, HOUR + MINUTE), "another"))).toEqual([plus(FIRST, HOUR)]);
  });

  it("are not put off for ever by a clock that was wrong for a while", async () => {
    await look(NOW);
    const wrong = plus(FIRST, 400 * DAY);
    for (const duty of await look(wrong)) await completeDuty(store.db, duty);
    expect(await look(plus(FIRST, -MINUTE))).toEqual([]); // the moment that was stored lies too far away: planned anew
    expect(slots(await look(plus(FIRST, MINUTE)))).toEqual([FIRST]);
    const [held] = await look(plus(FIRST, MINUTE));
    expect(held).toBeUndefined();
  });

  it("are due before their moment when somebody wishes for them, and then at their moment again", async () => {
    await hastenDuty(store.db, "digest", NOW); // nobody has planned it: then its first moment is soon enough
    expect(await look(NOW)).toEqual([]);
    await hastenDuty(store.db, "digest", plus(NOW, MINUTE));
    const [wished] = await look(plus(NOW, MINUTE));
    expect(wished?.slot).toBe(plus(NOW, MINUTE));
    await hastenDuty(store.db, "digest", plus(NOW, 2 * MINUTE)); // while it is done
    expect(await look(plus(NOW, 2 * MINUTE))).toEqual([]);
    if (wished !== undefined) await completeDuty(store.db, wished);
    const [again] = await look(plus(NOW, 3 * MINUTE));
    expect(again?.slot).toBe(plus(NOW, 2 * MINUTE));
    if (again !== undefined) await completeDuty(store.db, again);
    expect(await look(plus(NOW, 4 * MINUTE))).toEqual([]);
    expect(slots(await look(FIRST))).toEqual([FIRST]);
  });

  it("are done once although their hint came twice", async () => {
    await look(NOW);
    const [duty] = await look(FIRST);
    if (duty === undefined) throw new Error("nothing was due");
    await completeDuty(store.db, duty);
    await completeDuty(store.db, duty);
    await returnDuty(store.db, duty);
    expect(await look(plus(FIRST, MINUTE))).toEqual([]);
  });
});
