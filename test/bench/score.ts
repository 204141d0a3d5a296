import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readConfig } from "../../src/config.ts";
import { recordReleases } from "../../src/db/releases/record-releases.ts";
import type { Instant } from "../../src/domain/instant.ts";
import { HOUR, plus } from "../../src/domain/instant.ts";
import { INSUFFICIENT_COVERAGE, type TrustScore } from "../../src/domain/trust.ts";
import { scoreUpstreams } from "../../src/flow/trust/score-upstream.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { createLog } from "../../src/lib/log.ts";
import { openFlow } from "../../src/service/open-flow.ts";
import { copyEmpty } from "../support/database.ts";
import { digestOf } from "../upstreams/oci/manifests.ts";
import { startChild } from "./poll/child.ts";
import type { Where } from "./score/stand-ins.ts";
import { dayOf, purlsOf, VERSIONS } from "./score/world.ts";

/**
 * `npm run bench:score -- [--upstreams N] [--latency MS]`: what it costs to score N upstreams of which nothing is known,
 * and again an hour later. The services are stand-ins in a process of their own. Prints seconds, requests by service and
 * how much of the scores is known.
 */
const NOW: Instant = "2026-11-20T12:00:00.000Z";

async function main(count: number, latency: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const world = await startChild("../score/stand-ins.ts", [`${count}`, NOW, `${latency}`], 0);
  const { urls, token } = world.said as Where;
  await copyEmpty(folder);
  writeFileSync(join(folder, "headgate.yaml"), configFor(urls, folder));
  const config = readConfig({ file: join(folder, "headgate.yaml"), environment: { GITHUB_TOKEN: token } });
  if (isFailure(config)) throw config;
  const days = { now: NOW };
  const log = createLog({ json: false, level: "error", write: (line) => void process.stderr.write(line) });
  const opened = await openFlow(config, log, () => days.now);
  if (isFailure(opened)) throw opened;
  try {
    const purls = purlsOf(count);
    await recordReleases(opened.flow.db, new Map(purls.map((purl) => [purl, saidOf(purl)])), NOW);
    for (const stage of ["cold", "an hour later"]) {
      const begun = performance.now();
      const scores = await scoreUpstreams(opened.flow, purls);
      const seconds = (performance.now() - begun) / 1_000;
      print(stage, seconds, scores, (await world.ask({})) as Record<string, string[]>);
      days.now = plus(NOW, HOUR - 1);
    }
  } finally {
    await opened.close();
    await world.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a poll would have stored of an upstream. */
function saidOf(purl: string) {
  const path = purl.replace(/^pkg:\w+\//, "");
  const releases = VERSIONS.map((version) => ({
    version,
    tag: purl.startsWith("pkg:github/") ? `v${version}` : version,
    publishedAt: dayOf(version, NOW),
    publishedBy: purl.startsWith("pkg:github/") ? ("publisher" as const) : ("registry" as const),
    state: "released" as const,
    digests: purl.startsWith("pkg:docker/") ? { index: digestOf({ content: `${path} ${version}` }) } : {},
    assets: [],
  }));
  return { releases, baseline: true, complete: true };
}

function configFor(urls: Readonly<Record<string, string>>, data: string): string {
  const { github = "", pypi = "", hub = "", registry = "", depsDev = "", downloads = "", osv = "" } = urls;
  const others = ["npm", "rubygems", "golang", "maven", "cargo"].map((service) => [service, { url: osv }]);
  const measured = { "deps-dev": depsDev, scorecard: urls.scorecard, "official-images": urls.officialImages };
  // JSON is YAML.
  return JSON.stringify({
    watch: [{ path: data }],
    upstreams: {
      github: { api: github, graphql: `${github}/graphql`, web: github },
      pypi: { url: pypi },
      osv: { url: osv },
      ...Object.fromEntries([...others, ...Object.entries(measured).map(([service, url]) => [service, { url }])]),
      downloads: { pypi: downloads, npm: downloads },
      registries: { "docker.io": { url: registry, hub } },
    },
    network: { "allow-private": Object.values(urls).map((url) => new URL(url).host) },
    storage: { directory: data },
  });
}

function print(
  stage: string,
  seconds: number,
  scores: ReadonlyMap<string, TrustScore>,
  asked: Readonly<Record<string, readonly string[]>>,
): void {
  const total = Object.values(asked).reduce((sum, { length }) => sum + length, 0);
  const graphql = (asked.github ?? []).filter((path) => path === "/graphql").length;
  const others = (asked.github ?? []).length - graphql;
  const rest = Object.entries(asked).filter(([name]) => name !== "github");
  const words = rest.map(([name, { length }]) => `${name} ${length}`).join(", ");
  const known = [...scores.values()].filter(({ coverage }) => coverage >= INSUFFICIENT_COVERAGE);
  const mean = known.reduce((sum, { coverage }) => sum + coverage, 0) / Math.max(1, known.length);
  console.log(
    `${stage}: ${scores.size} upstreams in ${seconds.toFixed(1)} s; ${total} requests: GraphQL ${graphql}, other GitHub ${others}, ${words}`,
  );
  console.log(`  ${known.length} with a number, ${Math.round(100 * mean)} % of their weight known on average`);
}

const { values } = parseArgs({
  options: { upstreams: { type: "string", default: "1000" }, latency: { type: "string", default: "30" } },
});
await main(Number(values.upstreams), Number(values.latency));
