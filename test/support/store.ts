import { afterAll, beforeAll, beforeEach } from "vitest";
import type { Database } from "../../src/db/database.ts";
import { emptyTables, openTestDatabase, type TestDatabase } from "./database.ts";

/** A store for the tests of the block that this is called in: before each of them it is empty but for what `fill` stores. */
export function useStore(
  kind: TestDatabase["kind"],
  fill: (db: Database) => Promise<unknown> = async () => undefined,
): Pick<TestDatabase, "db"> {
  let opened: TestDatabase | undefined;
  const store = {
    get db() {
      if (opened === undefined) throw new Error("the store is there while tests run");
      return opened.db;
    },
  };
  beforeAll(async () => {
    opened = await openTestDatabase(kind);
  });
  beforeEach(async () => {
    await emptyTables(store.db);
    await fill(store.db);
  });
  afterAll(() => opened?.close());
  return store;
}
