import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DAY, HOUR, type Instant } from "../../src/domain/instant.ts";
import { type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { type DemoWorld, demoWorld, releaseDay, WATCHED } from "../demo/world.ts";
import { findRepository } from "../upstreams/github/world.ts";
import { publishToPypi } from "../upstreams/pypi.ts";
import { type Cable, layCable } from "./cable.ts";
import { type Simulation, startSimulation } from "./simulation.ts";

const LIMIT = 600_000;
/** Nothing waits, so that what is released is proposed as soon as it is seen. */
const AT_ONCE = 'policy: { settle: "0", waits: { default: "0", github: "0", githubactions: "0", docker: "0" } }\n';

let clock: { now: Instant };
let world: DemoWorld;
let standIns: StandIns;
let cable: Cable<StandIns>;
let simulation: Simulation;

beforeEach(async () => {
  clock = { now: "2026-11-02T00:00:00.000Z" };
  world = demoWorld(() => clock.now);
  standIns = await startStandIns(world);
  cable = await layCable(standIns);
  simulation = await startSimulation({ clock, token: world.token, standIns: cable.services, more: AT_ONCE });
});
afterEach(async () => {
  await simulation.close();
  await cable.close();
  await standIns.close();
});

/** Looks every so often, each time with what is due every hour, and once a day the digest. */
async function live(milliseconds: number, every = 2 * HOUR): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += every) {
    const before = clock.now;
    simulation.pass(every);
    await simulation.look();
    for (const name of ["housekeeping", "advisories"] as const) await simulation.duty(name);
    if (before.slice(0, 10) !== clock.now.slice(0, 10)) await simulation.duty("digest");
  }
}

function pulls() {
  const [owner = "", name = ""] = WATCHED.split("/");
  return findRepository(world.github, owner, name)?.pullRequests ?? [];
}

function subjects(): string[] {
  return standIns.smtp.messages.map(({ raw }) => /^subject: (.*)$/im.exec(raw.toString())?.[1] ?? "");
}

async function count(table: string, where = "true"): Promise<number> {
  const { rows } = await simulation.database.pool.query(
    `select count(*)::int as count from headgate.${table} where ${where}`,
  );
  return rows[0]?.count ?? 0;
}

function messageIds(): string[] {
  return standIns.smtp.messages.map(({ raw }) => /^message-id: (.*)$/im.exec(raw.toString())?.[1] ?? "none");
}

/** How often each path was asked with success. */
function answered(standIn: StandIns["pypi"]): Map<string, number> {
  const good = standIn.requests.filter(({ status }) => status === 200 || status === 304);
  return new Map([...Map.groupBy(good, ({ path }) => path)].map(([path, those]) => [path, those.length]));
}

describe("a day and a half without a network", () => {
  it(
    "closes and changes nothing, says it once, and is made up for once",
    async () => {
      await live(2 * HOUR);
      releaseDay(world, clock.now);
      await live(DAY + 2 * HOUR);
      const before = { pulls: pulls().length, letters: subjects().length, candidates: await count("candidates") };
      expect(before.pulls).toBeGreaterThan(0);
      expect(await count("alerts", STALE)).toBe(0);

      await cable.cut();
      publishToPypi(world.pypi, "requests", "2.33.0", clock.now);
      await live(36 * HOUR, 4 * HOUR);
      expect(pulls().filter(({ state }) => state !== "OPEN")).toEqual([]);
      expect({ candidates: await count("candidates"), pulls: pulls().length }).toEqual({
        candidates: before.candidates,
        pulls: before.pulls,
      });
      const stale = await count("alerts", STALE);
      expect(stale).toBeGreaterThan(0);
      expect(stale).toBeLessThanOrEqual(5); // one for each source and for the advisories, not for each upstream

      standIns.pypi.requests.length = 0;
      await cable.mend();
      await live(2 * HOUR, HOUR);
      expect(Math.max(...answered(standIns.pypi).values())).toBeLessThanOrEqual(3); // no storm
      await live(DAY);
      expect(await count("candidates", "to_version = '2.33.0'")).toBe(1);
      expect(await count("alerts", STALE)).toBe(0);
      const titles = pulls().map(({ title }) => title);
      expect(titles.filter((title) => title.includes("2.33.0"))).toHaveLength(1);
      expect(new Set(titles).size).toBe(titles.length);
      const letters = subjects().slice(before.letters);
      expect({ letters, most: letters.length }).toMatchObject({ most: expect.toSatisfy((most: number) => most <= 3) });
      expect(standIns.smtp.messages.length).toBe(new Set(messageIds()).size);
    },
    LIMIT,
  );
});

describe("a clock that is set", () => {
  it(
    "an hour back, a year ahead and back again leaves nothing undone and does nothing twice",
    async () => {
      await live(2 * HOUR);
      releaseDay(world, clock.now);
      simulation.pass(-HOUR);
      await live(DAY + 4 * HOUR);
      expect(await count("candidates", "to_version = '1.5.0'")).toBe(1);
      simulation.pass(400 * DAY); // as a machine whose clock was wrong for an hour
      await live(HOUR, HOUR / 2);
      simulation.pass(-400 * DAY - HOUR);
      publishToPypi(world.pypi, "requests", "2.33.0", clock.now);
      await live(DAY + 6 * HOUR);
      expect(await count("candidates", "to_version = '2.33.0'")).toBe(1);
      const titles = pulls().map(({ title }) => title);
      expect(new Set(titles).size).toBe(titles.length);
      expect(standIns.smtp.messages.length).toBe(new Set(messageIds()).size);
    },
    LIMIT,
  );
});

/** Not of the one registry whose stand-in names a token server by its own address, to which the cable does not lead. */
const STALE = "class = 'source-stale' and state = 'open' and upstream <> 'oci'";
