import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { replacePins } from "../../src/db/projects/pins.ts";
import { ensureProjects, projectState, setProjectsDue } from "../../src/db/projects/projects.ts";
import { overdueDuties } from "../../src/db/service/duties.ts";
import { metaStarting, setMeta } from "../../src/db/service/meta.ts";
import { setUpstreamsDue } from "../../src/db/upstreams/due-upstreams.ts";
import { ensureUpstreams, upstreamState } from "../../src/db/upstreams/upstreams.ts";
import { DAY, HOUR, type Instant, MINUTE, plus } from "../../src/domain/instant.ts";
import type { Project } from "../../src/domain/project.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import type { Enqueue } from "../../src/flow/ticks.ts";
import { prepareLooks, startScheduler } from "../../src/service/scheduler.ts";
import { aPin } from "../support/build.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../support/database.ts";

const PROJECT: Project = { id: "p", name: "p", source: { kind: "path", path: "/p" }, ignorePaths: [] };
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const SCHEDULE = { timeZone: "UTC", discover: null, poll: null, digest: "0 7 * * *", advisories: null };

describe.each(STORES)("schedulers on the %s store", (kind) => {
  let store: TestDatabase;
  let now: Instant;
  let jobs: { name: string; payload: unknown; id: string }[];
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  beforeEach(async () => {
    await emptyTables(store.db);
    now = new Date().toISOString();
    jobs = [];
    await ensureProjects(store.db, [PROJECT], now);
    await setProjectsDue(store.db, ["p"], plus(now, HOUR));
  });
  afterAll(() => store.close());

  const enqueue: Enqueue = async (name, payload, id) => {
    jobs.push({ name, payload, id });
    return true;
  };
  const queue = { depths: async () => [{ lane: "polls", waiting: 0, delayed: 0, active: 0, oldest: 0 }] };
  const given = (more: Partial<FlowContext> = {}): Parameters<typeof startScheduler> => {
    const flow = { ...more, db: store.db, projects: [PROJECT], installation: "one", log: SILENT, clock: () => now };
    return [flow, queue, enqueue, { schedule: SCHEDULE }] as unknown as Parameters<typeof startScheduler>;
  };
  const start = (more?: Partial<FlowContext>) => startScheduler(...given(more));
  const enqueued = (name: string) => jobs.filter((job) => job.name === name);
  /** As if the moment of a duty had come. */
  const makeDue = async (name: string, plan: string) =>
    setMeta(store.db, `duty/${name}`, { plan: `${plan} UTC`, at: plus(now, -1_000) });

  it("however many there are, enqueue each digest, project and batch of polls once", async () => {
    const pins = Array.from({ length: 120 }, (_, line) => aPin({ line, upstream: `pkg:pypi/one-${line}` }));
    await replacePins(store.db, "p", { pins, problems: [] }, now);
    const purls = pins.map(({ upstream }) => upstream);
    await ensureUpstreams(
      store.db,
      purls.map((purl) => ({ purl })),
      now,
    );
    await setUpstreamsDue(store.db, purls, plus(now, -1_000));
    await setProjectsDue(store.db, ["p"], plus(now, -1_000));
    await makeDue("digest", SCHEDULE.digest);
    const plan = await planOf("poll");
    await makeDue("poll", plan);
    const looks = await Promise.all([given(), given(), given()].map((those) => prepareLooks(...those)));
    for (let time = 0; time < 3; time++) await Promise.all(looks.map((look) => look()));
    expect(enqueued("project")).toHaveLength(1);
    expect(enqueued("digest")).toHaveLength(1);
    const polled = enqueued("poll").flatMap(({ payload }) => (payload as { purls: string[] }).purls);
    expect(polled.sort()).toEqual(purls.sort());
  });

  it("have what somebody wished for enqueued by themselves, not at the next hour", async () => {
    const running = await start();
    expect(enqueued("project")).toEqual([]);
    await setProjectsDue(store.db, ["p"], now);
    await expect.poll(() => enqueued("project").length).toBe(1);
    await running.stop(5_000);
    expect(await projectState(store.db, "p")).toHaveProperty("leasedUntil");
  });

  it("wait for a queue that takes nothing, without asking it for each of what is due", async () => {
    const pins = Array.from({ length: 1_200 }, (_, line) => aPin({ line, upstream: `pkg:pypi/one-${line}` }));
    await replacePins(store.db, "p", { pins, problems: [] }, now);
    await ensureUpstreams(
      store.db,
      pins.map(({ upstream }) => ({ purl: upstream })),
      now,
    );
    await setProjectsDue(store.db, ["p"], plus(now, -1_000));
    let refused = 0;
    const [flow, , , config] = given();
    const full: Enqueue = async () => {
      refused++;
      return false;
    };
    const look = await prepareLooks(flow, given()[1], full, config);
    await look();
    expect(refused).toBe(2); // one project, one batch of polls
    expect(await projectState(store.db, "p")).not.toHaveProperty("leasedUntil");
    const { rows } = await store.pool.query(
      "select count(*)::int as held from headgate.upstreams where leased_until > now()",
    );
    expect(rows).toEqual([{ held: 0 }]);
  });

  /** What a clock that ran a day ahead put off; gives for how many hours an upstream is left alone. */
  const ranAhead = async () => {
    const [soon, later] = ["pkg:pypi/soon", "pkg:pypi/later"] as const;
    await ensureUpstreams(store.db, [{ purl: soon }, { purl: later }], now);
    await setUpstreamsDue(store.db, [soon], plus(now, DAY + HOUR));
    await setUpstreamsDue(store.db, [later], plus(now, 3 * DAY));
    await setProjectsDue(store.db, ["p"], plus(now, DAY + HOUR));
    const ahead = plus(now, DAY);
    const next = Math.ceil(Date.parse(ahead) / (2 * MINUTE)) * 2 * MINUTE;
    await setMeta(store.db, "duty/poll", { plan: `${await planOf("poll")} UTC`, at: new Date(next).toISOString() });
    const hoursTo = (due = "") => Math.round((Date.parse(due) - Date.parse(now)) / HOUR);
    return async () => ({
      soon: hoursTo((await upstreamState(store.db, soon))?.dueAt),
      later: hoursTo((await upstreamState(store.db, later))?.dueAt),
      project: hoursTo((await projectState(store.db, "p"))?.dueAt),
    });
  };

  it("bring forward what a clock that ran ahead for a while had put off, once, however many there are", async () => {
    const hours = await ranAhead();
    const looks = await Promise.all([given(), given(), given()].map((those) => prepareLooks(...those)));
    await Promise.all(looks.map((look) => look()));
    expect(await hours()).toEqual({ soon: 1, later: 48, project: 1 });
  });

  it("bring that forward with the next look, when the store fails in the middle of it", async () => {
    const hours = await ranAhead();
    const look = await prepareLooks(...given());
    await store.pool.query("alter table headgate.hosts rename to hosts_away");
    await expect(look()).rejects.toThrow();
    expect(await hours()).toEqual({ soon: 25, later: 72, project: 25 });
    await store.pool.query("alter table headgate.hosts_away rename to hosts");
    await look();
    expect(await hours()).toEqual({ soon: 1, later: 48, project: 1 });
  });

  it("that were away for a day make up for what they missed once, and not before upstreams could answer", async () => {
    await makeDue("digest", SCHEDULE.digest);
    await setMeta(store.db, "duty/poll", { plan: `${await planOf("poll")} UTC`, at: plus(now, -DAY) });
    const look = await prepareLooks(...given());
    for (let time = 0; time < 3; time++) await look();
    expect(enqueued("digest")).toEqual([]);
    expect(enqueued("letters").length).toBeLessThanOrEqual(1);
  });

  it("have the dead man's switch asked by a job, where one is named, and forget duties that nobody has any more", async () => {
    const poll = await planOf("poll");
    for (const name of ["heartbeat", "of another version"]) await makeDue(name, poll);
    const pinged = await start({ pingUrl: "http://127.0.0.1:9/ping" });
    await expect.poll(() => enqueued("heartbeat").length).toBe(1);
    await pinged.stop(5_000);
    expect([...(await metaStarting(store.db, "duty/")).keys()]).not.toContain("duty/of another version");
    jobs = [];
    const silent = await start();
    await silent.stop(5_000);
    expect([...(await metaStarting(store.db, "duty/")).keys()]).not.toContain("duty/heartbeat");
    expect(await overdueDuties(store.db, plus(now, HOUR))).toMatchObject({ of: "duty" });
  });

  async function planOf(name: "poll"): Promise<string> {
    const { ownSchedule } = await import("../../src/flow/own-schedule.ts");
    return ownSchedule({ discover: null, poll: null, advisories: null }, "one")[name];
  }
});
