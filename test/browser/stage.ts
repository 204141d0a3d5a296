import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { readConfig } from "../../src/config.ts";
import { DAY, HOUR, type Instant, plus } from "../../src/domain/instant.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import { deliverProject } from "../../src/flow/deliver/deliver-project.ts";
import { runCycle } from "../../src/flow/run-cycle.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { createLog } from "../../src/lib/log.ts";
import { openFlow } from "../../src/service/open-flow.ts";
import { createApp } from "../../src/web/app.ts";
import { configFor, type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { carefulPast, nightOfTrouble } from "../demo/trouble.ts";
import { type DemoWorld, demoWorld, lastNight, releaseDay, WATCHED } from "../demo/world.ts";
import { copyMigrated } from "../support/database.ts";

/** The demo's world after its thirteen days, with the dashboard in front of it. `days.now` is everybody's clock. */
export type Stage = {
  readonly world: DemoWorld;
  readonly standIns: StandIns;
  readonly flow: FlowContext;
  readonly days: { now: Instant };
  readonly url: string;
  readonly token: string;
  /** No answer of the outside services comes before it clears up. */
  readonly weather: { clears: Promise<void> };
  /** Another process's dashboard over the same store, which has looked at nothing yet. */
  readonly openDoor: () => Promise<Door>;
  readonly close: () => Promise<void>;
};

type Door = { readonly url: string; readonly token: string; readonly close: () => Promise<void> };

/** The day on which everything here happens: always the same, so that pages say the same. */
const TODAY = "2026-11-20T09:00:00.000Z";

const TOKEN = "the-token-of-the-browser-tests";

/** What the maintainers of the demo want to look at themselves before it moves. */
const RULES = `rules:
  - { match: { upstream: "pkg:pypi/requests" }, hold: true, reason: "the mirror is tested by hand first" }
  - { match: { upstream: "pkg:githubactions/actions/checkout" }, hold: true, reason: "the mirror is tested by hand first" }`;

/**
 * What the stage is opened with. `troubled`: with the demo's night of trouble, and nothing held by rules. `beside`: folders
 * that are watched, too, by name, with the text of their files by path; undefined: there is no such folder.
 */
type Wish = {
  readonly troubled?: boolean;
  readonly beside?: Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;
};

/** Plays the demo's days, with two bumps held by rules, and serves the dashboard on a free port of this machine. */
export async function openStage({ troubled = false, beside = {} }: Wish = {}): Promise<Stage> {
  const days = { now: TODAY };
  const world = demoWorld(() => days.now);
  const weather = { clears: Promise.resolve() };
  const standIns = await startStandIns(world, { delay: () => weather.clears.then(() => 0) });
  const folder = mkdtempSync(join(tmpdir(), "headgate-browser-"));
  await copyMigrated(join(folder, "data"));
  const file = join(folder, "headgate.yaml");
  const watch = [`repository: ${WATCHED}`, ...layOut(folder, beside)].join("\n  - ");
  writeFileSync(file, configFor(standIns, join(folder, "data"), watch, troubled ? "" : RULES));
  const config = readConfig({ file, environment: { GITHUB_TOKEN: world.token } });
  if (isFailure(config)) throw config;
  const log = createLog({ json: false, level: "error", write: (line) => void process.stderr.write(line) });
  days.now = plus(TODAY, -13 * DAY);
  const opened = await openFlow(config, log, () => days.now);
  if (isFailure(opened)) throw opened;
  if (troubled) carefulPast(world, days.now);
  await playDays(world, opened.flow, days, troubled ? nightOfTrouble : lastNight);
  const openDoor = () => serveDashboard(opened.flow, days);
  const door = await openDoor();
  return {
    ...{ world, standIns, days, weather, flow: opened.flow, openDoor, token: door.token, url: door.url },
    close: async () => {
      await door.close();
      await opened.close();
      await standIns.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Writes the folders that are watched beside the demo's repository; gives back how the configuration names each. */
function layOut(folder: string, beside: NonNullable<Wish["beside"]>): string[] {
  return Object.entries(beside).map(([name, files]) => {
    const path = join(folder, name);
    if (files !== undefined) mkdirSync(path);
    for (const [file, text] of Object.entries(files ?? {})) writeFileSync(join(path, file), text);
    return `path: ${path}`;
  });
}

async function serveDashboard(flow: FlowContext, days: { readonly now: Instant }): Promise<Door> {
  const app = createApp(flow, {
    token: TOKEN,
    hosts: ["127.0.0.1"],
    carryOut: () => deliverAll(flow),
    nextRuns: () => [{ what: "The digest is sent", at: plus(days.now, 22 * HOUR) }],
  });
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const started = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, () => resolve(started));
  });
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    if ("closeAllConnections" in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { token: TOKEN, url: `http://127.0.0.1:${port}`, close };
}

/** What the workers do when somebody decided. */
async function deliverAll(flow: FlowContext): Promise<void> {
  for (const project of flow.projects) await deliverProject(flow, project);
}

async function playDays(
  world: DemoWorld,
  flow: FlowContext,
  days: { now: Instant },
  night: typeof lastNight,
): Promise<void> {
  await runCycle(flow);
  days.now = plus(TODAY, -12 * DAY);
  releaseDay(world, days.now);
  days.now = plus(TODAY, -12 * DAY + HOUR);
  await runCycle(flow);
  days.now = TODAY;
  night(world, days.now);
  await runCycle(flow);
}
