import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DAY, HOUR, type Instant } from "../../src/domain/instant.ts";
import { type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { type DemoWorld, demoWorld, releaseDay, WATCHED } from "../demo/world.ts";
import { findRepository } from "../upstreams/github/world.ts";
import { publishToPypi } from "../upstreams/pypi.ts";
import { type Cable, layCable, WAYS, type Way } from "./cable.ts";
import { type Simulation, startSimulation } from "./simulation.ts";

const LIMIT = 600_000;
/** Nothing waits, so that what is released is proposed as soon as it is seen; a look every six hours is often enough. */
const AT_ONCE = `policy: { settle: "0", waits: { default: "0", github: "0", githubactions: "0", docker: "0" } }
freshness: { advisories: 8h }
`;

/** Loopback answers within it. */
const PATIENCE = 500;

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
  simulation = await startSimulation({
    ...{ clock, token: world.token, standIns: cable.services },
    ...{ more: AT_ONCE, patience: PATIENCE },
  });
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

/** How long everything is well before, how often is looked meanwhile, and how often when all is well. */
type Course = { readonly well: number; readonly every: number; readonly usual: number };
const WHOLE: Course = { well: DAY + 2 * HOUR, every: 4 * HOUR, usual: 2 * HOUR };
const SHORT: Course = { well: DAY, every: 18 * HOUR, usual: 6 * HOUR };
const COURSES: Readonly<Record<Way, Course>> = {
  refuses: WHOLE,
  swallows: SHORT,
  "never opens": SHORT,
  "knows no names": SHORT,
};

/** Nothing says that it is away: whoever asks waits. */
const PATIENT: ReadonlySet<Way> = new Set(["swallows", "never opens"]);

describe("a day and a half with a network that", () => {
  it.for(WAYS)(
    "%s: closes and changes nothing, says it once, and is made up for once",
    { timeout: LIMIT },
    async (way, context) => {
      if (PATIENT.has(way) && process.env.HEADGATE_TEST_SLOW !== "1")
        return context.skip(
          "every request waits until its time is over, which takes minutes: HEADGATE_TEST_SLOW=1 runs it",
        );
      const { well, every, usual } = COURSES[way];
      await live(2 * HOUR);
      releaseDay(world, clock.now);
      await live(well, usual);
      await live(2 * HOUR, HOUR);
      const before = { pulls: pulls().length, letters: subjects().length, candidates: await count("candidates") };
      expect(before.pulls).toBeGreaterThan(0);
      expect(await count("alerts", STALE)).toBe(0);

      await cable.cut(way);
      publishToPypi(world.pypi, "requests", "2.33.0", clock.now);
      const asked = standIns.pypi.requests.length;
      await live(36 * HOUR, every);
      expect(standIns.pypi.requests.length).toBe(asked); // it is away
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
      await live(DAY, usual);
      expect(await count("candidates", "to_version = '2.33.0'")).toBe(1);
      expect(await count("alerts", STALE)).toBe(0);
      const titles = pulls().map(({ title }) => title);
      expect(titles.filter((title) => title.includes("2.33.0"))).toHaveLength(1);
      expect(new Set(titles).size).toBe(titles.length);
      const letters = subjects().slice(before.letters);
      expect({ letters, most: letters.length }).toMatchObject({ most: expect.toSatisfy((most: number) => most <= 3) });
      expect(standIns.smtp.messages.length).toBe(new Set(messageIds()).size);
    },
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
