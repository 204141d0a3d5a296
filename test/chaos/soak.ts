import { fork } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DAY, HOUR, type Instant, MINUTE } from "../../src/domain/instant.ts";
import { createApp } from "../../src/web/app.ts";
import type { StandIns } from "../demo/stand-ins.ts";
import { beyondRetention } from "./beyond-retention.ts";
import { bytesOf, growthOf, heapKinds, type Kinds } from "./heap-growth.ts";
import { startSimulation } from "./simulation.ts";
import type { Standing, Turn } from "./soak-world.ts";
import { type TableSizes, tableGrowth, tableSizes } from "./table-growth.ts";

/**
 * `npm run soak -- [--days N] [--minutes N] [--quiet]`: one process with the embedded store and its queue, on a clock that jumps two minutes as
 * soon as nothing is left to do: a day is 720 looks at what is due. Something is released every six hours. Prints memory,
 * handles, listeners and rows as they go, every warning, and slopes after the first day with their 95 % intervals, and the
 * tables that grew most. Retention is one day, so that it bites three times in four: at every reading no row may be older
 * than it is kept, and in the end what rows hold, and the file that holds them, may not be more than when it had bitten first,
 * but for what releases left. Twice a day it looks at what stands in the heap, code aside; it ends with 1 when a bound is
 * broken. `--quiet`: nothing is released after the first day, so that nothing may grow at all.
 */
const { values } = parseArgs({
  options: {
    days: { type: "string", default: "7" },
    minutes: { type: "string", default: "5" },
    quiet: { type: "boolean", default: false },
  },
});
const LOOK = 2 * MINUTE;
const looks = (Number(values.days) * DAY) / LOOK;
const wallEnd = Date.now() + Number(values.minutes) * 60_000;

const clock: { now: Instant } = { now: "2026-11-01T00:00:00.000Z" };
const world = fork(join(import.meta.dirname, "soak-world.ts"), [clock.now], { execArgv: [] });
const [standing] = (await once(world, "message")) as [Standing];
const standIns = Object.fromEntries(Object.entries(standing.urls).map(([name, url]) => [name, { url }]));
/** What is released has been waited for, and is proposed, on the same day: what comes of it is there before anything is compared. */
const waits = ["default", "github", "githubactions", "docker", "generic"].map((kind) => `${kind}: 6h`).join(", ");
const more = `policy: { waits: { ${waits} } }\nretention: { decisions: 1d, evidence: 12h }\n`;
const simulation = await startSimulation({
  clock,
  token: standing.token,
  standIns: standIns as unknown as StandIns, // only their addresses are wanted
  more,
});
const { flow, database, queue, complaints } = simulation;
const TOKEN = "a-token-of-the-soak";
const app = createApp(flow, {
  token: TOKEN,
  hosts: ["127.0.0.1"],
  probes: { depths: queue.depths, isWorking: () => true },
});
let pages = 0;

type Reading = {
  readonly look: number;
  readonly heap: number;
  readonly rss: number;
  readonly handles: number;
  readonly listeners: number;
  readonly rows: number;
  readonly megabytes: number;
  readonly tables: TableSizes;
  /** What stands there for longer than it is kept. */
  readonly overdue: Readonly<Record<string, number>>;
};
const readings: Reading[] = [];
/** From the end of the first day on. */
const snapshots: { readonly look: number; readonly kinds: Kinds }[] = [];

/**
 * What may come in a day, in MB: to data in the heap (30 MB in a year); to what rows hold, uncompressed, and to the file:
 * nothing, or what four releases are with all that is kept of them.
 */
const MOST = values.quiet ? { data: 0.08, held: 0.005, store: 0.05 } : { data: 0.08, held: 0.1, store: 0.2 };

