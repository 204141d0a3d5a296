import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DAY, HOUR } from "../../src/domain/instant.ts";
import { releaseDay } from "../demo/world.ts";
import { publishToPypi } from "../upstreams/pypi.ts";
import { WAYS } from "./cable.ts";
import { beginDays, type Days, loseDay, PATIENT } from "./lost-day.ts";

const LIMIT = 600_000;

/** The others take minutes: `npm run chaos -- --lost-day swallows` and `--lost-day never-opens`. */
const QUICK = WAYS.filter((way) => !PATIENT.includes(way));

describe("a day and a half with a network that", () => {
  it.for(QUICK)(
    "%s: closes and changes nothing, says it once, and is made up for once",
    { timeout: LIMIT },
    async (way) => expect(await loseDay(way)).toEqual([]),
  );
});

describe("a clock that is set", () => {
  let days: Days;
  beforeEach(async () => {
    days = await beginDays();
  });
  afterEach(() => days.close());

  it(
    "an hour back, a year ahead and back again leaves nothing undone and does nothing twice",
    async () => {
      const { world, clock, simulation, live, count, titles, copies } = days;
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
      expect(new Set(titles()).size).toBe(titles().length);
      expect(copies()).toBe(0);
    },
    LIMIT,
  );
});
