import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPinsAt } from "../../src/flow/discover/read-pins.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { startGithub } from "../upstreams/github.ts";
import { startOci } from "../upstreams/oci.ts";
import { startOsv } from "../upstreams/osv.ts";
import { startPypi } from "../upstreams/pypi.ts";
import { startSmtp } from "../upstreams/smtp.ts";
import type { StandIn } from "../upstreams/stand-in.ts";
import { COPY, type MadeUpWorld, worldOf } from "./world-of.ts";

/**
 * `npm run bench:cycle -- CHECKOUT`: one full cycle over a copy of a real checkout, in which everything that is pinned has
 * a newer version, and the same again with nothing new. Prints seconds, requests and open pull requests.
 */
const entry = join(import.meta.dirname, "../../src/cli/headgate.ts");

async function main(checkout: string): Promise<void> {
  const found = await readPinsAt(checkout);
  if (isFailure(found)) throw found;
  const world = worldOf(found.pins, found.files);
  const standIns = await startAll(world);
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  try {
    const config = join(folder, "headgate.yaml");
    writeFileSync(config, configFor(standIns, join(folder, "data")));
    console.log(`${found.pins.length} pins in ${found.files.length} files`);
    for (const name of ["everything new", "nothing new"]) await runOnce(name, config, world, standIns);
  } finally {
    await Promise.all([...standIns.all.map((one) => one.close()), standIns.smtp.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

type StandIns = Awaited<ReturnType<typeof startAll>>;

async function startAll(world: MadeUpWorld) {
  const [github, pypi, osv, smtp] = await Promise.all([
    startGithub(world.github),
    startPypi(world.pypi),
    startOsv({ advisories: [] }),
    startSmtp(),
  ]);
  const registries = new Map<string, StandIn>();
  for (const [host, registry] of Object.entries(world.registries)) registries.set(host, await startOci(registry));
  return { github, pypi, osv, smtp, registries, all: [github, pypi, osv, ...registries.values()] };
}

function configFor({ github, pypi, osv, smtp, registries, all }: StandIns, data: string): string {
  const hosts = [...registries].map(([host, { url }]) => [host, { url, ...(host === "docker.io" && { hub: url }) }]);
  // JSON is YAML.
  return JSON.stringify({
    watch: [{ repository: COPY }],
    deliver: {
      "pull-request": { "open-limit": 500 },
      "e-mail": { url: smtp.url, from: "headgate@example.org", to: ["you@example.org"] },
    },
    policy: {
      waits: Object.fromEntries(["default", "github", "githubactions", "docker", "generic"].map((kind) => [kind, "0"])),
    },
    upstreams: {
      github: { api: github.url, graphql: `${github.url}/graphql`, web: github.url },
      pypi: { url: pypi.url },
      osv: { url: osv.url },
      ...Object.fromEntries(
        ["npm", "rubygems", "golang", "maven", "cargo", "deps-dev", "scorecard", "endoflife", "official-images"].map(
          (service) => [service, { url: osv.url }],
        ),
      ),
      downloads: { pypi: osv.url, npm: osv.url },
      registries: Object.fromEntries(hosts),
    },
    network: { "allow-private": all.map(({ url }) => new URL(url).host), writes: { minute: 0, hour: 0 } }, // pacing is measured by bench:approve
    storage: { directory: data },
    web: { port: 0 },
  });
}

async function runOnce(name: string, config: string, world: MadeUpWorld, { all }: StandIns): Promise<void> {
  const asked = all.reduce((sum, one) => sum + one.requests.length, 0);
  const begun = performance.now();
  const child = spawn(process.execPath, ["--liftoff-only", entry, "run", "--once", "--config", config], {
    stdio: ["ignore", "ignore", "ignore"],
    env: { PATH: process.env.PATH, GITHUB_TOKEN: world.token },
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const requests = all.reduce((sum, one) => sum + one.requests.length, 0) - asked;
  const pulls = world.github.repositories.get(COPY)?.pullRequests.length ?? 0;
  console.log(`${name}: ${seconds} s, ${requests} requests, ${pulls} pull requests are open, exit code ${code}`);
}

const [, , checkout] = process.argv;
if (checkout === undefined) {
  console.error("Name a checkout: npm run bench:cycle -- PATH");
  process.exitCode = 2;
} else await main(checkout);