let look = 0;
for (; look < looks && Date.now() < wallEnd; look++) {
  simulation.pass(LOOK);
  await tellWorld({
    now: clock.now,
    releaseDay: look === 360,
    ...(look % 180 === 179 && !(values.quiet && look > 720) && { publish: `2.40.${look}` }),
  });
  if (look % 30 === 7) for (const name of ["housekeeping", "advisories"] as const) await simulation.duty(name);
  if (look % 720 === 210) await simulation.duty("digest");
  await simulation.look();
  if (look % 15 === 3) for (const path of ["/readyz", "/metrics", "/api/v1/candidates"]) await ask(path);
  if (look % 120 === 119) readings.push(await read());
  if (look % 360 === 359 && look > 360) snapshots.push({ look: look + 1, kinds: heapKinds(tmpdir()) });
}
const leaks = print();
await simulation.close();
world.kill();
process.exit(leaks ? 1 : 0);
async function tellWorld(turn: Turn): Promise<void> {
  const done = once(world, "message");
  world.send(turn);
  await done;
}

async function ask(path: string): Promise<void> {
  const headers = { host: "127.0.0.1:8420", authorization: `Bearer ${TOKEN}` };
  const answer = await app.request(`http://127.0.0.1${path}`, { headers });
  await answer.text();
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
  pages++;
}

async function read(): Promise<Reading> {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const { rows } = await database.pool.query("select pg_database_size(current_database())::float8 / 1e6 as megabytes");
  const tables = await tableSizes(database.db);
  const listeners = database.pool.eventNames().reduce((sum, name) => sum + database.pool.listenerCount(name), 0);
  return {
    look: look + 1,
    heap: heapUsed / 1e6,
    rss: rss / 1e6,
    handles: process.getActiveResourcesInfo().length,
    listeners: listeners + process.eventNames().reduce((sum, name) => sum + process.listenerCount(name as "exit"), 0),
    rows: [...tables.values()].reduce((sum, one) => sum + one.rows, 0),
    megabytes: rows[0]?.megabytes ?? 0,
    tables,
    overdue: await beyondRetention(database.db, flow.retention, clock.now),
  };
}

