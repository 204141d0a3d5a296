import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { retireProjectsExcept } from "../../../src/db/projects/projects.ts";
import { pruneStandings, recordStandings, standingsBetween } from "../../../src/db/projects/standings.ts";
import { components, pins, projects } from "../../../src/db/schema/projects.ts";
import { upstreams } from "../../../src/db/schema/upstreams.ts";
import { DAY, HOUR, plus } from "../../../src/domain/instant.ts";
import { freshShare, meanDays } from "../../../src/domain/standing.ts";
import { aPin, NOW } from "../../support/build.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";

const TARGETS = { default: DAY };
const EVER = { from: plus(NOW, -400 * DAY), until: plus(NOW, 400 * DAY) };

describe.each(STORES)("how projects stood day by day, in the %s store", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  beforeEach(() => emptyTables(store.db));
  afterAll(() => store.close());

  async function aProject(id: string, lags: readonly (number | undefined)[]) {
    const source = { kind: "path", path: "/x" } as const;
    await store.db.insert(projects).values({ id, name: id, source, problems: [], dueAt: NOW });
    for (const [ordinal, lag] of lags.entries()) {
      const upstream = `pkg:pypi/part-${ordinal}`;
      const pin = aPin({ upstream });
      const { path, line } = pin;
      await store.db.insert(pins).values({ project: id, ordinal, path, line, upstream, watched: true, pin });
      const behindSince = lag === undefined || lag === 0 ? undefined : plus(NOW, -10 * DAY);
      const known = { lag, behindSince, key: String(ordinal), label: upstream, current: ["1"], places: 1, unpinned: 0 };
      await store.db.insert(components).values({ project: id, upstream, plannedAt: NOW, ...known });
    }
  }

  const answered = (purl: string, at: string) =>
    store.db.insert(upstreams).values({
      purl,
      source: "pypi",
      dueAt: NOW,
      knownSince: plus(NOW, -30 * DAY),
      lastSuccessAt: at,
      notChecked: [],
    });

  it("count what lacks releases, and what is not known, apart", async () => {
    await aProject("suite", [3, 0, 1, undefined]);
    await answered("pkg:pypi/part-0", plus(NOW, -HOUR));
    await answered("pkg:pypi/part-1", plus(NOW, -3 * DAY));
    await recordStandings(store.db, TARGETS, NOW);
    const [day, ...others] = await standingsBetween(store.db, EVER);
    const counts = { components: 4, known: 3, behind: 2, releases: 4, days: 20, upstreams: 2, stale: 1 };
    expect(day).toEqual({ day: NOW.slice(0, 10), ...counts });
    expect(others).toEqual([]);
    expect(day && meanDays(day)).toBeCloseTo(20 / 3);
    expect(day && freshShare(day)).toBe(0.5);
  });

  it("keep one row a day, the last; the day after is another", async () => {
    await aProject("suite", [3]);
    await recordStandings(store.db, TARGETS, NOW);
    await store.db.update(components).set({ lag: 1 });
    await recordStandings(store.db, TARGETS, plus(NOW, 60_000));
    await recordStandings(store.db, TARGETS, plus(NOW, DAY));
    const told = await standingsBetween(store.db, EVER);
    expect(told.map(({ releases, days }) => [releases, days])).toEqual([
      [1, 10 + 60_000 / DAY],
      [1, 11],
    ]);
  });

  it("are added up over the projects that are watched now, or told of one", async () => {
    await aProject("suite", [3]);
    await aProject("tools", [4, 0]);
    await recordStandings(store.db, TARGETS, NOW);
    const releases = async (project?: string) =>
      (await standingsBetween(store.db, { ...EVER, ...(project !== undefined && { project }) })).map(
        (one) => one.releases,
      );
    expect(await releases()).toEqual([7]);
    expect(await releases("tools")).toEqual([4]);
    await retireProjectsExcept(store.db, ["suite"]);
    expect(await releases()).toEqual([3]);
  });

  it("are told within a period, and dropped after their time", async () => {
    await aProject("suite", [3]);
    for (const days of [0, 1, 2]) await recordStandings(store.db, TARGETS, plus(NOW, days * DAY));
    const from = plus(NOW, DAY);
    expect(await standingsBetween(store.db, { from, until: from })).toHaveLength(1);
    expect(await pruneStandings(store.db, from)).toBe(1);
    expect(await standingsBetween(store.db, EVER)).toHaveLength(2);
  });

  it("say nothing of a project that nobody has planned yet", async () => {
    await aProject("suite", []);
    await recordStandings(store.db, TARGETS, NOW);
    expect(await standingsBetween(store.db, EVER)).toEqual([]);
  });
});
