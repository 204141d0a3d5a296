import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { projectState } from "../../src/db/projects/projects.ts";
import { releasesOf } from "../../src/db/releases/releases.ts";
import { upstreamState } from "../../src/db/upstreams/upstreams.ts";
import { DAY, HOUR, MINUTE, plus } from "../../src/domain/instant.ts";
import type { FlowContext, GiveBack } from "../../src/flow/context.ts";
import { HANDLERS } from "../../src/flow/jobs.ts";
import { adoptProjects, type Enqueue, type JobName, tickProjects, tickUpstreams } from "../../src/flow/ticks.ts";
import type { Forge } from "../../src/lib/forge/forge.ts";
import { WATCHED } from "../demo/world.ts";
import { standstill } from "../support/standstill.ts";
import { type Suite, startSuite } from "../support/suite.ts";
import { findRepository } from "../upstreams/github/world.ts";
import { publishToPypi } from "../upstreams/pypi.ts";

const PACKAGE = "pkg:pypi/requests";
const isAboutPackage = (payload: unknown) => (payload as { purls: string[] }).purls.includes(PACKAGE);

describe("work whose process stood still for longer than its lease", () => {
  let suite: Suite;
  let said: string[];
  beforeEach(async () => {
    suite = await startSuite(undefined, 'policy: { settle: "0", waits: { default: "0", github: "0", docker: "0" } }\n');
    said = [];
    await adoptProjects(suite.flow);
  });
  afterEach(() => suite.close());

  const flowWith = (more: Partial<FlowContext>): FlowContext => {
    const warn = (message: string) => void said.push(message);
    return { ...suite.flow, log: { ...suite.flow.log, warn }, ...more };
  };
  /** What is due now, as its jobs. */
  const jobs = async (name: JobName, tick: (flow: FlowContext, enqueue: Enqueue) => Promise<number>) => {
    const payloads: unknown[] = [];
    await tick(suite.flow, async (job, payload) => {
      if (job === name) payloads.push(payload);
      return true;
    });
    return payloads;
  };
  const carryOut = (flow: FlowContext, name: JobName, payload: unknown) =>
    HANDLERS[name](flow, payload, async () => true);
  const count = async (table: string) => {
    const { rows } = await suite.flow.db.execute<{ count: number }>(
      `select count(*)::int as count from headgate.${table}`,
    );
    return rows[0]?.count;
  };

  it("stores no answer of an upstream that somebody else has asked since", async () => {
    suite.days.now = plus(suite.days.now, DAY);
    const mine = (await jobs("poll", tickUpstreams)).find(isAboutPackage);
    const still = standstill();
    const { fetcher } = suite.flow;
    const old = carryOut(flowWith({ fetcher: { ...fetcher, fetch: still.late(fetcher.fetch) } }), "poll", mine);
    await still.reached;
    suite.days.now = plus(suite.days.now, 2 * MINUTE);
    publishToPypi(suite.world.pypi, "requests", "2.99.0", suite.days.now);
    for (const payload of (await jobs("poll", tickUpstreams)).filter(isAboutPackage))
      await carryOut(suite.flow, "poll", payload);
    const known = async () => ({
      state: await upstreamState(suite.flow.db, PACKAGE),
      releases: await releasesOf(suite.flow.db, PACKAGE),
    });
    const before = await known();
    expect(before.releases.map(({ version }) => version)).toContain("2.99.0");
    suite.days.now = plus(suite.days.now, MINUTE / 2);
    still.goOn();
    await old;
    expect(await known()).toEqual(before);
    expect(said.join()).toMatch(/\d answers are not stored: others have been asking since/);
  });

  it.each<keyof Forge>(["readTree", "readLives", "readWriteState"])(
    "writes nothing more of a project, neither here nor on its forge: while it waits for %s",
    async (method) => {
      const look = async () => {
        for (const payload of await jobs("project", tickProjects)) await carryOut(suite.flow, "project", payload);
      };
      if (method === "readLives") await look(); // there are pull requests to look at
      suite.days.now = plus(suite.days.now, DAY);
      const [mine] = await jobs("project", tickProjects);
      const still = standstill();
      const { github } = suite.flow.forges;
      if (github.forge === undefined) throw new Error("there is no forge");
      const slow = { ...github.forge, [method]: still.late(github.forge[method] as () => Promise<unknown>) };
      const old = carryOut(
        flowWith({ forges: { ...suite.flow.forges, github: { ...github, forge: slow } } }),
        "project",
        mine,
      );
      await still.reached;
      suite.days.now = plus(suite.days.now, 2 * MINUTE);
      await look();
      const [owner = "", name = ""] = WATCHED.split("/");
      const standing = async () => ({
        pulls: findRepository(suite.world.github, owner, name)?.pullRequests.map(
          ({ title, headRefOid, state }) => `${state} ${title} ${headRefOid}`,
        ),
        decisions: await count("decisions"),
        events: await count("events"),
        deliveries: await count("deliveries"),
        projects: (await suite.flow.db.execute("select * from headgate.projects")).rows,
      });
      const before = await standing();
      expect(before.pulls?.length).toBeGreaterThan(0);
      suite.days.now = plus(suite.days.now, HOUR / 3);
      still.goOn();
      await old;
      expect(await standing()).toEqual(before);
      expect(said.join()).toContain("stood still for longer than its lease");
    },
  );

  /** A job of that name that waits for an answer, and the lease of what it is at. */
  const waiting = async (name: "poll" | "project", givenUp?: AbortSignal) => {
    suite.days.now = plus(suite.days.now, DAY);
    const isProject = name === "project";
    const take = () => (isProject ? jobs(name, tickProjects) : jobs(name, tickUpstreams));
    const mine = (await take()).find(isProject ? () => true : isAboutPackage);
    const still = standstill();
    const { fetcher, forges, projects } = suite.flow;
    const { forge } = forges.github;
    const id = projects[0]?.id ?? "";
    if (forge === undefined) throw new Error("there is no forge");
    const slow = { ...forge, readTree: still.late(forge.readTree) };
    const unfinished = new Set<GiveBack>();
    const flow = flowWith({
      unfinished,
      givenUp,
      fetcher: isProject ? fetcher : { ...fetcher, fetch: still.late(fetcher.fetch) },
      forges: { ...forges, github: { ...forges.github, forge: slow } },
    });
    const work = carryOut(flow, name, mine);
    await still.reached;
    return {
      take,
      lease: (mine as { lease: string }).lease,
      again: () => carryOut(suite.flow, name, mine),
      giveBack: () => Promise.all([...unfinished].map((one) => one())),
      end: async () => {
        still.goOn();
        await work;
        return unfinished.size;
      },
      state: () => (isProject ? projectState(suite.flow.db, id) : upstreamState(suite.flow.db, PACKAGE)),
    };
  };

  it.each(["poll", "project"] as const)(
    "is given back when its process stops, due as before, and changes nothing any more: a %s",
    async (name) => {
      const { giveBack, end, state } = await waiting(name);
      const before = await state();
      expect(before?.leasedUntil).toBeDefined();
      await giveBack();
      const { leasedUntil, ...free } = before ?? {};
      expect(await state()).toEqual(free);
      expect(await end()).toBe(0);
      expect(await state()).toEqual(free);
      expect(said.join()).not.toMatch(/stood still|others have been asking/); // nobody has
    },
  );

  it.each(["poll", "project"] as const)("that does not end is given up: its next try has it, %s", async (name) => {
    const givingUp = new AbortController();
    const { end, state, again, lease } = await waiting(name, givingUp.signal);
    givingUp.abort();
    await expect.poll(async () => (await state())?.leasedUntil).toBe(lease); // the queue waits five seconds
    await again();
    const done = await state();
    expect(done?.leasedUntil).toBeUndefined();
    await end();
    expect(await state()).toEqual(done);
    expect(said.join()).not.toMatch(/stood still|others have been asking/);
  });

  it.each(["poll", "project"] as const)(
    "that was given up before it could begin leaves it to others, due as before, and begins nothing: a %s",
    async (name) => {
      suite.days.now = plus(suite.days.now, DAY);
      const isProject = name === "project";
      const take = () => (isProject ? jobs(name, tickProjects) : jobs(name, tickUpstreams));
      const mine = (await take()).find(isProject ? () => true : isAboutPackage);
      const id = suite.flow.projects[0]?.id ?? "";
      const state = () => (isProject ? projectState(suite.flow.db, id) : upstreamState(suite.flow.db, PACKAGE));
      const { leasedUntil, ...free } = (await state()) ?? {};
      expect(leasedUntil).toBeDefined();
      const before = suite.standIns.github.requests.length + suite.standIns.pypi.requests.length;
      await carryOut(flowWith({ givenUp: AbortSignal.abort() }), name, mine);
      expect(await state()).toEqual(free);
      expect(suite.standIns.github.requests.length + suite.standIns.pypi.requests.length).toBe(before);
      expect(said).toEqual([]);
    },
  );

  it.each(["poll", "project"] as const)("is not given back where somebody else has it by now: a %s", async (name) => {
    const { take, giveBack, end, state } = await waiting(name);
    suite.days.now = plus(suite.days.now, 2 * MINUTE);
    expect(await take()).not.toEqual([]);
    const theirs = await state();
    expect(theirs?.leasedUntil).toBeDefined();
    await giveBack();
    expect(await state()).toEqual(theirs);
    await end();
    expect(await state()).toEqual(theirs);
  });
});
