import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addJobTimes, jobTimes } from "../../../src/db/service/job-times.ts";
import { createStatistics } from "../../../src/service/statistics.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";

describe.each(STORES)("what jobs took, on the %s store", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  beforeEach(() => emptyTables(store.db));
  afterAll(() => store.close());

  it("is added up over processes, whoever stores it when", async () => {
    const processes = [createStatistics(store.db), createStatistics(store.db), createStatistics(store.db)];
    for (const process of processes) {
      process.jobDone("poll", 50, true);
      process.jobDone("poll", 7_000, false);
    }
    await Promise.all(processes.map((process) => process.flush()));
    for (const process of processes) await process.flush(); // nothing is counted twice
    const [poll, ...others] = await jobTimes(store.db);
    expect(others).toEqual([]);
    expect(poll).toMatchObject({ job: "poll", count: 6, failed: 3 });
    expect(poll?.sum).toBeCloseTo(21.15);
    const at = (bound: number) => poll?.counts[poll.bounds.indexOf(bound)];
    expect([at(0.1), at(5), at(10), at(900)]).toEqual([3, 3, 6, 6]);
  });

  it("begins again where another version told other durations apart", async () => {
    const old = { job: "poll", bounds: [1, 2], counts: [1, 1], sum: 1, count: 1, failed: 0 };
    await addJobTimes(store.db, old);
    await addJobTimes(store.db, { ...old, bounds: [1, 3] });
    expect(await jobTimes(store.db)).toEqual([{ ...old, bounds: [1, 3] }]);
  });
});

describe("a store that is away", () => {
  it("loses nothing that was counted: it is added the next time", async () => {
    const store = await openTestDatabase();
    let away = true;
    const db = new Proxy(store.db, {
      get: (target, name) => {
        if (away && name === "transaction") throw new Error("away");
        return Reflect.get(target, name);
      },
    });
    const statistics = createStatistics(db);
    statistics.jobDone("digest", 100, true);
    await statistics.flush();
    statistics.jobDone("digest", 100, true);
    away = false;
    await statistics.flush();
    expect(await jobTimes(store.db)).toMatchObject([{ job: "digest", count: 2 }]);
    await store.close();
  });
});
