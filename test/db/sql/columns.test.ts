import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hosts } from "../../../src/db/schema/service.ts";
import { sql } from "../../../src/db/sql/orm.ts";
import { rowsAsJson } from "../../../src/db/sql/rows-as-json.ts";
import { openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";

describe.each(STORES)("moments in the %s store", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  afterAll(() => store.close());

  it.each([
    ["2026-11-20T12:00:00.000Z", "2026-11-20T12:00:00.000Z"],
    ["2026-11-20T12:00:00.120Z", "2026-11-20T12:00:00.120Z"],
    ["2026-11-20T12:00:00.007Z", "2026-11-20T12:00:00.007Z"],
    ["0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"],
    ["2026-11-20T12:00:00.123456Z", "2026-11-20T12:00:00.123Z"],
  ])("come back as they went in: %s", async (written, read) => {
    await store.db.execute(
      sql`insert into ${hosts} (host, trouble, updated_at) values ('h', '', ${written}::timestamptz) on conflict (host) do update set updated_at = excluded.updated_at`,
    );
    expect(await store.db.select({ at: hosts.updatedAt }).from(hosts)).toEqual([{ at: read }]);
    expect(await rowsAsJson(store.db, hosts, { at: hosts.updatedAt }, sql`true`)).toEqual([{ at: read }]);
  });
});
