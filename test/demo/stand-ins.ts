import { startEndOfLife } from "../upstreams/end-of-life.ts";
import { startForgejo } from "../upstreams/forgejo.ts";
import { startGithub } from "../upstreams/github.ts";
import { startGitLab } from "../upstreams/gitlab.ts";
import { startOci } from "../upstreams/oci.ts";
import { startOsv } from "../upstreams/osv.ts";
import { startPypi } from "../upstreams/pypi.ts";
import { type SmtpStandIn, startSmtp } from "../upstreams/smtp.ts";
import type { StandIn, StandInOptions } from "../upstreams/stand-in.ts";
import { startTrustData } from "../upstreams/trust-data.ts";
import { type DemoWorld, WATCHED } from "./world.ts";

/** All outside services on loopback, over one world. */
export type StandIns = {
  readonly github: StandIn;
  readonly forgejo: StandIn;
  readonly gitlab: StandIn;
  readonly pypi: StandIn;
  readonly hub: StandIn;
  readonly other: StandIn;
  readonly osv: StandIn;
  readonly endOfLife: StandIn;
  /** deps.dev, Scorecard, download counts and the files of official images. */
  readonly trust: StandIn;
  readonly smtp: SmtpStandIn;
  readonly close: () => Promise<void>;
};

/** Starts a stand-in of every service. `manner`: of those that pins come from. */
export async function startStandIns(world: DemoWorld, manner: StandInOptions = {}): Promise<StandIns> {
  const [github, forgejo, gitlab, pypi, hub, other, osv, endOfLife, trust, smtp] = await Promise.all([
    startGithub(world.github, manner),
    startForgejo(world.github),
    startGitLab(world.github),
    startPypi(world.pypi, manner),
    startOci(world.hub, manner),
    startOci(world.other, manner),
    startOsv(world.osv),
    startEndOfLife(world.endOfLife),
    startTrustData(world.trust),
    startSmtp(),
  ]);
  const all = { github, forgejo, gitlab, pypi, hub, other, osv, endOfLife, trust, smtp };
  return { ...all, close: async () => void (await Promise.all(Object.values(all).map((one) => one.close()))) };
}

/**
 * A configuration that watches the sample and reaches every service at its stand-in, whose forge takes as many changes as
 * there are: days pass in seconds here. `watch` replaces the repository.
 */
export function configFor(standIns: StandIns, data: string, watch = `repository: ${WATCHED}`, more = ""): string {
  const { github, forgejo, gitlab, pypi, hub, other, osv, endOfLife, trust, smtp } = standIns;
  const hosts = [github, forgejo, gitlab, pypi, hub, other, osv, endOfLife, trust].map((one) => new URL(one.url).host);
  return `watch:
  - ${watch}
deliver:
  pull-request: {}
  e-mail: { url: "${smtp.url}", from: "Headgate <headgate@example.org>", to: [maintainers@example.org] }
upstreams:
  github: { api: "${github.url}", graphql: "${github.url}/graphql", web: "${github.url}" }
  forgejo: { url: "${forgejo.url}" }
  gitlab: { url: "${gitlab.url}" }
  pypi: { url: "${pypi.url}" }
  npm: { url: "${osv.url}" }
  rubygems: { url: "${osv.url}" }
  golang: { url: "${osv.url}" }
  maven: { url: "${osv.url}" }
  cargo: { url: "${osv.url}" }
  registries:
    docker.io: { url: "${hub.url}", hub: "${hub.url}" }
    registry.example: { url: "${other.url}" }
  osv: { url: "${osv.url}" }
  deps-dev: { url: "${trust.url}" }
  scorecard: { url: "${trust.url}" }
  official-images: { url: "${trust.url}" }
  downloads: { pypi: "${trust.url}", npm: "${trust.url}" }
  endoflife: { url: "${endOfLife.url}" }
network:
  writes: { minute: 0, hour: 0 }
  allow-private: [${hosts.map((host) => `"${host}"`).join(", ")}]
trust: { refresh-roots: false } # those of Sigstore and GitHub are in the world
storage: { directory: "${data}" }
web: { port: 0 }
${more}`;
}
