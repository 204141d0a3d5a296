import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { readConfig } from "../../src/config.ts";
import { DAY, HOUR, type Instant, MINUTE, plus } from "../../src/domain/instant.ts";
import {
  adoptProjects,
  enqueueDuty,
  HANDLERS,
  type JobName,
  LANES,
  tickLetters,
  tickProjects,
  tickUpstreams,
} from "../../src/flow/jobs.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { createLog } from "../../src/lib/log.ts";
import { openQueue } from "../../src/queue/queue.ts";
import { openFlow } from "../../src/service/open-flow.ts";
import { enqueueTo, startWork } from "../../src/service/work.ts";
import { configFor, startStandIns } from "../demo/stand-ins.ts";
import { demoWorld, releaseDay } from "../demo/world.ts";
import { copyEmpty } from "../support/database.ts";
import { publishToPypi } from "../upstreams/pypi.ts";

/**
 * `npm run soak -- [--days N] [--minutes N]`: one process with the embedded store and its queue, on a clock that jumps two minutes as
 * soon as nothing is left to do: a day is 720 looks at what is due. Something is released every six hours. Prints memory,
 * handles, listeners and rows as they go, and the slope of the heap after the first day. Retention is two days.
 */
const { values } = parseArgs({
  options: { days: { type: "string", default: "7" }, minutes: { type: "string", default: "5" } },
});
const LOOK = 2 * MINUTE;
const looks = (Number(values.days) * DAY) / LOOK;
const wallEnd = Date.now() + Number(values.minutes) * 60_000;

let now: Instant = "2026-11-01T00:00:00.000Z";
const world = demoWorld(() => now);
const standIns = await startStandIns(world);
const data = mkdtempSync(join(tmpdir(), "headgate-soak-"));
await copyEmpty(data);
const retention = "retention: { decisions: 2d, evidence: 1d }\n";
writeFileSync(join(data, "headgate.yaml"), configFor(standIns, data, undefined, retention));
const config = readConfig({ file: join(data, "headgate.yaml"), environment: { GITHUB_TOKEN: world.token } });
if (isFailure(config)) throw config;
const complaints = new Map<string, number>();
const complain = (line: string) => {
  const { message } = JSON.parse(line) as { message: string };
  complaints.set(message, (complaints.get(message) ?? 0) + 1);
};
const log = createLog({ json: true, level: "warn", write: complain });
const opened = await openFlow(config, log, () => now);
if (isFailure(opened)) throw opened;
const { flow, database } = opened;
const queue = await openQueue<JobName>({
  backend: { kind: "postgres", pool: database.pool },
  names: Object.keys(HANDLERS) as JobName[],
  lanes: LANES,
});
if (isFailure(queue)) throw queue;
let jobs = 0;
const work = startWork(flow, queue, () => void jobs++);
const enqueue = enqueueTo(queue, flow);

type Reading = {
  readonly look: number;
  readonly heap: number;
  readonly rss: number;
  readonly handles: number;
  readonly listeners: number;
  readonly rows: number;
  readonly megabytes: number;
};
const readings: Reading[] = [];

await adoptProjects(flow);
let look = 0;
for (; look < looks && Date.now() < wallEnd; look++) {
  now = plus(now, LOOK);
  if (look === 360) releaseDay(world, now);
  if (look % 180 === 179) publishToPypi(world.pypi, "requests", `2.40.${look}`, now);
  await tickProjects(flow, enqueue, now);
  await tickUpstreams(flow, enqueue, now);
  await tickLetters(flow, enqueue, now);
  if (look % 30 === 7) for (const name of ["housekeeping", "advisories"]) await duty(name);
  if (look % 720 === 210) await duty("digest");
  await quiet();
  for (const standIn of Object.values(standIns)) if ("requests" in standIn) standIn.requests.length = 0; // what the stand-ins keep is not ours
  if (look % 240 === 239) readings.push(await read());
}
print();
await work.stop(5_000);
await queue.close();
await opened.close();
await standIns.close();
rmSync(data, { recursive: true, force: true });
process.exit(0);

async function duty(name: string): Promise<void> {
  await enqueueDuty(enqueue, { name, slot: now, plan: "soak", next: plus(now, HOUR) });
}

async function quiet(): Promise<void> {
  for (;;) {
    const counts = isFailure(queue) ? queue : await queue.counts();
    if (isFailure(counts)) throw counts;
    if (counts.waiting + counts.active + counts.delayed === 0) return;
    await pause(2);
  }
}

async function read(): Promise<Reading> {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const { rows } = await database.pool.query(`select
    (select sum((xpath('/row/c/text()', query_to_xml(format('select count(*) as c from %I.%I', n.nspname, c.relname), false, true, '')))[1]::text::int)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname in ('headgate', 'bullmq'))::int as rows,
    pg_database_size(current_database())::float8 / 1e6 as megabytes`);
  const listeners = database.pool.eventNames().reduce((sum, name) => sum + database.pool.listenerCount(name), 0);
  return {
    look: look + 1,
    heap: heapUsed / 1e6,
    rss: rss / 1e6,
    handles: process.getActiveResourcesInfo().length,
    listeners: listeners + process.eventNames().reduce((sum, name) => sum + process.listenerCount(name as "exit"), 0),
    rows: rows[0]?.rows ?? 0,
    megabytes: rows[0]?.megabytes ?? 0,
  };
}

function print(): void {
  console.log("hours   heap MB   rss MB   handles   listeners     rows   store MB");
  for (const { look: at, heap, rss, handles, listeners, rows, megabytes } of readings) {
    const cells = [(at * LOOK) / HOUR, heap.toFixed(1), rss.toFixed(0), handles, listeners, rows, megabytes.toFixed(1)];
    console.log(cells.map((cell, index) => String(cell).padStart([5, 10, 9, 10, 12, 9, 11][index] ?? 8)).join(""));
  }
  const settled = readings.filter(({ look: at }) => at * LOOK > DAY);
  const slope = slopeOf(settled.map(({ look: at, heap }) => [(at * LOOK) / DAY, heap]));
  const first = settled[0];
  const last = settled.at(-1);
  console.log(
    `${look} looks, ${((look * LOOK) / HOUR).toFixed(0)} hours simulated, ${jobs} jobs, ${complaints.size} different warnings`,
  );
  for (const [message, count] of [...complaints].slice(0, 10))
    console.log(`  ${count} times: ${message.slice(0, 150)}`);
  if (first === undefined || last === undefined) return;
  console.log(
    `after the first day: heap ${slope >= 0 ? "+" : ""}${slope.toFixed(2)} MB a day, handles ${last.handles - first.handles}, listeners ${last.listeners - first.listeners}, rows ${last.rows - first.rows}`,
  );
}

/** Least squares. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (index: 0 | 1) => points.reduce((sum, point) => sum + point[index], 0) / Math.max(points.length, 1);
  const [x, y] = [mean(0), mean(1)];
  const over = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  const under = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  return under === 0 ? 0 : over / under;
}
