import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { DAY, type Instant, plus } from "../../src/domain/instant.ts";
import type { EndOfLifeWorld } from "../upstreams/end-of-life.ts";
import { addRelease, addRepository, addTag, addToken, githubWorld, pushCommit } from "../upstreams/github/builders.ts";
import { findRepository, type GithubWorld, type Repository } from "../upstreams/github/world.ts";
import { type OciWorld, pushImage } from "../upstreams/oci/world.ts";
import type { OsvWorld } from "../upstreams/osv.ts";
import { type PypiWorld, publishToPypi, yankFromPypi } from "../upstreams/pypi.ts";
import type { TrustData } from "../upstreams/trust-data.ts";

/** Everything the demo's upstreams know. Plain data: the demo's days pass by changing it. */
export type DemoWorld = {
  readonly github: GithubWorld;
  readonly pypi: PypiWorld;
  readonly hub: OciWorld;
  readonly other: OciWorld;
  readonly osv: OsvWorld;
  readonly endOfLife: EndOfLifeWorld;
  readonly trust: TrustData;
  readonly token: string;
};

/** The repository that the demo watches. */
export const WATCHED = "harbourlights/suite";

const sample = join(import.meta.dirname, "sample");
const SAMPLE_CHECKOUT = "08c6903cd8c0fde910a37f88322edcfb5dd907a8";

/** The world on the day of the first look: what the sample pins is what is newest. */
export function demoWorld(clock: () => Instant): DemoWorld {
  const ago = (days: number) => plus(clock(), -days * DAY);
  const github = githubWorld({ clock });
  const pilot = addRepository(github, "harbourlights/pilot", lively(ago));
  for (const [tag, days] of [
    ["v1.2.0", 300],
    ["v1.3.0", 200],
    ["v1.4.0", 120],
  ] as const) {
    releaseOnMain(github, pilot, {
      tag,
      publishedAt: ago(days),
      notes: "- steady as she goes",
      assets: ["pilot-linux-amd64"],
    });
  }
  const tide = addRepository(github, "harbourlights/tide", lively(ago));
  releaseOnMain(github, tide, { tag: "v0.2.30", publishedAt: ago(90), assets: ["tide-linux-amd64"] });
  const checkout = addRepository(github, "actions/checkout", { ...lively(ago), stars: 6000 });
  const commit = tagOnMain(github, checkout, "v5.0.0", ago(60));
  addRepository(github, "harbourlights/setup-pier", lively(ago));
  addRepository(github, "psf/requests", { ...lively(ago), stars: 52_000 });
  addRepository(github, WATCHED, { files: sampleFiles(commit), createdAt: ago(400) });
  const hub: OciWorld = { repositories: {} };
  for (const [repository, tag] of IMAGES)
    pushImage(hub, repository, tag, { content: `${repository}:${tag}`, pushedAt: ago(40) });
  const other: OciWorld = { repositories: {} };
  pushImage(other, "search/engine", "latest", { content: "search" });
  const endOfLife = { products: products(clock()) };
  const trust = trustData(ago(3));
  return {
    github,
    pypi: firstPypi(ago),
    hub,
    other,
    osv: { advisories: [] },
    endOfLife,
    trust,
    token: addToken(github),
  };
}

/** What is measured of the demo's upstreams elsewhere: not of all of them, as in life. */
function trustData(date: Instant): TrustData {
  const checks = { "Code-Review": 8, "Branch-Protection": 6, "Token-Permissions": 9, SAST: 7, Fuzzing: 0 };
  return {
    scorecards: { "harbourlights/pilot": { date, checks }, "psf/requests": { date, checks } },
    downloads: { "pypi/requests": 900_000_000 },
    officialImages: Object.fromEntries(["debian", "alpine", "python", "postgres"].map((name) => [name, ["latest"]])),
  };
}

/** Alpine 3.22 goes out of support in two months; the rest is kept up. */
function products(now: Instant): EndOfLifeWorld["products"] {
  const alpine = [
    { name: "3.24", eolFrom: plus(now, 500 * DAY) },
    { name: "3.22", eolFrom: plus(now, 60 * DAY) },
  ];
  const debian = [{ name: "13", codename: "Trixie", eolFrom: plus(now, 900 * DAY) }];
  return { "alpine-linux": { label: "Alpine Linux", cycles: alpine }, debian: { label: "Debian", cycles: debian } };
}

