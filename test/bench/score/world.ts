import { DAY, type Instant, plus } from "../../../src/domain/instant.ts";
import { addRelease, addRepository, addToken, githubWorld, pushCommit } from "../../upstreams/github/builders.ts";
import type { GithubWorld } from "../../upstreams/github/world.ts";
import { type OciWorld, pushImage } from "../../upstreams/oci/world.ts";
import { type PypiWorld, publishToPypi } from "../../upstreams/pypi.ts";
import type { TrustData } from "../../upstreams/trust-data.ts";

/** Upstreams to score: of ten, four repositories, three Python packages that come from one, three images. */
export function purlsOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const kind = index % 10;
    if (kind < 4) return `pkg:github/bench/r${index}`;
    return kind < 7 ? `pkg:pypi/p${index}` : `pkg:docker/${kind === 7 ? "library" : "bench"}/i${index}`;
  });
}

/** The versions that every one of them has. */
export const VERSIONS = ["1.4.0", "1.3.0", "1.2.0", "1.1.0", "1.0.0"];

export type ScoreWorld = {
  readonly github: GithubWorld;
  readonly pypi: PypiWorld;
  readonly hub: OciWorld;
  readonly trust: TrustData;
  readonly token: string;
};

type Measured = {
  readonly scorecards: Record<string, { date: string; checks: Record<string, number> }>;
  readonly versions: Record<string, { attested: boolean; dependents: number }>;
  readonly downloads: Record<string, number>;
  readonly officialImages: Record<string, readonly string[]>;
};

/** Everything the services know of them. */
export function scoreWorld(count: number, now: Instant): ScoreWorld {
  const github = githubWorld({ clock: () => now, limits: { core: 50_000, graphql: 50_000, anonymous: 60 } });
  const trust: Measured = { scorecards: {}, versions: {}, downloads: {}, officialImages: {} };
  const world: ScoreWorld = {
    ...{ github, trust, token: addToken(github) },
    pypi: { projects: {} },
    hub: { repositories: {} },
  };
  for (const purl of purlsOf(count)) {
    const [, type = "", path = ""] = /^pkg:(\w+)\/(.+)$/.exec(purl) ?? [];
    if (type === "docker") addImage(world, trust, path, now);
    else addLively(github, `bench/${path.split("/").at(-1)}`, type === "pypi" ? path : undefined, now);
    if (type === "pypi") addPackage(world, trust, path, now);
    if (type !== "docker") {
      const checks = { "Code-Review": 8, SAST: 5, Fuzzing: -1 };
      trust.scorecards[`bench/${path.split("/").at(-1)}`] = { date: plus(now, -3 * DAY), checks };
    }
  }
  return world;
}

/** An official image comes from Docker's library, another one says in its description where it comes from. */
function addImage({ hub, github }: ScoreWorld, { officialImages }: Measured, path: string, now: Instant): void {
  const [, name = ""] = path.split("/");
  const source = path.startsWith("library/") ? `docker-library/${name}` : path;
  addLively(github, source, undefined, now);
  for (const version of VERSIONS) pushImage(hub, path, version, { content: `${path} ${version}` });
  Object.assign(hub.repositories[path] ?? {}, {
    hub: { pull_count: 5_000_000, full_description: `Made from https://github.com/${source}.` },
  });
  if (path.startsWith("library/")) officialImages[path.slice("library/".length)] = VERSIONS;
}

function addPackage({ pypi }: ScoreWorld, { versions, downloads }: Measured, name: string, now: Instant): void {
  for (const version of VERSIONS) {
    publishToPypi(pypi, name, version, dayOf(version, now));
    versions[`PYPI/${name}/${version}`] = { attested: true, dependents: 40 };
  }
  const info = { project_urls: { Source: `https://github.com/bench/${name}` } };
  Object.assign(pypi.projects[name] ?? {}, { info });
  downloads[`pypi/${name}`] = 100_000;
}

/** When a version was published. */
export function dayOf(version: string, now: Instant): Instant {
  return plus(now, -(VERSIONS.indexOf(version) + 1) * 30 * DAY);
}

function addLively(github: GithubWorld, name: string, project: string | undefined, now: Instant): void {
  const files = project === undefined ? {} : { "pyproject.toml": `[project]\nname = "${project}"\n` };
  const repository = addRepository(github, name, { stars: 900, licence: "MIT", files });
  for (const version of VERSIONS)
    addRelease(github, repository, { tag: `v${version}`, publishedAt: dayOf(version, now) });
  for (let day = 1; day <= 20; day++) {
    pushCommit(github, repository, {
      author: `dev${day % 3}`,
      at: plus(now, -day * DAY),
      files: { "x.txt": `${day}` },
    });
  }
}
