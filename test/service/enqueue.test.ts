import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ensureProjects, projectState } from "../../src/db/projects/projects.ts";
import { HOUR, MINUTE, plus } from "../../src/domain/instant.ts";
import type { Project } from "../../src/domain/project.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import { HANDLERS, LANES } from "../../src/flow/jobs.ts";
import { type JobName, tickProjects } from "../../src/flow/ticks.ts";
import { Failure, isFailure } from "../../src/lib/failure.ts";
import { type JobQueue, MAIN, openQueue } from "../../src/queue/queue.ts";
import { enqueueTo } from "../../src/service/enqueue.ts";
import { NOW } from "../support/build.ts";
import { emptyTables } from "../support/database.ts";
import { BACKENDS, openTestBackend, type TestBackend } from "../support/queue.ts";

const said: string[] = [];
const say = (message: string) => void said.push(message);
const log = { info: say, warn: say, error: say };

describe("a queue that nobody works off", () => {
  /** Takes everything, and says how much waits. */
  const aQueue = () => {
    const waiting = new Map<string, number>();
    let asked = 0;
    const queue = {
      enqueue: async (name: JobName) => {
        const lane = LANES[name] ?? MAIN;
        waiting.set(lane, (waiting.get(lane) ?? 0) + 1);
        return undefined;
      },
      depths: async () => {
        asked++;
        return [MAIN, "polls"].map((lane) => ({
          lane,
          waiting: waiting.get(lane) ?? 0,
          delayed: 0,
          active: 0,
          oldest: 0,
        }));
      },
    } as unknown as JobQueue<JobName>;
    return { queue, waiting, asked: () => asked };
  };
  beforeEach(() => {
    said.length = 0;
  });

  it("takes hints of projects up to a bound, says once that it is full, and what has a schedule beyond it", async () => {
    const { queue, waiting } = aQueue();
    const enqueue = enqueueTo(queue, { log });
    for (let index = 0; index < 500; index++) await enqueue("project", {}, `p-${index}`);
    expect(waiting.get(MAIN)).toBe(100);
    expect(said).toEqual([expect.stringContaining("start more workers")]);
    expect(await enqueue("letters", {}, "1")).toBe(true);
    for (let index = 0; index < 500; index++) await enqueue("digest", {}, `${index}`);
    expect(waiting.get(MAIN)).toBe(200);
    expect(await enqueue("poll", {}, "1")).toBe(true); // another lane
  });

  it("is asked how much waits once for many jobs, and takes more when there is room", async () => {
    const { queue, waiting, asked } = aQueue();
    const enqueue = enqueueTo(queue, { log });
    for (let index = 0; index < 100; index++) expect(await enqueue("project", {}, `p-${index}`)).toBe(true);
    expect(asked()).toBeLessThan(50);
    expect(await enqueue("project", {}, "more")).toBe(false);
    waiting.set(MAIN, 99);
    expect(await enqueue("project", {}, "more")).toBe(true);
  });

  it("holds at most that many for each process that fills it, however long they go on", async () => {
    const { queue, waiting } = aQueue();
    const processes = Array.from({ length: 5 }, () => enqueueTo(queue, { log }));
    for (let index = 0; index < 300; index++)
      await Promise.all(processes.map((enqueue, who) => enqueue("project", {}, `${who}-${index}`)));
    expect(waiting.get(MAIN)).toBeLessThanOrEqual(5 * 100);
    waiting.set(MAIN, 99); // some are done, and all find room at the same moment
    await Promise.all(processes.map((enqueue, who) => enqueue("project", {}, `${who}-more`)));
    expect(waiting.get(MAIN)).toBeLessThanOrEqual(99 + 5);
  });

  it("that is away takes nothing, and that is said", async () => {
    const failure = new Failure("unavailable", "The queue does not answer.");
    const enqueue = enqueueTo(
      { enqueue: async () => failure, depths: async () => failure } as unknown as JobQueue<JobName>,
      { log },
    );
    expect(await enqueue("project", {}, "1")).toBe(false);
    expect(said).toEqual(["The queue does not answer. The rows stay due."]);
  });
});

describe.each(BACKENDS)("projects that wait in the queue on %s", (name) => {
  let place: TestBackend;
  let queue: JobQueue<JobName>;
  beforeAll(async () => {
    place = await openTestBackend(name);
    await emptyTables(place.store.db);
    const opened = await openQueue<JobName>({
      backend: place.backend,
      names: Object.keys(HANDLERS) as JobName[],
      lanes: LANES,
    });
    if (isFailure(opened)) throw opened;
    queue = opened;
  });
  afterAll(async () => {
    await queue?.close();
    await place?.close();
  });

  it("are no more hints after an hour than after a minute, and are due for whoever has room", async () => {
    const { db } = place.store;
    const projects = Array.from({ length: 30 }, (_, index): Project => {
      return { id: `p${index}`, name: "p", source: { kind: "path", path: "/p" }, ignorePaths: [] };
    });
    await ensureProjects(db, projects, NOW);
    let now = NOW;
    const flow = { db, log, clock: () => now } as unknown as FlowContext;
    const enqueue = enqueueTo(queue, flow);
    for (; now < plus(NOW, HOUR); now = plus(now, MINUTE + 1)) await tickProjects(flow, enqueue);
    const depths = await queue.depths();
    expect(isFailure(depths) ? depths : depths.find(({ lane }) => lane === MAIN)?.waiting).toBe(100);
    for (const { id } of projects) {
      const { leasedUntil = NOW } = (await projectState(db, id)) ?? {};
      expect(leasedUntil <= now).toBe(true); // what was refused is nobody's
    }
  });
});