/** Prints the readings and the verdict; gives back whether anything leaks. */
function print(): boolean {
  console.log("hours   heap MB   rss MB   handles   listeners     rows   store MB");
  for (const { look: at, heap, rss, handles, listeners, rows, megabytes } of readings) {
    const cells = [(at * LOOK) / HOUR, heap.toFixed(1), rss.toFixed(0), handles, listeners, rows, megabytes.toFixed(1)];
    console.log(cells.map((cell, index) => String(cell).padStart([5, 10, 9, 10, 12, 9, 11][index] ?? 8)).join(""));
  }
  console.log(
    `${look} looks, ${((look * LOOK) / HOUR).toFixed(0)} hours simulated, ${simulation.jobs()} jobs, ${pages} pages, ${complaints.size} different warnings`,
  );
  for (const { message, at, times, data: details } of complaints.values())
    console.log(`  ${times} times, first at ${at}: ${message.slice(0, 200)}  ${details.slice(-600)}`);
  const settled = readings.filter(({ look: at }) => at * LOOK > DAY);
  const [first, last] = [settled[0], settled.at(-1)];
  if (first === undefined || last === undefined) return false;
  const slopeBy = (of: (reading: Reading) => number) =>
    slopeOf(settled.map((reading) => [(reading.look * LOOK) / DAY, of(reading)]));
  const perDay = (of: (reading: Reading) => number) => say(slopeBy(of));
  const say = ({ slope, error }: ReturnType<typeof slopeOf>) => {
    const sign = (value: number) => `${value >= 0 ? "+" : ""}${value.toFixed(2)}`;
    return `${sign(slope)} a day (95 %: ${sign(slope - 2 * error)} to ${sign(slope + 2 * error)})`;
  };
  console.log(`after the first day, from ${settled.length} readings:`);
  console.log(`  heap MB ${perDay(({ heap }) => heap)}`);
  console.log(`  rss MB ${perDay(({ rss }) => rss)}`);
  console.log(`  rows ${perDay(({ rows }) => rows)}, store MB ${perDay(({ megabytes }) => megabytes)}`);
  const steady = readings.filter(({ look: at }) => at * LOOK > DAY + flow.retention.decisions + 6 * HOUR);
  const days = steady.length / 12; // from one half to the other; there are six readings a day
  // the queue drops what it keeps of past jobs by the hundred: a saw, whose teeth count in the file
  const own = ({ tables }: Reading) => [...tables].filter(([table]) => table.startsWith("headgate."));
  const heldOf = (reading: Reading) => own(reading).reduce((sum, [, { used }]) => sum + used, 0) / 1e6;
  const held = rise(steady, heldOf);
  const file = rise(steady, ({ megabytes }) => megabytes);
  console.log(
    `after retention has bitten, from ${steady.length} readings: rows hold ${held.toFixed(3)} MB more, the file is ${file.toFixed(2)} MB larger, highest of the second half against highest of the first`,
  );
  for (const { table, rows, bytes, used } of tableGrowth((steady[0] ?? first).tables, last.tables, 8))
    console.log(`    ${(bytes / 1e3).toFixed(0)} kB, ${rows} rows with ${(used / 1e3).toFixed(1)} kB: ${table}`);
  const [handles, listeners] = [last.handles - first.handles, last.listeners - first.listeners];
  console.log(`  handles ${handles}, listeners ${listeners}`);
  const data = slopeOf(snapshots.map(({ look: at, kinds }) => [(at * LOOK) / DAY, bytesOf(kinds) / 1e6]));
  const sizes = snapshots.map(({ kinds }) => (bytesOf(kinds) / 1e6).toFixed(2));
  console.log(`  data in the heap, code aside: ${sizes.join(", ")} MB: ${say(data)}`);
  const [early, late] = [snapshots[0], snapshots.at(-1)];
  for (const { kind, count, bytes } of early && late ? growthOf(early.kinds, late.kinds, 8) : [])
    console.log(`    ${(bytes / 1e3).toFixed(1)} kB in ${count} more: ${kind}`);
  const leaks = [
    ...(data.slope > MOST.data ? [`data grows by more than ${MOST.data} MB a day`] : []),
    ...(steady.length < 6 ? ["retention did not bite for a day: let it run for longer"] : []),
    ...(held > MOST.held * days ? [`what rows hold grows by more than ${MOST.held} MB a day`] : []),
    ...(file > MOST.store * days ? [`the file of the store grows by more than ${MOST.store} MB a day`] : []),
    ...readings.flatMap(({ look: at, overdue }) =>
      Object.entries(overdue).map(
        ([what, count]) => `${count} ${what} kept for too long after ${(at * LOOK) / HOUR} h`,
      ),
    ),
    ...(handles > 0 || listeners > 0 ? ["handles or listeners stay behind"] : []),
  ];
  console.log(leaks.length === 0 ? "Nothing leaks." : `LEAKS: ${leaks.join("; ")}.`);
  return leaks.length > 0;
}

/** By how much the highest of the second half is above the highest of the first. */
function rise(those: readonly Reading[], of: (reading: Reading) => number): number {
  const half = Math.ceil(those.length / 2);
  const highest = (some: readonly Reading[]) => Math.max(0, ...some.map(of));
  return highest(those.slice(half)) - highest(those.slice(0, half));
}

/** Least squares: the slope, and its standard error. */
function slopeOf(points: readonly (readonly [number, number])[]): { readonly slope: number; readonly error: number } {
  const mean = (index: 0 | 1) => points.reduce((sum, point) => sum + point[index], 0) / Math.max(points.length, 1);
  const [x, y] = [mean(0), mean(1)];
  const over = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  const under = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  if (under === 0) return { slope: 0, error: Number.POSITIVE_INFINITY };
  const slope = over / under;
  const left = points.reduce((sum, point) => sum + (point[1] - y - slope * (point[0] - x)) ** 2, 0);
  return { slope, error: Math.sqrt(left / Math.max(points.length - 2, 1) / under) };
}
