import type { Instant } from "../../../src/domain/instant.ts";
import { githubSchema } from "../../upstreams/github/graphql-schema.ts";
import { startGithub } from "../../upstreams/github.ts";
import { startOci } from "../../upstreams/oci.ts";
import { startPypi } from "../../upstreams/pypi.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";
import { type Counts, count } from "./counting.ts";
import { HUB, makeUp } from "./made-up.ts";
import { madeUpWorld } from "./made-up-world.ts";

/** What the bench asks of this process: to make time pass, to let upstreams publish, to say what it was asked since the last time. */
export type Order =
  | { readonly do: "set clock"; readonly now: Instant }
  | { readonly do: "publish"; readonly share: number; readonly turn: number }
  | { readonly do: "count" };

/** What it says: first where everything is, then one reply per order. `cpu`: seconds that it worked since the last count. */
export type Reply =
  | { readonly ready: Where }
  | { readonly done: true }
  | { readonly right: Readonly<Record<string, string>> }
  | { readonly counts: Readonly<Record<string, Counts>>; readonly cpu: number };

/** Where the stand-ins answer. */
export type Where = {
  readonly github: string;
  readonly pypi: string;
  /** By host as written in image names. */
  readonly registries: Readonly<Record<string, string>>;
  readonly token: string;
};

/** The outside world in a process of its own: `node stand-ins.ts COUNT NOW LATENCY JITTER REGISTRIES`. */
async function main([many, now = "", latency, jitter, registries]: readonly string[]): Promise<void> {
  const spread = { registries: Number(registries) };
  const upstreams = makeUp(Number(many), spread);
  const world = madeUpWorld(upstreams, spread, now);
  const delay = () => Number(latency) + (Math.random() * 2 - 1) * Number(jitter);
  const manner = { delay, gzip: true };
  await githubSchema("current"); // GitHub does not build its schema when the first question comes
  const github = await startGithub(world.github, { ...manner, trusting: true });
  const pypi = await startPypi(world.pypi, manner);
  const places = new Map<string, StandIn>();
  for (const [host, registry] of Object.entries(world.registries)) places.set(host, await startOci(registry, manner));
  const services: Readonly<Record<string, StandIn>> = {
    GitHub: github,
    PyPI: pypi,
    ...Object.fromEntries([...places].map(([host, place]) => [host === HUB ? "Docker Hub" : host, place])),
  };
  const used = new Map<string, number>();
  let counted = process.cpuUsage();

  function obey(order: Order): Reply {
    if (order.do === "set clock") {
      world.clock.now = order.now;
      return { done: true };
    }
    if (order.do === "publish") {
      const every = Math.max(1, Math.round(1 / order.share));
      return { right: world.publish(upstreams.filter((_, index) => index % every === order.turn)) };
    }
    const counts = Object.entries(services).map(([name, { requests }]) => [name, count(requests, used)] as const);
    for (const { requests } of Object.values(services)) requests.length = 0;
    const { user, system } = process.cpuUsage(counted);
    counted = process.cpuUsage();
    return { counts: Object.fromEntries(counts), cpu: (user + system) / 1e6 };
  }

  process.on("message", (order: Order) => process.send?.(obey(order)));
  const urls = Object.fromEntries([...places].map(([host, { url }]) => [host, url]));
  const where: Where = { github: github.url, pypi: pypi.url, registries: urls, token: world.token };
  process.send?.({ ready: where });
}

await main(process.argv.slice(2));
