import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { HOUR, plus } from "../../src/domain/instant.ts";
import { compareWays, sayWay } from "../../src/service/queue-watch.ts";
import { NOW } from "../support/build.ts";
import { emptyTables, openTestDatabase, type TestDatabase } from "../support/database.ts";

let store: TestDatabase;
let said: string[];
beforeAll(async () => {
  store = await openTestDatabase();
});
beforeEach(async () => {
  await emptyTables(store.db);
  said = [];
});
afterAll(() => store?.close());

const say = (message: string) => void said.push(message);
const log = { info: say, warn: say, error: say };
const through = (way: "Redis" | "the database", at = NOW) => ({ db: store.db, clock: () => at, way });

it("tells who enqueues where no worker looks, and what to set", async () => {
  await sayWay(through("Redis"));
  await compareWays(through("the database"), log);
  expect(said).toEqual([expect.stringMatching(/jobs from Redis, .* into the database.*Set the same REDIS_URL/)]);
});

it("says nothing where both go the same way, nobody works, or nobody has for an hour", async () => {
  await compareWays(through("the database"), log);
  await sayWay(through("Redis"));
  await compareWays(through("Redis"), log);
  await compareWays(through("the database", plus(NOW, HOUR)), log);
  expect(said).toEqual([]);
});
