import { HUB } from "./made-up.ts";
import type { Where } from "./stand-ins.ts";
import type { Store } from "./store.ts";

/** The configuration of a Headgate that asks the stand-ins, so many requests at once per host. */
export function configFor(where: Where, store: Store, inFlight: number): string {
  const urls = [where.github, where.pypi, ...Object.values(where.registries)];
  const registries = Object.entries(where.registries).map(([host, url]) => [
    host,
    { url, ...(host === HUB && { hub: url }) },
  ]);
  const nowhere = Object.fromEntries(
    ["npm", "rubygems", "golang", "maven", "cargo", "osv"].map((one) => [one, { url: where.pypi }]),
  );
  // JSON is YAML.
  return JSON.stringify({
    watch: [{ path: store.directory }],
    upstreams: {
      ...nowhere,
      github: { api: where.github, graphql: `${where.github}/graphql`, web: where.github },
      pypi: { url: where.pypi },
      registries: Object.fromEntries(registries),
    },
    network: { "allow-private": urls.map((url) => new URL(url).host), "requests-per-host": inFlight },
    storage: { directory: store.directory },
    web: { port: 0 },
  });
}
