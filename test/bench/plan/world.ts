import { DAY, type Instant, plus } from "../../../src/domain/instant.ts";
import type { Pin } from "../../../src/domain/pin.ts";
import { toPurl } from "../../../src/domain/upstream.ts";
import { addRelease, addRepository, addToken, githubWorld, pushCommit } from "../../upstreams/github/builders.ts";
import type { GithubWorld } from "../../upstreams/github/world.ts";
import { type OciWorld, pushImage } from "../../upstreams/oci/world.ts";
import { type PypiWorld, publishToPypi } from "../../upstreams/pypi.ts";
import type { TrustData } from "../../upstreams/trust-data.ts";

/**
 * Ten upstreams that stand for a thousand: four repositories with files and notes, three Python packages, three images
 * in three flavours. Each is pinned four versions before its newest one. One repository and one image published theirs
 * only today: those have to wait, and an older step is looked for.
 */
export type SampleWorld = {
  readonly github: GithubWorld;
  readonly pypi: PypiWorld;
  readonly hub: OciWorld;
  readonly trust: TrustData;
  readonly token: string;
  readonly pins: readonly Pin[];
  /** What is published between the first look and the plan. */
  readonly publishNewest: (now: Instant) => void;
};

/** Every name of a sample ends so; `-3x` becomes `-3x17` in its seventeenth copy. */
export const SAMPLES = Array.from({ length: 10 }, (_, index) => `-${index}x`);

/** Versions that are known of each kind, newest last. */
const KNOWN = { github: 30, pypi: 60, docker: 40 } as const;
const BEHIND = 4;
const FLAVOURS = ["", "-slim", "-alpine"];
const NOTES = `## What's changed\n${"* A change that matters to some by @somebody in #1234\n".repeat(20)}`;

type Kind = keyof typeof KNOWN;
type Services = Pick<SampleWorld, "github" | "pypi" | "hub">;
type Measured = {
  readonly scorecards: Record<string, { date: string; checks: Record<string, number> }>;
  readonly versions: Record<string, { attested: boolean; dependents: number }>;
  readonly downloads: Record<string, number>;
};

/** `now`: when they are looked at first. */
export function sampleWorld(clock: () => Instant): SampleWorld {
  const now = clock();
  const github = githubWorld({ clock, limits: { core: 1e6, graphql: 1e6, anonymous: 60 } });
  const trust: Measured = { scorecards: {}, versions: {}, downloads: {} };
  const services: Services = { github, pypi: { projects: {} }, hub: { repositories: {} } };
  for (const [index, mark] of SAMPLES.entries()) addSample(services, trust, kindOf(index), mark, now);
  return {
    ...services,
    trust,
    token: addToken(github),
    pins: SAMPLES.map((mark, index) => pinOf(kindOf(index), mark)),
    publishNewest: (at) => {
      for (const index of [0, 7]) publish(services, kindOf(index), SAMPLES[index] ?? "", KNOWN[kindOf(index)], at);
    },
  };
}

function kindOf(index: number): Kind {
  return index < 4 ? "github" : index < 7 ? "pypi" : "docker";
}

function addSample(services: Services, trust: Measured, kind: Kind, mark: string, now: Instant): void {
  const repository = kind === "docker" ? undefined : addLively(services.github, `bench/tool${mark}`, now);
  for (let step = 0; step < KNOWN[kind]; step++) {
    publish(services, kind, mark, step, plus(now, -(30 + 7 * (KNOWN[kind] - step)) * DAY));
  }
  if (repository !== undefined) {
    trust.scorecards[`bench/tool${mark}`] = { date: plus(now, -3 * DAY), checks: { "Code-Review": 8, SAST: 5 } };
  }
  if (kind === "pypi") {
    trust.downloads[`pypi/package${mark}`] = 100_000;
    Object.assign(services.pypi.projects[`package${mark}`] ?? {}, {
      info: { project_urls: { Source: `https://github.com/bench/tool${mark}` } },
    });
  }
}

function publish({ github, pypi, hub }: Services, kind: Kind, mark: string, step: number, at: Instant): void {
  const version = versionOf(step);
  if (kind === "pypi") publishToPypi(pypi, `package${mark}`, version, at);
  if (kind === "docker") {
    for (const flavour of FLAVOURS) {
      pushImage(hub, `team/image${mark}`, `${version}${flavour}`, {
        content: `${mark} ${version}${flavour}`,
        pushedAt: at,
      });
    }
  }
  const repository = kind === "github" ? github.repositories.get(`bench/tool${mark}`) : undefined;
  if (repository === undefined) return;
  const assets = ["tool-amd64.tar.gz", "tool-arm64.tar.gz", "checksums.txt"];
  addRelease(github, repository, { tag: `v${version}`, publishedAt: at, notes: NOTES, assets });
  repository.pushedAt = at;
}

function versionOf(step: number): string {
  return `1.${step}.0`;
}

function pinOf(kind: Kind, mark: string): Pin {
  const version = versionOf(KNOWN[kind] - 1 - BEHIND);
  const place = { path: `parts/${mark}/Dockerfile`, line: 1, edits: [], precision: "exact", linked: [] } as const;
  const written = { text: version, version, name: mark, format: "dockerfile" };
  if (kind === "pypi") return { ...place, ...written, upstream: toPurl("pypi", `package${mark}`), scheme: "pep440" };
  if (kind === "docker") {
    const tag = `${version}-slim`;
    const upstream = toPurl("docker", `team/image${mark}`);
    return { ...place, ...written, upstream, text: tag, version: tag, scheme: "docker-tag", variant: "slim" };
  }
  const files = ["tool-amd64.tar.gz"];
  return {
    ...place,
    ...written,
    upstream: toPurl("github", `bench/tool${mark}`),
    scheme: "loose",
    tagTemplate: "v{version}",
    files,
  };
}

function addLively(github: GithubWorld, name: string, now: Instant) {
  const repository = addRepository(github, name, { stars: 900, licence: "MIT" });
  for (let day = 1; day <= 20; day++) {
    pushCommit(github, repository, {
      author: `dev${day % 3}`,
      at: plus(now, -day * DAY),
      files: { "x.txt": `${day}` },
    });
  }
  return repository;
}
