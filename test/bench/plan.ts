import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readConfig } from "../../src/config.ts";
import { replacePins, watchedUpstreams } from "../../src/db/projects/pins.ts";
import { ensureProjects } from "../../src/db/projects/projects.ts";
import { sql } from "../../src/db/sql/orm.ts";
import { asRetention } from "../../src/db/sql/retention.ts";
import { ensureUpstreams } from "../../src/db/upstreams/upstreams.ts";
import { DAY, HOUR, type Instant, plus } from "../../src/domain/instant.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import { planProject } from "../../src/flow/plan/plan-project.ts";
import { lookAtPinned } from "../../src/flow/poll/look-at-pinned.ts";
import { pollUpstreams } from "../../src/flow/poll/poll-upstreams.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { createLog } from "../../src/lib/log.ts";
import { sourceOf } from "../../src/poll/poll.ts";
import { openFlow } from "../../src/service/open-flow.ts";
import { startPostgres } from "../support/services.ts";
import { startGithub } from "../upstreams/github.ts";
import { startOci } from "../upstreams/oci.ts";
import { startOsv } from "../upstreams/osv.ts";
import { startPypi } from "../upstreams/pypi.ts";
import type { StandIn } from "../upstreams/stand-in.ts";
import { startTrustData } from "../upstreams/trust-data.ts";
import { copySamples } from "./plan/fill.ts";
import type { PlanFigures, PlanOrder } from "./plan/planner.ts";
import { type SampleWorld, sampleWorld } from "./plan/world.ts";
import { startChild } from "./poll/child.ts";

/**
 * `npm run bench:plan -- [--components N] [--runs R]`: what it costs to plan a project of N components, each with a newer
 * version, of which everything is known. Ten made-up upstreams are polled and planned until nothing is left to ask, as
 * the daemon would; then every row about them is copied. Prints seconds, CPU, memory and statements: when everything is
 * decided for the first time, when nothing is new, and when an hour has passed besides, with what the store takes then. A
 * request to anybody is an error.
 */
const NOW: Instant = "2026-11-20T12:00:00.000Z";
/** When everything was looked at first: long enough ago for waits to be over. */
const BEFORE = plus(NOW, -30 * DAY);
const PLANS_UNTIL_KNOWN = 20;

type Services = Readonly<Record<"github" | "pypi" | "hub" | "trust" | "osv", StandIn>>;

