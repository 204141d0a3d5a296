import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openDatabase } from "../../src/db/open/client.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { configFor, type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { copyEmpty } from "../support/database.ts";
import { startPostgres, startRedis } from "../support/services.ts";
import { smallDisk } from "../support/small-disk.ts";
import { findRepository } from "../upstreams/github/world.ts";
import { type StormOptions, strike } from "./blows.ts";
import { type Party, startParty } from "./party.ts";
import { randomOf } from "./random-of.ts";
import { AFTER, type StormWorld, stormWorld } from "./storm-world.ts";
import { until } from "./until.ts";

/** What a storm came to: figures by name, and what is not as it must be, as sentences. */
export type StormResult = {
  readonly figures: Readonly<Record<string, number | string>>;
  readonly wrong: readonly string[];
};

const WORKERS = 4;

/** Answers take so many milliseconds, as those of real services, so that there is work that can be caught. */
const ANSWER_MS = 25;

/** So long is waited at least, once nothing fails any more, for what never comes; what comes is there sooner, by how fast the machine is. */
const SETTLES_WITHIN = 8 * 60_000;

/** What PostgreSQL is on; what it does not hold takes no memory. */
const DISK_MEGABYTES = 3_000;

/** Plays a storm and looks at what it left. */
export async function storm(options: StormOptions): Promise<StormResult> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-storm-"));
  const started = Date.now();
  const deadline = started + options.minutes * 60_000;
  const random = randomOf(options.seed);
  const play = stormWorld(options.upstreams);
  const standIns = await startStandIns(play.world, { delay: () => ANSWER_MS });
  const { disk, postgres, redis, ...servers } = await startServers(options);
  const data = join(folder, "data");
  mkdirSync(data, { recursive: true });
  if (options.embedded) await copyEmpty(data);
  const config = join(folder, "headgate.yaml");
  writeFileSync(config, configOf(play, standIns, data));
  const environment = {
    GITHUB_TOKEN: play.world.token,
    ...(postgres !== undefined && { DATABASE_URL: postgres.url }),
    ...(redis !== undefined && { REDIS_URL: redis.url }),
  };
  const roles = options.embedded ? ["all"] : ["scheduler", ...Array.from({ length: WORKERS }, () => "worker")];
  const parties = roles.map((role, index) => startParty(`${role} ${index}`, role, config, environment));
  try {
    if (!(await readsAll(play, standIns, deadline)))
      throw new Error(
        `The first look did not end in time. ${parties.map(({ name, said }) => `${name}: ${said()}`).join("\n")}`,
      );
    failOneInTen(standIns, randomOf(options.seed + 1)); // of their own: requests come in no order
    const blows = await strike(options, { play, parties, standIns, postgres, disk, redis, random, deadline });
    const calmedAt = Date.now();
    // faults go on until everything is there, or half of the time that is left is over
    const all = () => missingPulls(play).length === 0;
    const amidFaults = await until(all, calmedAt + (deadline - calmedAt) / 2);
    for (const standIn of Object.values(standIns)) if ("heal" in standIn) standIn.heal();
    const end = Math.max(deadline, Date.now() + SETTLES_WITHIN);
    const converged = amidFaults || (await until(all, end));
    const settledAt = Date.now();
    const allAwake = await until(() => parties.every((party) => party.isAwake()), end);
    await lettersEnd(standIns, end);
    await Promise.all(parties.map((party) => party.stop()));
    const rows = await readStore(postgres?.url, data);
    const wrong = [
      ...(converged ? [] : ["not everything was there in time"]),
      ...(allAwake ? [] : ["a worker stood still until the end: let there be more minutes"]),
      ...judge(play, standIns, rows),
      ...lingering(parties),
    ];
    if (wrong.length > 0) for (const { name, said } of parties) wrong.push(`${name} said: ${said().slice(-600)}`);
    return {
      wrong,
      figures: {
        seed: options.seed,
        kills: options.kills,
        ...blows,
        "candidates expected": play.upstreams.length,
        "pull requests open": openPulls(play).length,
        "times that work was somebody else's by the time it was done": parties.reduce(
          (sum, { late }) => sum + late(),
          0,
        ),
        "letters sent": new Set(letters(standIns)).size,
        "copies of letters": letters(standIns).length - new Set(letters(standIns)).size,
        "requests answered": Object.values(standIns).reduce(
          (sum, one) => sum + ("requests" in one ? one.requests.length : 0),
          0,
        ),
        "seconds of storm": seconds(calmedAt - started),
        "seconds until everything was there": seconds(settledAt - calmedAt),
        "everything was there amid faults": amidFaults ? "yes" : "no",
        "seconds in all": seconds(Date.now() - started),
      },
    };
  } finally {
    await Promise.all(parties.map((party) => party.stop()));
    await Promise.all([standIns.close(), servers.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** PostgreSQL, on a disk that can be made full where this user may mount one, and Redis; none for a store that is embedded. */
async function startServers({ embedded }: StormOptions) {
  if (embedded) return { stop: async () => undefined };
  const disk = smallDisk(DISK_MEGABYTES);
  if (disk !== undefined) chmodSync(disk.folder, 0o755); // the server's own user must reach its folder
  const [postgres, redis] = [await startPostgres(disk?.folder), await startRedis()];
  const stop = async () => {
    await Promise.all([postgres.stop(), redis.stop()]);
    disk?.remove();
  };
  return { disk, postgres, redis, stop };
}

function configOf(play: StormWorld, standIns: StandIns, data: string): string {
  const watch = play.projects.map((project) => `repository: ${project}`).join("\n  - ");
  const waits = '{ default: "0", github: "0", githubactions: "0", docker: "0" }';
  return configFor(standIns, data, watch, "")
    .replace("pull-request: {}", "pull-request: { open-limit: 500 }")
    .concat(
      `policy: { settle: "0", waits: ${waits} }
freshness: { default: 12s }
schedule: { poll: "*/2 * * * * *", digest: "*/20 * * * * *" }
retention: { decisions: 400d }
`,
    );
}

/** The first look is over when every upstream was asked for once. */
async function readsAll(play: StormWorld, standIns: StandIns, deadline: number): Promise<boolean> {
  const asked = () => standIns.pypi.requests.filter(({ status }) => status === 200).length;
  const packages = play.upstreams.filter((name) => play.world.pypi.projects[name] !== undefined).length;
  const ended = await until(() => asked() >= packages, deadline);
  await pause(2_000);
  return ended;
}

function failOneInTen(standIns: StandIns, random: () => number): void {
  for (const standIn of [standIns.github, standIns.pypi, standIns.osv, standIns.trust]) {
    standIn.fail(() => random() < 0.06, { status: 502, body: "a gateway has a bad day" });
    standIn.fail(() => random() < 0.035, "reset");
    standIn.fail(() => random() < 0.005, "stall");
  }
}

/** Letters that were begun are ended: nothing comes for a while. */
async function lettersEnd(standIns: StandIns, deadline: number): Promise<void> {
  let seen = -1;
  await until(
    async () => {
      const before = seen;
      seen = standIns.smtp.messages.length;
      await pause(22_000); // a digest is due every twenty seconds
      return before === seen;
    },
    Math.min(deadline, Date.now() + 90_000),
  );
}

type Rows = {
  readonly candidates: ReadonlyMap<string, number>;
  readonly lettersSent: number;
  readonly lettersOpen: number;
  readonly problems: readonly string[];
};

async function readStore(url: string | undefined, dataDir: string): Promise<Rows> {
  const store = await openDatabase({ url, dataDir });
  if (isFailure(store)) throw store;
  const query = async <Row>(text: string) => (await store.pool.query(text)).rows as Row[];
  const candidates = await query<{ upstream: string; count: number }>(
    `select upstream, count(*)::int as count from headgate.candidates where to_version = '${AFTER}' group by upstream`,
  );
  const mail = await query<{ state: string; count: number }>(
    "select state, count(*)::int as count from headgate.deliveries where channel = 'e-mail' group by state",
  );
  const failed = await query<{ key: string; error: string }>(
    "select key, error from headgate.deliveries where state in ('failed', 'refused') and channel = 'pull-request' limit 20",
  );
  await store.close();
  const of = (state: string) => mail.find((row) => row.state === state)?.count ?? 0;
  return {
    candidates: new Map(candidates.map(({ upstream, count }) => [upstream.split("/").at(-1) ?? "", count])),
    lettersSent: of("sent"),
    lettersOpen: of("started"),
    problems: failed.map(({ key, error }) => `${key}: ${error}`),
  };
}

function judge(play: StormWorld, standIns: StandIns, rows: Rows): string[] {
  const sent = letters(standIns);
  const distinct = new Set(sent).size;
  return [
    ...play.upstreams.flatMap((name) => {
      const count = rows.candidates.get(name) ?? 0;
      return count === 1 ? [] : [`${name} has ${count} candidates`];
    }),
    ...play.upstreams.flatMap((name) => {
      const count = pullsOf(play, name).length;
      return count === 1 ? [] : [`${name} has ${count} open pull requests`];
    }),
    ...(openPulls(play).length === play.upstreams.length ? [] : [`${openPulls(play).length} pull requests are open`]),
    ...(distinct === rows.lettersSent ? [] : [`${rows.lettersSent} letters are stored as sent, ${distinct} came`]),
    ...(rows.lettersOpen === 0 ? [] : [`${rows.lettersOpen} letters were begun and not ended`]),
    ...(distinct > 0 ? [] : ["no letter was sent at all"]),
    ...(rows.problems.length === 0 || missingPulls(play).length === 0 ? [] : rows.problems),
  ];
}

function lingering(parties: readonly Party[]): string[] {
  return parties.flatMap(({ name, lingered }) =>
    lingered() === 0 ? [] : [`${name} did not end when it was told to: ${lingered()} times`],
  );
}

function openPulls({ world, projects }: StormWorld) {
  return projects.flatMap((project) => {
    const [owner = "", name = ""] = project.split("/");
    return findRepository(world.github, owner, name)?.pullRequests.filter(({ state }) => state === "OPEN") ?? [];
  });
}

function pullsOf(play: StormWorld, name: string) {
  return openPulls(play).filter(({ title }) => title.includes(name) && title.includes(AFTER));
}

function missingPulls(play: StormWorld): string[] {
  const titles = openPulls(play).map(({ title }) => title);
  return play.upstreams.filter((name) => !titles.some((title) => title.includes(name) && title.includes(AFTER)));
}

/** The Message-ID of everything that the mail server took. */
function letters(standIns: StandIns): string[] {
  return standIns.smtp.messages.map(({ raw }) => /^message-id: (.*)$/im.exec(raw.toString())?.[1] ?? "none");
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 1_000);
}
