import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { vacuum } from "../../../src/db/service/vacuum.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

describe("an embedded store", () => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase("embedded");
    await store.pool.query(
      "insert into headgate.meta select 'row-' || number, '{}' from generate_series(1, 200) number",
    );
  });
  afterAll(() => store.close());

  const size = async () => {
    const { rows } = await store.pool.query("select pg_total_relation_size('headgate.meta')::int as bytes");
    return rows[0]?.bytes as number;
  };
  const change = (times: number) =>
    store.pool.query(
      `do $$ begin for turn in 1..${times} loop update headgate.meta set value = to_jsonb(turn); end loop; end $$`,
    );

  it("whose rows only change does not grow once it is vacuumed between", async () => {
    await change(40);
    await vacuum(store.db);
    const settled = await size();
    for (let hour = 0; hour < 5; hour++) {
      await change(40);
      await vacuum(store.db);
    }
    expect(await size()).toBeLessThanOrEqual(settled * 1.2);
  });

  it("whose rows only change grows without it, which is why", async () => {
    const settled = await size();
    for (let hour = 0; hour < 5; hour++) await change(40);
    expect(await size()).toBeGreaterThan(settled * 2);
  });
});