async function main(components: number, runs: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const days = { now: BEFORE };
  const world = sampleWorld(() => days.now);
  const services: Services = {
    github: await startGithub(world.github),
    pypi: await startPypi(world.pypi),
    hub: await startOci(world.hub),
    trust: await startTrustData(world.trust),
    osv: await startOsv({ advisories: [] }),
  };
  const server = await startPostgres();
  try {
    const file = join(folder, "headgate.yaml");
    writeFileSync(file, configFor(services, folder));
    const environment = { GITHUB_TOKEN: world.token, DATABASE_URL: server.url };
    await fill({ file, environment, components }, world, services, days);
    for (let run = 1; run <= runs; run++) await measure({ file, environment }, services);
  } finally {
    await server.stop();
    for (const service of Object.values(services)) await service.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Given = { readonly file: string; readonly environment: Readonly<Record<string, string>> };

/** What is measured, and what the planner is told for it. */
const PLANS: Readonly<Record<string, PlanOrder>> = {
  "decided for the first time": "plan",
  "nothing new": "plan",
  "nothing new, an hour later": "plan-later",
};

async function measure({ file, environment }: Given, services: Services): Promise<void> {
  const planner = await startChild("../plan/planner.ts", [file, plus(NOW, HOUR)], 1, environment);
  await withFlow(
    { file, environment },
    () => NOW,
    ({ db }) =>
      asRetention(db, (tx) => tx.execute(sql`truncate headgate.candidates, headgate.decisions, headgate.events`)),
  );
  for (const [what, order] of Object.entries(PLANS)) {
    for (const { requests } of Object.values(services)) requests.length = 0;
    print(what, (await planner.ask(order)) as PlanFigures);
    await withFlow({ file, environment }, () => NOW, printSizes);
    const asked = Object.values(services).flatMap(({ requests }) => requests.map(({ path }) => path));
    if (asked.length === 0) continue;
    console.log(`  ${asked.length} requests, of which there should be none: ${asked.slice(0, 3).join(", ")} …`);
    process.exitCode = 1;
  }
  await planner.stop("stop");
}

/** Looks at the samples as the daemon would, until nothing more is asked, and makes many of them. */
async function fill(
  { components, ...given }: Given & { readonly components: number },
  world: SampleWorld,
  services: Services,
  days: { now: Instant },
): Promise<void> {
  await withFlow(
    given,
    () => days.now,
    async (flow) => {
      const [project] = flow.projects;
      if (project === undefined) throw new Error("nothing is watched");
      await ensureProjects(flow.db, flow.projects, days.now);
      await replacePins(flow.db, project.id, { pins: world.pins, problems: [] }, days.now);
      const known = world.pins.map(({ upstream: purl }) => ({ purl, source: sourceId(purl) }));
      await ensureUpstreams(flow.db, known, days.now);
      await look(flow);
      days.now = NOW;
      world.publishNewest(NOW);
      await look(flow);
      for (let plans = 0; plans < PLANS_UNTIL_KNOWN; plans++) {
        for (const { requests } of Object.values(services)) requests.length = 0;
        await planProject(flow, project);
        if (Object.values(services).every(({ requests }) => requests.length === 0))
          return copySamples(flow.db, components);
      }
      const asked = Object.values(services).flatMap(({ requests }) => requests.map(({ path }) => path));
      throw new Error(`after ${PLANS_UNTIL_KNOWN} plans something is still asked for: ${asked.slice(0, 5).join(", ")}`);
    },
  );
}

async function look(flow: FlowContext): Promise<void> {
  const watched = await watchedUpstreams(flow.db);
  await pollUpstreams(flow, watched);
  await lookAtPinned(flow, watched);
}

async function withFlow(
  given: Given,
  clock: () => Instant,
  use: (flow: FlowContext) => Promise<unknown>,
): Promise<void> {
  const config = readConfig(given);
  if (isFailure(config)) throw config;
  const log = createLog({ json: false, level: "error", write: (line) => void process.stderr.write(line) });
  const opened = await openFlow(config, log, clock);
  if (isFailure(opened)) throw opened;
  await use(opened.flow).finally(() => opened.close());
}

function sourceId(purl: string): string | undefined {
  const source = sourceOf(purl);
  return isFailure(source) ? undefined : source.id;
}

function configFor({ github, pypi, hub, trust, osv }: Services, data: string): string {
  const others = ["npm", "rubygems", "golang", "maven", "cargo", "osv"].map((service) => [service, { url: osv.url }]);
  const measured = ["deps-dev", "scorecard", "official-images", "endoflife"].map((one) => [one, { url: trust.url }]);
  // JSON is YAML.
  return JSON.stringify({
    watch: [{ path: data }],
    upstreams: {
      github: { api: github.url, graphql: `${github.url}/graphql`, web: github.url },
      pypi: { url: pypi.url },
      ...Object.fromEntries([...others, ...measured]),
      downloads: { pypi: trust.url, npm: trust.url },
      registries: { "docker.io": { url: hub.url, hub: hub.url } },
    },
    network: { "allow-private": [github, pypi, hub, trust, osv].map(({ url }) => new URL(url).host) },
    storage: { directory: data },
    web: { port: 0 },
  });
}

function print(what: string, { wall, cpu, peak, queries, candidates, verdicts, outcome }: PlanFigures): void {
  const words = Object.entries(verdicts).map(([verdict, count]) => `${verdict} ${count}`);
  console.log(
    `${what}: ${candidates} candidates (${words.join(", ")}) in ${wall.toFixed(2)} s; ${cpu.toFixed(2)} s of CPU; ${Math.round(peak / 1e6)} MB at the most; ${queries} statements; outcome ${outcome}`,
  );
}

/** What the store takes on its disk, and the tables that take most of it. */
async function printSizes({ db }: FlowContext): Promise<void> {
  const { rows } = await db.execute<{ name: string; megabytes: number; rows: number }>(sql`
    select relname as name, pg_total_relation_size(relid) / 1e6 as megabytes, n_live_tup::int as rows
    from pg_stat_user_tables where schemaname = 'headgate' order by 2 desc`);
  const all = rows.reduce((sum, { megabytes }) => sum + Number(megabytes), 0);
  const most = rows.slice(0, 7).map(({ name, megabytes }) => `${name} ${Number(megabytes).toFixed(1)}`);
  console.log(`  store: ${all.toFixed(1)} MB with indexes (${most.join(", ")})`);
}

const { values } = parseArgs({
  options: { components: { type: "string", default: "1000" }, runs: { type: "string", default: "1" } },
});
await main(Number(values.components), Number(values.runs));