/** What upstream does on the day after the first look. */
export function releaseDay(world: DemoWorld, now: Instant): void {
  const pilot = findRepository(world.github, "harbourlights", "pilot");
  const checkout = findRepository(world.github, "actions", "checkout");
  const requests = findRepository(world.github, "psf", "requests");
  if (pilot === undefined || checkout === undefined || requests === undefined)
    throw new Error("the demo's repositories are gone");
  releaseOnMain(world.github, pilot, {
    tag: "v1.4.1",
    publishedAt: now,
    notes: "## Fixed\n\n- a zombie was left behind when the child was stopped twice (#412, thanks @deckhand)",
    assets: ["pilot-linux-amd64"],
  });
  releaseOnMain(world.github, pilot, {
    tag: "v1.5.0",
    publishedAt: now,
    notes: "## New\n\n- `--grace` sets how long children may take to stop\n- forwards `SIGWINCH`",
    assets: ["pilot-linux-amd64"],
  });
  tagOnMain(world.github, checkout, "v5.1.0", now);
  publishToPypi(world.pypi, "requests", "2.32.4", now);
  publishToPypi(world.pypi, "requests", "2.32.5", now);
  releaseOnMain(world.github, requests, {
    tag: "v2.32.4",
    publishedAt: now,
    notes: "- a netrc file of another host is not read any more (see #6963)",
  });
  releaseOnMain(world.github, requests, {
    tag: "v2.32.5",
    publishedAt: now,
    notes: "- the TLS context is made once again per session",
  });
  publishToPypi(world.pypi, "jinja2", "3.1.6", now);
  world.osv.advisories.push({
    id: "GHSA-demo-0001-jinja",
    modified: now,
    published: now,
    summary: "A template can run code through an indirect reference to a string method",
    database_specific: { severity: "HIGH" },
    affected: [
      {
        package: { ecosystem: "PyPI", name: "jinja2", purl: "pkg:pypi/jinja2" },
        ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "3.1.6" }] }],
        versions: ["3.1.4"],
      },
    ],
  });
  publishToPypi(world.pypi, "quayside", "1.9.2", now);
  yankFromPypi(world.pypi, "quayside", "1.9.2", "built from the wrong branch");
  pushImage(world.hub, "library/redis", "7.6-alpine", { content: "redis 7.6", pushedAt: now });
}

/** What upstream did last night, too fresh for anything but a wait. */
export function lastNight(world: DemoWorld, now: Instant): void {
  const tide = findRepository(world.github, "harbourlights", "tide");
  if (tide === undefined) throw new Error("the demo's repositories are gone");
  releaseOnMain(world.github, tide, {
    tag: "v0.2.31",
    publishedAt: plus(now, -DAY / 3),
    notes: "- faster on tables with many rows",
    assets: ["tide-linux-amd64"],
  });
}

/** A release of the next commit of the main branch, as most projects make them. */
export function releaseOnMain(
  github: GithubWorld,
  repository: Repository,
  given: Parameters<typeof addRelease>[2],
): void {
  tagOnMain(github, repository, given.tag, given.publishedAt ?? github.clock());
  addRelease(github, repository, given);
}

function tagOnMain(github: GithubWorld, repository: Repository, tag: string, at: Instant): string {
  return addTag(repository, tag, { commit: pushCommit(github, repository, { message: `Release ${tag}`, at }), at });
}

const IMAGES = [
  ["library/debian", "13-slim"],
  ["library/python", "3.13-slim-trixie"],
  ["library/python", "3.12-slim-trixie"],
  ["library/alpine", "3.22"],
  ["library/alpine", "3.21"],
  ["library/redis", "7.4-alpine"],
  ["library/postgres", "16.9-alpine"],
] as const;

function lively(ago: (days: number) => Instant) {
  const commits = Array.from({ length: 12 }, (_, index) => ({
    at: ago(80 - index * 6),
    message: `Work ${index}`,
    author: "deckhand",
  }));
  return {
    stars: 4200,
    forks: 310,
    watchers: 90,
    contributors: 14,
    licence: "Apache-2.0",
    createdAt: ago(1500),
    commits,
    files: { "README.md": "# read me\n", "SECURITY.md": "Write to us.\n" },
  };
}

function firstPypi(ago: (days: number) => Instant): PypiWorld {
  const pypi: PypiWorld = { projects: {} };
  const versions = {
    requests: ["2.31.0", "2.32.3"],
    pyyaml: ["6.0.1", "6.0.2"],
    jinja2: ["3.1.3", "3.1.4"],
    quayside: ["1.9.0", "1.9.1"],
    buoy: ["0.4.0"],
  };
  for (const [name, list] of Object.entries(versions)) {
    for (const [index, version] of list.entries()) publishToPypi(pypi, name, version, ago(200 - index * 90));
  }
  const { requests } = pypi.projects;
  if (requests !== undefined) requests.info = { project_urls: { Source: "https://github.com/psf/requests" } };
  return pypi;
}

/** The sample project, with its workflow pinned to the commit that this world has for the tag. */
function sampleFiles(checkout: string): Record<string, string | { text: string; mode: "100755" }> {
  const paths = readdirSync(sample, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    paths.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const text = readFileSync(path, "utf8").replace(SAMPLE_CHECKOUT, checkout);
      return [relative(sample, path), (statSync(path).mode & 0o100) === 0 ? text : { text, mode: "100755" as const }];
    }),
  );
}
