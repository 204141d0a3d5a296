import { startGithub } from "../../upstreams/github.ts";
import { startOci } from "../../upstreams/oci.ts";
import { startOsv } from "../../upstreams/osv.ts";
import { startPypi } from "../../upstreams/pypi.ts";
import { startTrustData } from "../../upstreams/trust-data.ts";
import { scoreWorld } from "./world.ts";

/** Where the stand-ins answer, by service. */
export type Where = { readonly urls: Readonly<Record<string, string>>; readonly token: string };

/** The outside world, each service at a host of its own, in one process: `node stand-ins.ts COUNT NOW LATENCY`. Every message is answered with the requests since the last one. */
async function main([count = "", now = "", latency = "0"]: readonly string[]): Promise<void> {
  const world = scoreWorld(Number(count), now);
  const manner = { delay: () => Number(latency) * (0.75 + Math.random() / 2) };
  const services = {
    github: await startGithub(world.github, manner),
    pypi: await startPypi(world.pypi, manner),
    hub: await startOci(world.hub, manner),
    registry: await startOci(world.hub, manner),
    depsDev: await startTrustData(world.trust, manner),
    scorecard: await startTrustData(world.trust, manner),
    officialImages: await startTrustData(world.trust, manner),
    downloads: await startTrustData(world.trust, manner),
    osv: await startOsv({ advisories: [] }),
  };
  process.on("message", () => {
    const asked = Object.entries(services).map(([name, { requests }]) => [
      name,
      requests.splice(0).map(({ path }) => path),
    ]);
    process.send?.(Object.fromEntries(asked));
  });
  const urls = Object.fromEntries(Object.entries(services).map(([name, { url }]) => [name, url]));
  process.send?.({ urls, token: world.token });
}

await main(process.argv.slice(2));
