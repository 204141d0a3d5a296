import { statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readBackup, writeBackup } from "../../src/db/backup/backup-file.ts";
import type { Database } from "../../src/db/database.ts";
import { connectServer } from "../../src/db/open/server.ts";
import { vacuum } from "../../src/db/service/vacuum.ts";
import { DAY, type Instant, plus } from "../../src/domain/instant.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import { pruneStore } from "../../src/flow/operate/prune-store.ts";
import { runCycle } from "../../src/flow/run-cycle.ts";
import { scoreWatched } from "../../src/flow/trust/score-watched.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { type TableSizes, tableGrowth, tableSizes } from "../chaos/table-growth.ts";
import { startPostgres } from "../support/services.ts";
import { openYear, type Year } from "./months/open-year.ts";
import { mergeOpen, passDay, UPSTREAMS } from "./months/world.ts";

/**
 * `npm run bench:months -- [--months N] [--upstreams N]`: a project of twenty upstreams, a twentieth of Malcolm, through N months (12) on a
 * PostgreSQL server. Every second day some of them have released, as often as real ones do, images are built anew, everything is asked,
 * planned and proposed, a digest is sent, and what has been open for four days is merged. Prints the store by month and by
 * table, what an upstream adds to each in a year, the lines of the log, and how long a backup and its restore take.
 */
const START: Instant = "2026-11-01T06:00:00.000Z";
const MONTH = 30;
const OPEN_FOR = 4 * DAY;
/** Days from one look to the next: what is found, and not how often nothing is, makes the store. */
const STEP = 2;

async function main(months: number, count: number): Promise<void> {
  const said = new Map<string, Said>();
  const year = await openYear(START, count, (line) => listen(said, line));
  const { flow } = year;
  try {
    const empty = await sizesOf(flow.db);
    await passTime(flow);
    said.clear();
    const first = await sizesOf(flow.db);
    console.log(`first look: ${megabytes(first)} MB after ${megabytes(empty)} MB when empty, ${count} upstreams`);
    const last = await passMonths(year, months, first);
    printTables(first, last, count * ((months * MONTH) / 365));
    printLog(said, months * MONTH);
    await tryBackup(flow.db, year.days.now, join(year.folder, "backup.jsonl.gz"));
  } finally {
    await year.close();
  }
}

async function passTime(flow: FlowContext): Promise<void> {
  await runCycle(flow);
  await scoreWatched(flow);
  await pruneStore(flow);
}

async function passMonths({ flow, world, days, forget }: Year, months: number, first: TableSizes): Promise<TableSizes> {
  let [before, released] = [first, 0];
  for (let month = 1; month <= months; month++) {
    const begun = performance.now();
    for (let day = (month - 1) * MONTH + STEP; day <= month * MONTH; day += STEP) {
      for (let one = day - STEP + 1; one <= day; one++) released += passDay(world, one, plus(START, one * DAY));
      days.now = plus(START, day * DAY);
      mergeOpen(world, OPEN_FOR, days.now);
      await passTime(flow);
      forget();
    }
    const after = await sizesOf(flow.db);
    const most = tableGrowth(before, after, 5).map(({ table, bytes }) => `${table} ${(bytes / 1e3).toFixed(0)}`);
    console.log(
      `month ${month}: ${megabytes(after)} MB after ${released} releases; kB that came: ${most.join(", ")} (${secondsSince(begun)} s)`,
    );
    before = after;
  }
  return before;
}

/** Without the space of rows that are gone: what a server gives back by itself. */
async function sizesOf(db: Database): Promise<TableSizes> {
  await vacuum(db);
  return tableSizes(db);
}

function megabytes(sizes: TableSizes): string {
  return ([...sizes.values()].reduce((sum, { bytes }) => sum + bytes, 0) / 1e6).toFixed(1);
}

function printTables(first: TableSizes, last: TableSizes, upstreamYears: number): void {
  console.log("table: MB with indexes, rows; kB and rows that an upstream adds in a year");
  for (const { table, bytes, rows } of tableGrowth(new Map(), last, 40)) {
    const was = first.get(table) ?? { bytes: 0, rows: 0 };
    const [grown, more] = [(bytes - was.bytes) / 1e3, rows - was.rows].map((one) => one / upstreamYears);
    console.log(`  ${table}: ${(bytes / 1e6).toFixed(2)}, ${rows}; ${grown?.toFixed(1)}, ${more?.toFixed(1)}`);
  }
}

type Said = { readonly lines: number; readonly bytes: number };

/** Lines that differ by numbers, names and addresses alone are of one kind. */
function listen(said: Map<string, Said>, line: string): void {
  const { level, message } = JSON.parse(line) as { level: string; message: string };
  const kind = `${level} ${message.replace(/pkg:\S+|https?:\S+|[\d.]+/g, "…").slice(0, 90)}`;
  const { lines, bytes } = said.get(kind) ?? { lines: 0, bytes: 0 };
  said.set(kind, { lines: lines + 1, bytes: bytes + line.length });
}

function printLog(said: ReadonlyMap<string, Said>, days: number): void {
  const perDay = (of: keyof Said) => [...said.values()].reduce((sum, one) => sum + one[of], 0) / days;
  console.log(`log at level info: ${perDay("lines").toFixed(1)} lines, ${perDay("bytes").toFixed(0)} bytes a day`);
  for (const [kind, { lines }] of [...said].sort(([, a], [, b]) => b.lines - a.lines).slice(0, 12))
    console.log(`  ${(lines / days).toFixed(2)} a day: ${kind}`);
}

async function tryBackup(db: Database, now: Instant, file: string): Promise<void> {
  const begun = performance.now();
  const written = await writeBackup(db, file, now);
  if (isFailure(written)) throw written;
  const wrote = secondsSince(begun);
  const other = await startPostgres();
  try {
    const pool = await connectServer(other.url);
    if (isFailure(pool)) throw pool;
    const from = performance.now();
    const restored = await readBackup(pool, file);
    if (isFailure(restored)) throw restored;
    const size = (statSync(file).size / 1e6).toFixed(1);
    console.log(`backup: ${written.rows} rows in ${wrote} s, ${size} MB; restored in ${secondsSince(from)} s`);
    await pool.end();
  } finally {
    await other.stop();
  }
}

function secondsSince(begun: number): string {
  return ((performance.now() - begun) / 1_000).toFixed(1);
}

const { values } = parseArgs({
  options: { months: { type: "string", default: "12" }, upstreams: { type: "string", default: `${UPSTREAMS}` } },
});
await main(Number(values.months), Number(values.upstreams));
