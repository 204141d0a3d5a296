import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { readConfig } from "../../src/config.ts";
import { watchedUpstreams } from "../../src/db/projects/pins.ts";
import { setUpstreamsDue } from "../../src/db/upstreams/due-upstreams.ts";
import { HOUR, type Instant, plus } from "../../src/domain/instant.ts";
import type { ForgeId } from "../../src/domain/project.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import { HANDLERS, LANES } from "../../src/flow/jobs.ts";
import {
  adoptProjects,
  type Enqueue,
  enqueueDuty,
  type JobName,
  tickProjects,
  tickUpstreams,
} from "../../src/flow/ticks.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { PROFILES } from "../../src/lib/forge/profiles.ts";
import { createLog } from "../../src/lib/log.ts";
import { type JobQueue, openQueue } from "../../src/queue/queue.ts";
import { openFlow } from "../../src/service/open-flow.ts";
import { startService } from "../../src/service.ts";
import { configFor, type StandIns, startStandIns } from "../demo/stand-ins.ts";
import type { DemoWorld } from "../demo/world.ts";
import { dueDuty } from "../support/due-duty.ts";
import { startPostgres } from "../support/services.ts";
import { addToken, githubWorld } from "../upstreams/github/builders.ts";

/** A worker process's parts in this process, over one server store, and the clock that everybody has. */
export type LifeLab = {
  readonly flow: FlowContext;
  readonly world: DemoWorld;
  readonly standIns: StandIns;
  /** So many hours later, at least one, everything is due: it is put on the queue, and carried out by the workers. */
  readonly look: (hours: number) => Promise<void>;
  /** Everything that the workers complained of. */
  readonly complaints: readonly string[];
  readonly close: () => Promise<void>;
};

/** The number of the milestone that every pull request is given. */
export const MILESTONE = 4;

/** A world with nothing in it; `fill` puts repositories and packages there before anything starts. */
export async function openLifeLab(
  repositories: readonly string[],
  fill: (world: DemoWorld) => void,
  { forge = "github", more = "" }: { readonly forge?: ForgeId; readonly more?: string } = {},
): Promise<LifeLab> {
  const days = { now: "2026-03-02T09:00:00.000Z" };
  const world = emptyWorld(() => days.now);
  fill(world);
  const standIns = await startStandIns(world);
  const folder = mkdtempSync(join(tmpdir(), "headgate-life-"));
  const postgres = await startPostgres();
  const file = join(folder, "headgate.yaml");
  const watch = repositories.map((name) => `repository: ${name}\n    forge: ${forge}`).join("\n  - ");
  const text = configFor(standIns, folder, watch, more);
  writeFileSync(file, text.replace("pull-request: {}", `pull-request: { milestone: ${MILESTONE} }`));
  const config = readConfig({
    file,
    environment: {
      [PROFILES[forge].without.variable]: world.token,
      GITHUB_TOKEN: world.token,
      DATABASE_URL: postgres.url,
    },
  });
  if (isFailure(config)) throw config;
  const complaints: string[] = [];
  const log = createLog({ json: true, level: "warn", write: (line) => void complaints.push(line) });
  const opened = await openFlow(config, log, () => days.now);
  if (isFailure(opened)) throw opened;
  const { flow, database } = opened;
  const names = Object.keys(HANDLERS) as JobName[];
  const queue = await openQueue<JobName>({ backend: { kind: "postgres", pool: database.pool }, names, lanes: LANES });
  if (isFailure(queue)) throw queue;
  const { counts } = queue;
  const enqueue: Enqueue = async (name, payload, id) => (await queue.enqueue(name, payload, { id })) === undefined;
  await adoptProjects(flow);
  const service = await startService(config, "worker", log, () => days.now);
  if (isFailure(service)) throw service;

  async function idle(): Promise<void> {
    for (let quiet = 0; quiet < 3; await pause(20)) quiet = (await isIdle(counts)) ? quiet + 1 : 0;
  }

  return {
    flow,
    world,
    standIns,
    complaints,
    look: async (hours) => {
      days.now = plus(days.now, hours * HOUR);
      const purls = (await watchedUpstreams(flow.db)).map(({ purl }) => purl);
      await setUpstreamsDue(flow.db, purls, days.now);
      await tickUpstreams(flow, enqueue);
      await idle();
      while ((await tickProjects(flow, enqueue)) > 0); // within the hour each of them is due by itself
      await idle();
      await enqueueDuty(enqueue, await dueDuty(flow.db, "letters", days.now));
      await idle();
    },
    close: async () => {
      await service.close();
      await queue.close();
      await opened.close();
      await standIns.close();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function isIdle(counts: JobQueue["counts"]): Promise<boolean> {
  const now = await counts();
  if (isFailure(now)) throw now;
  return now.waiting + now.delayed + now.active === 0;
}

function emptyWorld(clock: () => Instant): DemoWorld {
  const github = githubWorld({ clock });
  return {
    github,
    pypi: { projects: {} },
    hub: { repositories: {} },
    other: { repositories: {} },
    osv: { advisories: [] },
    endOfLife: { products: {} },
    trust: {},
    token: addToken(github),
  };
}
