import { DAY, HOUR, type Instant } from "../../src/domain/instant.ts";
import { type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { type DemoWorld, demoWorld, releaseDay, WATCHED } from "../demo/world.ts";
import { findRepository } from "../upstreams/github/world.ts";
import { publishToPypi } from "../upstreams/pypi.ts";
import { type Cable, layCable, type Way } from "./cable.ts";
import { type Simulation, startSimulation } from "./simulation.ts";

/** The demo's world, one process on a clock that is set by hand, and a network between them that can be cut. */
export type Days = {
  readonly clock: { now: Instant };
  readonly world: DemoWorld;
  readonly standIns: StandIns;
  readonly cable: Cable<StandIns>;
  readonly simulation: Simulation;
  /** Looks every so often, each time with what is due every hour, and once a day the digest. */
  readonly live: (milliseconds: number, every?: number) => Promise<void>;
  readonly titles: () => readonly string[];
  readonly count: (table: string, where?: string) => Promise<number>;
  /** Letters that came more than once. */
  readonly copies: () => number;
  readonly close: () => Promise<void>;
};

/** Nothing waits, so that what is released is proposed as soon as it is seen; a look every six hours is often enough. */
const AT_ONCE = `policy: { settle: "0", waits: { default: "0", github: "0", githubactions: "0", docker: "0" } }
freshness: { advisories: 8h }
`;

/** Milliseconds that answers have: few where none come, more than any machine takes where they do. */
const PATIENCE = { silent: 500, answering: 30_000 };

/** Begins some days. `silent`: on some of them nothing says that it is away. */
export async function beginDays({ silent = false } = {}): Promise<Days> {
  const clock = { now: "2026-11-02T00:00:00.000Z" };
  const world = demoWorld(() => clock.now);
  const standIns = await startStandIns(world);
  const cable = await layCable(standIns);
  const simulation = await startSimulation({
    ...{ clock, token: world.token, standIns: cable.services },
    ...{ more: AT_ONCE, patience: silent ? PATIENCE.silent : PATIENCE.answering },
  });
  const messages = () => standIns.smtp.messages.map(({ raw }) => /^message-id: (.*)$/im.exec(raw.toString())?.[1]);
  return {
    ...{ clock, world, standIns, cable, simulation },
    live: async (milliseconds, every = 2 * HOUR) => {
      for (let passed = 0; passed < milliseconds; passed += every) {
        const before = clock.now;
        simulation.pass(every);
        await simulation.look();
        for (const name of ["housekeeping", "advisories"] as const) await simulation.duty(name);
        if (before.slice(0, 10) !== clock.now.slice(0, 10)) await simulation.duty("digest");
      }
    },
    titles: () => pullsOf(world).map(({ title }) => title),
    count: async (table, where = "true") => {
      const text = `select count(*)::int as count from headgate.${table} where ${where}`;
      return (await simulation.database.pool.query(text)).rows[0]?.count ?? 0;
    },
    copies: () => messages().length - new Set(messages()).size,
    close: async () => {
      await simulation.close();
      await cable.close();
      await standIns.close();
    },
  };
}

/** How long everything is well before, how often is looked meanwhile, and how often when all is well. */
type Course = { readonly well: number; readonly every: number; readonly usual: number };
const WHOLE: Course = { well: DAY + 2 * HOUR, every: 4 * HOUR, usual: 2 * HOUR };
const SHORT: Course = { well: DAY, every: 18 * HOUR, usual: 6 * HOUR };
const COURSES: Readonly<Record<Way, Course>> = {
  refuses: WHOLE,
  swallows: SHORT,
  "never-opens": SHORT,
  "knows-no-names": SHORT,
};

/** Nothing says that it is away, so that every request waits until its time is over: these take minutes. */
export const PATIENT: readonly Way[] = ["swallows", "never-opens"];

/**
 * Loses the network for a day and a half, in one way. Nothing may be closed or changed, it is said once, and what was
 * missed is made up for once. Gives what is not so, as sentences.
 */
export async function loseDay(way: Way): Promise<string[]> {
  const days = await beginDays({ silent: PATIENT.includes(way) });
  try {
    return await lose(days, way);
  } finally {
    await days.close();
  }
}

async function lose(days: Days, way: Way): Promise<string[]> {
  const { clock, world, standIns, cable, live, count, titles } = days;
  const { pypi, smtp } = standIns;
  const { well, every, usual } = COURSES[way];
  const state = async () => ({
    pulls: pullsOf(world).map(({ title, state: now }) => `${now} ${title}`),
    candidates: await count("candidates"),
  });
  await live(2 * HOUR);
  releaseDay(world, clock.now);
  await live(well, usual);
  await live(2 * HOUR, HOUR);
  const before = await state();
  const lettersBefore = smtp.messages.length;
  const staleBefore = await count("alerts", STALE);

  await cable.cut(way);
  publishToPypi(world.pypi, "requests", "2.33.0", clock.now);
  const asked = pypi.requests.length;
  await live(36 * HOUR, every);
  const during = await state();
  const [askedDuring, staleDuring] = [pypi.requests.length - asked, await count("alerts", STALE)];

  pypi.requests.length = 0;
  await cable.mend();
  await live(2 * HOUR, HOUR);
  const most = Math.max(...answered(pypi).values());
  await live(DAY, usual);
  const candidates = await count("candidates", "to_version = '2.33.0'");
  const proposed = titles().filter((title) => title.includes("2.33.0")).length;
  const letters = smtp.messages.length - lettersBefore;
  return sentences([
    [before.pulls.length > 0, "there was no pull request before"],
    [staleBefore === 0, `${staleBefore} sources were stale before`],
    [askedDuring === 0, `${askedDuring} requests came through`],
    [same(before, during), `it changed ${JSON.stringify(before)} to ${JSON.stringify(during)}`],
    // one for each source and for the advisories, not for each upstream
    [staleDuring > 0 && staleDuring <= 5, `${staleDuring} alerts said that sources were stale`],
    [most <= 3, `one upstream was asked ${most} times within two hours`],
    [candidates === 1, `what was released meanwhile is ${candidates} candidates`],
    [proposed === 1, `what was released meanwhile is ${proposed} pull requests`],
    [new Set(titles()).size === titles().length, `pull requests exist twice: ${titles().join("; ")}`],
    [(await count("alerts", STALE)) === 0, "sources still count as stale"],
    [letters <= 3, `${letters} letters came`],
    [days.copies() === 0, `${days.copies()} letters came twice`],
  ]);
}

function sentences(expected: readonly (readonly [holds: boolean, otherwise: string])[]): string[] {
  return expected.flatMap(([holds, otherwise]) => (holds ? [] : [otherwise]));
}

function same(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function pullsOf(world: DemoWorld) {
  const [owner = "", name = ""] = WATCHED.split("/");
  return findRepository(world.github, owner, name)?.pullRequests ?? [];
}

/** How often each path was asked with success. */
function answered(standIn: StandIns["pypi"]): Map<string, number> {
  const good = standIn.requests.filter(({ status }) => status === 200 || status === 304);
  return new Map([...Map.groupBy(good, ({ path }) => path)].map(([path, those]) => [path, those.length]));
}

/** Not of the one registry whose stand-in names a token server by its own address, to which the cable does not lead. */
const STALE = "class = 'source-stale' and state = 'open' and upstream <> 'oci'";
