import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Config, readConfigText } from "../../src/config.ts";
import { MINUTE } from "../../src/domain/instant.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { createLog } from "../../src/lib/log.ts";
import { type Service as Daemon, startService } from "../../src/service.ts";
import { configFor, type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { type DemoWorld, demoWorld, releaseDay, WATCHED } from "../demo/world.ts";
import { LONG_AGO } from "../support/build.ts";
import { copyMigrated, limited } from "../support/database.ts";
import { aFolder } from "../support/folder.ts";
import { type Service, startRedis } from "../support/services.ts";
import { findRepository } from "../upstreams/github/world.ts";
import { publishToPypi } from "../upstreams/pypi.ts";

const QUEUES = limited() ? (["the store"] as const) : (["the store", "Redis"] as const);

/** No moment of any schedule comes: what happens is the first look itself. Nothing waits to be proposed. */
const NEVER = `policy: { settle: "0", waits: { default: "0", github: "0", githubactions: "0", docker: "0" } }
schedule: { discover: "0 0 1 1 *", poll: "0 0 1 1 *", advisories: "0 0 1 1 *", digest: "0 0 1 1 *" }
`;

describe.each(QUEUES)("a new installation, its jobs in %s,", (queue) => {
  let world: DemoWorld;
  let standIns: StandIns;
  let redis: Service | undefined;
  let folder: string;
  let daemon: Daemon;
  let ahead = 0;
  const clock = () => new Date(Date.now() + ahead).toISOString();

  beforeEach(async () => {
    ahead = 0;
    world = demoWorld(clock);
    releaseDay(world, clock());
    publishToPypi(world.pypi, "late-comer", "1.0.0", LONG_AGO);
    standIns = await startStandIns(world);
    redis = queue === "Redis" ? await startRedis() : undefined;
    folder = aFolder({ "late/requirements.txt": "late-comer==1.0.0\n" });
    await copyMigrated(join(folder, "data"));
  });
  afterEach(async () => {
    await daemon?.close();
    await Promise.all([standIns.close(), redis?.stop()]);
  });

  function config(watch?: string): Config {
    const text = configFor(standIns, join(folder, "data"), watch, NEVER);
    const address = redis === undefined ? {} : { REDIS_URL: redis.url };
    const read = readConfigText(text, "test", { GITHUB_TOKEN: world.token, ...address });
    if (isFailure(read)) throw read;
    return read;
  }
  const answersAbout = (name: string) =>
    standIns.pypi.requests.filter(({ path, status }) => path.startsWith(`/simple/${name}/`) && status === 200).length;
  const pulls = () => findRepository(world.github, "harbourlights", "suite")?.pullRequests ?? [];

  it("has asked everything and proposed what is new within seconds; who did not answer is asked again soon, and a project that is added is looked at, too", async () => {
    standIns.pypi.fail(({ path }) => path.startsWith("/simple/requests/"), { status: 503 });
    const log = createLog({ json: true, level: "error", write: () => undefined });
    const started = await startService(config(), "all", log, clock);
    if (isFailure(started)) throw started;
    daemon = started;
    await expect.poll(() => pulls().some(({ title }) => title.includes("pilot")), SOON).toBe(true);
    await expect.poll(() => standIns.trust.requests.length, SOON).toBeGreaterThan(0);
    await expect.poll(() => standIns.osv.requests.length, SOON).toBeGreaterThan(0);

    standIns.pypi.heal();
    expect(answersAbout("requests")).toBe(0);
    ahead = 10 * MINUTE; // well before any moment of a poll would have come
    await expect.poll(() => answersAbout("requests"), SOON).toBeGreaterThan(0);

    await daemon.reload(config(`repository: ${WATCHED}\n  - path: ${join(folder, "late")}`));
    await expect.poll(() => answersAbout("late-comer"), SOON).toBeGreaterThan(0);
  });
});

const SOON = { interval: 100 };
