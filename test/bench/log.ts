import { parseArgs } from "node:util";
import { DAY, HOUR, type Instant, MINUTE, plus } from "../../src/domain/instant.ts";
import { HANDLERS } from "../../src/flow/jobs.ts";
import {
  adoptProjects,
  type Enqueue,
  enqueueDuty,
  type JobName,
  tickProjects,
  tickUpstreams,
} from "../../src/flow/ticks.ts";
import { logWith } from "../../src/lib/log.ts";
import { dueDuty } from "../support/due-duty.ts";
import { openYear, type Year } from "./months/open-year.ts";
import { mergeOpen, passDay } from "./months/world.ts";

/**
 * `npm run bench:log -- [--upstreams N]`: how much a daemon logs for a project of N upstreams (400, as Malcolm has), by jobs
 * as they fall due, ten minutes after ten minutes: a day with nothing new, three days on which upstreams release and
 * pull requests are merged, and a week in which PyPI does not answer. Prints lines and bytes a day, and of which kinds.
 */
const START: Instant = "2026-11-01T06:00:00.000Z";
const LOOK = 10 * MINUTE;

type Said = { lines: number; bytes: number };
const said = new Map<string, Said>();

/** Lines that differ by numbers, names and addresses alone are of one kind. */
function listen(line: string): void {
  const { level, message } = JSON.parse(line) as { level: string; message: string };
  const kind = `${level} ${message.replace(/pkg:\S+|https?:\S+|[\d.]+/g, "…").slice(0, 90)}`;
  const { lines, bytes } = said.get(kind) ?? { lines: 0, bytes: 0 };
  said.set(kind, { lines: lines + 1, bytes: bytes + Buffer.byteLength(line) });
}

/** Carries out each job at once, as the only worker there is. */
function enqueueTo({ flow }: Year): Enqueue {
  const enqueue: Enqueue = async (name: JobName, payload, id) => {
    await HANDLERS[name]({ ...flow, log: logWith(flow.log, { job: `${name}-${id}` }) }, payload, enqueue);
    return true;
  };
  return enqueue;
}

async function passDays(year: Year, count: number, begin: (day: number) => void): Promise<void> {
  const { flow, days } = year;
  const enqueue = enqueueTo(year);
  const duty = async (name: JobName) => void (await enqueueDuty(enqueue, await dueDuty(flow.db, name, days.now)));
  for (let look = 0; look < (count * DAY) / LOOK; look++) {
    days.now = plus(days.now, LOOK);
    if (look % (DAY / LOOK) === 0) begin(look / (DAY / LOOK));
    if (look % (HOUR / LOOK) === 2)
      for (const name of ["housekeeping", "advisories", "scores"] as const) await duty(name);
    if (look % (DAY / LOOK) === 6) await duty("digest");
    await tickProjects(flow, enqueue);
    await tickUpstreams(flow, enqueue);
    await duty("letters");
    year.forget();
  }
}

function print(what: string, count: number): void {
  const all = [...said.values()];
  const perDay = (of: keyof Said) => (all.reduce((sum, one) => sum + one[of], 0) / count).toFixed(0);
  console.log(`${what}: ${perDay("lines")} lines, ${perDay("bytes")} bytes a day`);
  for (const [kind, { lines }] of [...said].sort(([, a], [, b]) => b.lines - a.lines).slice(0, 8))
    console.log(`  ${lines} in ${count} d: ${kind}`);
  said.clear();
}

const { values } = parseArgs({ options: { upstreams: { type: "string", default: "400" } } });
const year = await openYear(START, Number(values.upstreams), listen);
try {
  await adoptProjects(year.flow);
  await passDays(year, 1, () => undefined);
  print("the day of the first look", 1);
  await passDays(year, 1, () => undefined);
  print("a day with nothing new", 1);
  let [day, released] = [0, 0];
  const news = () => {
    released += passDay(year.world, ++day, year.days.now);
    mergeOpen(year.world, 2 * DAY, year.days.now);
  };
  await passDays(year, 3, news);
  print(`usual news (${released} releases in 3 days)`, 3);
  year.standIns.pypi.fail(() => true, { status: 503, body: "away" });
  await passDays(year, 7, () => undefined);
  print("a week without PyPI, and nothing new elsewhere", 7);
} finally {
  await year.close();
}
