import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { Client } from "pg";
import type { StandIns } from "../demo/stand-ins.ts";
import type { Service } from "../support/services.ts";
import type { SmallDisk } from "../support/small-disk.ts";
import type { Party } from "./party.ts";
import type { StormWorld } from "./storm-world.ts";
import { until } from "./until.ts";

export type StormOptions = {
  readonly seed: number;
  readonly kills: number;
  readonly upstreams: number;
  readonly minutes: number;
  readonly embedded: boolean;
  /** Whether workers stand still, too, for longer than their leases: more than a minute each time. */
  readonly freezes: boolean;
};

/** Leases last a minute: a worker that goes on after so many milliseconds has lost what it was at. */
const FROZEN = { least: 65_000, most: 90_000 };

/** So long there is no room on the disk of PostgreSQL, but for so many bytes. */
const FULL = { forMs: 8_000, left: 64 * 1024 };

/** A worker is stopped when a service has its request and not yet answered: it waits for such a moment for so long. */
const AT_WORK_WITHIN = 15_000;

/** Who is killed, and how often of a hundred. Each kind comes once at least. */
const BLOWS = [
  ["worker", 44],
  ["disk full", 2],
  ["worker frozen", 4],
  ["scheduler", 12],
  ["redis flush", 14],
  ["redis crash", 10],
  ["postgres crash", 14],
] as const;
type Blow = (typeof BLOWS)[number][0];

/** What a storm has to strike. */
export type Stage = {
  readonly play: StormWorld;
  readonly parties: readonly Party[];
  readonly standIns: StandIns;
  readonly postgres: Service | undefined;
  /** What PostgreSQL is on; undefined where none can be made full. */
  readonly disk: SmallDisk | undefined;
  readonly redis: Service | undefined;
  readonly random: () => number;
  readonly deadline: number;
};

/** Every kill follows the last one within the first three fifths of the time; meanwhile upstreams release, a few at a time. */
export async function strike(options: StormOptions, stage: Stage): Promise<Record<string, number>> {
  const { play, random } = stage;
  const counted: Record<string, number> = {};
  const gap = Math.min(6_000, ((stage.deadline - Date.now()) * 0.6) / options.kills);
  const left = [...play.upstreams];
  for (const blow of blowsOf(options, stage)) {
    const share = Math.ceil(play.upstreams.length / (options.kills * 0.7));
    for (const name of left.splice(0, share)) play.release(name);
    counted[blow] = (counted[blow] ?? 0) + 1;
    const next = Date.now() + gap * (0.5 + random());
    const how = await deal(blow, stage);
    if (how !== undefined) counted[how] = (counted[how] ?? 0) + 1;
    await pause(Math.max(0, next - Date.now()));
  }
  for (const name of left) play.release(name);
  return counted;
}

/** Deals a blow; gives what else there is to count of it. */
async function deal(blow: Blow, stage: Stage): Promise<string | undefined> {
  const { parties, postgres, disk, redis, random } = stage;
  const named = blow === "scheduler" ? parties.slice(0, 1) : parties.length === 1 ? parties : parties.slice(1);
  const awake = named.filter((party) => party.isAwake());
  const candidates = awake.length > 0 ? awake : named;
  const party = candidates[Math.floor(random() * candidates.length)];
  // not waited for: others are struck while this one comes back
  if (blow === "worker" || blow === "scheduler")
    void party?.restart(random() < 0.85 ? "SIGKILL" : "SIGTERM", random() * 1_500);
  if (blow === "worker frozen") {
    const forMs = FROZEN.least + random() * (FROZEN.most - FROZEN.least);
    const atWork = await oneAtWork(candidates, stage);
    void (atWork ?? party)?.freeze(forMs);
    return atWork === undefined ? undefined : "of them while a service had its request";
  }
  if (blow === "redis crash") await redis?.crash();
  if (blow === "postgres crash") await postgres?.crash();
  if (blow === "disk full") await fillFor(disk, postgres);
  if (blow !== "redis flush" || redis === undefined) return undefined;
  const client = new Redis(redis.url);
  await client.flushall();
  client.disconnect();
  return undefined;
}

/** The first that waits for an answer of a service; undefined where none does for a while. */
async function oneAtWork(parties: readonly Party[], { standIns }: Stage): Promise<Party | undefined> {
  const services = [standIns.github, standIns.pypi];
  for (const deadline = Date.now() + AT_WORK_WITHIN; Date.now() < deadline; await pause(5)) {
    const waiting = services.flatMap((one) => [...one.waiting()]);
    const found =
      waiting.length === 0 ? undefined : parties.find((one) => waiting.some((port) => one.ports().has(port)));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A server that ended for want of room is started again by whoever looks after it, once there is room. */
async function fillFor(disk: SmallDisk | undefined, postgres: Service | undefined): Promise<void> {
  if (disk === undefined || postgres === undefined) return;
  disk.fill(FULL.left);
  await pause(FULL.forMs);
  disk.empty();
  if (!(await until(() => answers(postgres.url), Date.now() + 10_000))) await postgres.crash();
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined); // it says so by not connecting
  try {
    await client.connect();
    await client.query("create temporary table room (one int)");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Every kind of blow once, in an order of the seed's own, then others as often as they come. */
function blowsOf({ kills, embedded, freezes }: StormOptions, { random, disk }: Stage): Blow[] {
  if (embedded) return Array.from({ length: kills }, () => "worker");
  const without: readonly Blow[] = [
    ...(freezes ? [] : (["worker frozen"] as const)),
    ...(disk === undefined ? (["disk full"] as const) : []),
  ];
  const blows = BLOWS.filter(([blow]) => !without.includes(blow));
  if (kills < blows.length)
    throw new Error(`a storm has ${blows.length} kinds of blows: let there be as many at least`);
  const each = shuffle(
    blows.map(([blow]) => blow),
    random,
  );
  return [...each, ...Array.from({ length: kills - each.length }, () => draw(blows, random))];
}

function shuffle<One>(given: readonly One[], random: () => number): One[] {
  const left = [...given];
  return given.flatMap(() => left.splice(Math.floor(random() * left.length), 1));
}

function draw(blows: readonly (typeof BLOWS)[number][], random: () => number): Blow {
  let point = random() * blows.reduce((sum, [, share]) => sum + share, 0);
  for (const [blow, share] of blows) {
    point -= share;
    if (point < 0) return blow;
  }
  return "worker";
}
