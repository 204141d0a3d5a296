import type { DemoWorld } from "../demo/world.ts";
import { addRelease, addRepository, addToken, githubWorld, pushCommit } from "../upstreams/github/builders.ts";
import { findRepository } from "../upstreams/github/world.ts";
import { publishToPypi } from "../upstreams/pypi.ts";

/** Projects that take so many upstreams, each of which releases one new version when it is told to. */
export type StormWorld = {
  readonly world: DemoWorld;
  readonly projects: readonly string[];
  /** Names of upstreams; a part of them are packages, the others repositories with releases. */
  readonly upstreams: readonly string[];
  readonly release: (name: string) => void;
};

const BEFORE = "1.0.0";
export const AFTER = "1.1.0";
const LONG_AGO = "2026-01-01T00:00:00.000Z";
const PER_PROJECT = 50;

/** Three of five upstreams are packages of PyPI, the others releases on GitHub. */
export function stormWorld(count: number): StormWorld {
  const unlimited = { core: 1_000_000, graphql: 1_000_000, anonymous: 1_000_000 };
  const github = githubWorld({ clock: () => new Date().toISOString(), limits: unlimited });
  const pypi = { projects: {} };
  const upstreams = Array.from({ length: count }, (_, index) => `hull-${String(index).padStart(4, "0")}`);
  const isPackage = (name: string) => Number(name.slice(-4)) % 5 < 3;
  for (const name of upstreams) {
    if (isPackage(name)) publishToPypi(pypi, name, BEFORE, LONG_AGO);
    else releaseOf(name, BEFORE, LONG_AGO);
  }
  const projects = Array.from({ length: Math.ceil(count / PER_PROJECT) }, (_, index) => `storm/fleet-${index}`);
  for (const [index, project] of projects.entries()) {
    const own = upstreams.slice(index * PER_PROJECT, (index + 1) * PER_PROJECT);
    addRepository(github, project, { files: filesOf(own, isPackage), createdAt: LONG_AGO });
  }
  const world: DemoWorld = {
    github,
    pypi,
    hub: { repositories: {} },
    other: { repositories: {} },
    osv: { advisories: [] },
    endOfLife: { products: {} },
    trust: { scorecards: {}, downloads: {}, officialImages: {} },
    token: addToken(github),
  };
  function releaseOf(name: string, version: string, publishedAt: string) {
    const repository =
      findRepository(github, "hulls", name) ?? addRepository(github, `hulls/${name}`, { createdAt: LONG_AGO });
    const commit = pushCommit(github, repository, { message: `Release ${version}`, at: publishedAt });
    repository.refs.set(`refs/tags/v${version}`, commit);
    addRelease(github, repository, { tag: `v${version}`, publishedAt, assets: ["hull"], notes: `- ${version}` });
  }
  return {
    world,
    projects,
    upstreams,
    release: (name) => {
      const now = new Date().toISOString();
      if (isPackage(name)) publishToPypi(pypi, name, AFTER, now);
      else releaseOf(name, AFTER, now);
    },
  };
}

function filesOf(names: readonly string[], isPackage: (name: string) => boolean): Record<string, string> {
  const packages = names.filter(isPackage).map((name) => `${name}==${BEFORE}\n`);
  const tools = names
    .filter((name) => !isPackage(name))
    .map((name) => `ADD https://github.com/hulls/${name}/releases/download/v${BEFORE}/hull /usr/bin/${name}\n`);
  return { "requirements.txt": packages.join(""), Dockerfile: `FROM scratch\n${tools.join("")}` };
}
