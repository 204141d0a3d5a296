import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.ts";
import { problemLines } from "../../src/db/pages/problem-lines.ts";
import { replacePins } from "../../src/db/projects/pins.ts";
import { ensureProjects, projectState, returnProject, setProjectsDue } from "../../src/db/projects/projects.ts";
import { recordAnswers } from "../../src/db/releases/answers.ts";
import { claimDuties, completeDuty, type TakenDuty } from "../../src/db/service/duties.ts";
import { ensureUpstreams, upstreamState } from "../../src/db/upstreams/upstreams.ts";
import { DAY, HOUR, type Instant, MINUTE, plus } from "../../src/domain/instant.ts";
import type { Project } from "../../src/domain/project.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import { HANDLERS, recordGivenUp } from "../../src/flow/jobs.ts";
import {
  type Enqueue,
  enqueueDuty,
  type JobName,
  tickProjects,
  tickUpstreams,
  wishForLetters,
} from "../../src/flow/ticks.ts";
import { anObservedRelease, aPin, NOW } from "../support/build.ts";
import { emptyTables, openTestDatabase, type TestDatabase } from "../support/database.ts";

const PROJECT: Project = { id: "p", name: "p", source: { kind: "path", path: "/p" }, ignorePaths: [] };
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** Of a kind that nothing here polls: what a poll stores of it needs no service. */
const UPSTREAM = "pkg:generic/tool";

describe("jobs", () => {
  let store: TestDatabase;
  let now: Instant;
  /** Jobs by id, until `end` takes one away: as a queue, this one drops a hint whose id waits or runs. */
  let queued: Map<string, { name: JobName; payload: unknown }>;
  let db: Database;
  beforeAll(async () => {
    store = await openTestDatabase();
  });
  beforeEach(async () => {
    await emptyTables(store.db);
    now = NOW;
    queued = new Map();
    db = store.db;
    await ensureProjects(store.db, [PROJECT], now);
    await replacePins(store.db, "p", { pins: [aPin({ upstream: UPSTREAM })], problems: [] }, now);
    await ensureUpstreams(store.db, [{ purl: UPSTREAM }], now);
  });
  afterAll(() => store?.close());

  const enqueue: Enqueue = async (name, payload, id) => {
    if (!queued.has(`${name}-${id}`)) queued.set(`${name}-${id}`, { name, payload });
    return true;
  };
  const flow = () => {
    const context = { db, projects: [PROJECT], installation: "one", freshness: {}, log: SILENT, clock: () => now };
    return context as unknown as FlowContext;
  };
  const payloads = (name: JobName) => [...queued.values()].filter((job) => job.name === name).map((job) => job.payload);
  const claimOf = (payload: unknown) => payload as { id: string; lease: Instant };

  it("of a project that is due again while its last job is just ending are two, within a second as well", async () => {
    await tickProjects(flow(), enqueue);
    const [first] = payloads("project");
    now = plus(now, 300);
    await setProjectsDue(db, ["p"], now); // an upstream has news
    await returnProject(db, claimOf(first), { dueAt: plus(now, HOUR), takenAt: NOW });
    await tickProjects(flow(), enqueue); // the first one still counts as running
    expect(payloads("project")).toHaveLength(2);
  });

  it("of letters that are wished for while the last one is just ending are two, within a second as well", async () => {
    const look = () => claimDuties(db, [{ name: "letters", plan: "hourly", next: plus(now, HOUR) }], now, MINUTE);
    await look(); // planned
    now = plus(now, 1_000);
    await wishForLetters(flow()); // a project has news
    for (const duty of await look()) await enqueueDuty(enqueue, duty);
    const [first] = payloads("letters") as TakenDuty[];
    if (first === undefined) throw new Error("nobody asked for letters");
    await wishForLetters(flow()); // it has looked already, and another project has news
    await completeDuty(db, first);
    now = plus(now, 1);
    for (const duty of await look()) await enqueueDuty(enqueue, duty); // the first one still counts as running
    expect(payloads("letters")).toHaveLength(2);
    expect(await look()).toEqual([]);
  });

  it("that poll and fail are followed by their own next try, and by nobody else within a minute", async () => {
    await tickUpstreams(flow(), enqueue);
    const [poll] = payloads("poll");
    db = withoutTransactions(store.db);
    now = plus(now, 1_000);
    await expect(HANDLERS.poll(flow(), poll, enqueue)).rejects.toThrow("away");
    db = store.db;
    now = plus(now, 5_000);
    await tickUpstreams(flow(), enqueue);
    expect(payloads("poll")).toHaveLength(1);
    await HANDLERS.poll(flow(), poll, enqueue);
    expect(await upstreamState(db, UPSTREAM)).toMatchObject({ failure: { code: "misconfigured", count: 1 } });
  });

  it("of a project that fail are followed by their own next try, and by nobody else within a minute", async () => {
    await tickProjects(flow(), enqueue);
    const [project] = payloads("project");
    db = withoutTransactions(store.db);
    now = plus(now, 1_000);
    await expect(HANDLERS.project(flow(), project, enqueue)).rejects.toThrow("away");
    db = store.db;
    now = plus(now, 5_000);
    await tickProjects(flow(), enqueue);
    expect(payloads("project")).toHaveLength(1);
    await HANDLERS.project(flow(), project, enqueue); // its files are not there: that is kept, and tried again later
    expect(await projectState(db, "p")).not.toHaveProperty("leasedUntil");
    expect((await projectState(db, "p"))?.failure?.count).toBeGreaterThan(0);
  });

  it("that were given up stand among the problems for a day, with what stood in their way and without what they asked", async () => {
    const disk = new Error("No space left on device");
    await recordGivenUp(flow(), "housekeeping", new Error("Failed query: insert … params: 1, 2", { cause: disk }));
    const given = async () => (await problemLines(db, { page: 1, kind: "job" }, now)).rows;
    expect(await given()).toEqual([
      { kind: "job", reason: "It failed: No space left on device", subjects: ["housekeeping"], count: 1, since: NOW },
    ]);
    now = plus(now, DAY);
    expect(await given()).toEqual([]);
  });

  it("that store a release leave its projects due, though the process ends at that moment", async () => {
    await setProjectsDue(db, ["p"], plus(now, HOUR));
    const answer = {
      purl: UPSTREAM,
      dueAt: plus(now, HOUR),
      refs: [],
      complete: true,
      tagTemplates: [],
      notChecked: [],
    };
    const said = { ...answer, releases: [anObservedRelease()], baseline: true };
    await recordAnswers(db, [said], now);
    expect((await projectState(db, "p"))?.dueAt).toBe(plus(now, MINUTE));
    await setProjectsDue(db, ["p"], plus(now, HOUR));
    await recordAnswers(db, [said], now); // nothing new
    expect((await projectState(db, "p"))?.dueAt).toBe(plus(now, HOUR));
  });
});

/** A store that takes no transaction, as when its disk is full. */
function withoutTransactions(whole: Database): Database {
  return new Proxy(whole, {
    get: (target, property) =>
      property === "transaction"
        ? () => Promise.reject(new Error("the store is away"))
        : Reflect.get(target, property, target),
  });
}
