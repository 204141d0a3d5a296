import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clockDoubt } from "../../../src/db/service/clock-apart.ts";
import { MINUTE, plus } from "../../../src/domain/instant.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

describe("the clock of a process", () => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase();
  });
  afterAll(() => store?.close());
  const apartBy = (milliseconds: number) => clockDoubt(store.db, () => plus(new Date().toISOString(), milliseconds));

  it("that agrees with the database's is not spoken of", async () => {
    expect(await apartBy(0)).toBeUndefined();
    expect(await apartBy(10_000)).toBeUndefined();
    expect(await apartBy(-10_000)).toBeUndefined();
  });

  it.each([
    ["ahead of", 10 * MINUTE],
    ["behind", -10 * MINUTE],
  ])("that is ten minutes %s it is told, with what to do", async (way, milliseconds) => {
    expect(await apartBy(milliseconds)).toMatch(new RegExp(`is (?:59\\d|60\\d) s ${way} that of the database.*NTP`));
  });
});
