import { DAY, type Instant, plus } from "../../../src/domain/instant.ts";
import type { DemoWorld } from "../../demo/world.ts";
import { addRelease, addRepository, addToken, githubWorld, pushCommit } from "../../upstreams/github/builders.ts";
import { getObject } from "../../upstreams/github/git-objects.ts";
import { listTree } from "../../upstreams/github/git-trees.ts";
import { findRepository, type PullRequest, type Repository } from "../../upstreams/github/world.ts";
import { pushImage } from "../../upstreams/oci/world.ts";
import { publishToPypi } from "../../upstreams/pypi.ts";

/** The repository that is watched. */
export const SUITE = "bench/suite";

/** Upstreams, in the kinds that Malcolm has: a half repositories, a quarter packages, a quarter images. Malcolm has some 400. */
export const UPSTREAMS = 20;

/** Versions of each that are there at the first look. */
const KNOWN = 40;

/** Releases a year: of ten upstreams one every week, four every month, three every quarter, two never. */
const RATES = [52, 12, 12, 12, 12, 4, 4, 4, 0, 0];

const FLAVOURS = ["", "-slim", "-alpine"];
/** Images are built anew so often: the tags of their newest versions, under the same names. */
const REBUILT_EVERY = 14;
const REBUILT = 8;
const NOTES = `## What's changed\n${"* A change that matters to some by @somebody in #1234\n".repeat(20)}`;

type Kind = "github" | "pypi" | "docker";

/** What is released so far of each upstream, by its number. */
export type YearWorld = DemoWorld & { readonly released: number[] };

/** Everything on the day of the first look: each upstream is pinned at its newest version but one. */
export function yearWorld(clock: () => Instant, count = UPSTREAMS): YearWorld {
  const now = clock();
  const github = githubWorld({ clock, limits: { core: 1e6, graphql: 1e6, anonymous: 60 } });
  const world: YearWorld = {
    github,
    ...{ pypi: { projects: {} }, hub: { repositories: {} }, other: { repositories: {} } },
    ...{ osv: { advisories: [] }, endOfLife: { products: {} }, trust: {} },
    token: addToken(github),
    released: Array.from({ length: count }, () => 0),
  };
  for (let upstream = 0; upstream < count; upstream++) {
    if (kindOf(upstream) === "github") addRepository(github, `bench/tool${upstream}`, { stars: 900, licence: "MIT" });
    for (let step = 0; step < KNOWN; step++) release(world, upstream, plus(now, -(10 + 9 * (KNOWN - step)) * DAY));
  }
  addRepository(github, SUITE, { files: filesOf(count), createdAt: plus(now, -400 * DAY) });
  return world;
}

/** What upstreams do on the how many-th day: releases, each at its rate, and images that are built anew. Gives how many releases. */
export function passDay(world: YearWorld, day: number, now: Instant): number {
  let count = 0;
  for (let upstream = 0; upstream < world.released.length; upstream++) {
    const due = (at: number) => Math.floor(((at + upstream * 3) * (RATES[upstream % RATES.length] ?? 0)) / 365);
    if (due(day) > due(day - 1)) {
      release(world, upstream, now);
      count++;
    }
    if (kindOf(upstream) === "docker" && (day + upstream) % REBUILT_EVERY === 0) rebuild(world, upstream, now);
  }
  return count;
}

/** Merges what has been open for so long, as its reviewers would: what it changes, on what is there by now. */
export function mergeOpen({ github }: YearWorld, openFor: number, now: Instant): void {
  const suite = findRepository(github, ...(SUITE.split("/") as [string, string]));
  const open = suite?.pullRequests.filter((pull) => pull.state === "OPEN" && plus(pull.createdAt, openFor) <= now);
  for (const pull of open ?? []) {
    if (suite === undefined) continue;
    pushCommit(github, suite, { message: pull.title, at: now, files: changedBy(suite, pull) });
    Object.assign(pull, { state: "MERGED", mergedAt: now, closedAt: now, updatedAt: now, mergedBy: "maintainer" });
  }
}

function changedBy(suite: Repository, pull: PullRequest): Record<string, string> {
  const [parent = ""] = getObject(suite.objects, pull.headRefOid, "commit")?.parents ?? [];
  const before = textsAt(suite, parent);
  return Object.fromEntries([...textsAt(suite, pull.headRefOid)].filter(([path, text]) => before.get(path) !== text));
}

function textsAt({ objects }: Repository, commit: string): Map<string, string> {
  const blobs = listTree(objects, getObject(objects, commit, "commit")?.tree ?? "").flatMap(({ path, sha }) => {
    const blob = getObject(objects, sha, "blob");
    return blob === undefined ? [] : [[path, blob.bytes.toString()] as const];
  });
  return new Map(blobs);
}

function kindOf(upstream: number): Kind {
  return (["github", "pypi", "github", "docker"] as const)[upstream % 4] ?? "github";
}

function release(world: YearWorld, upstream: number, at: Instant): void {
  const step = world.released[upstream] ?? 0;
  world.released[upstream] = step + 1;
  const version = `1.${step}.0`;
  const kind = kindOf(upstream);
  if (kind === "pypi") publishToPypi(world.pypi, `package${upstream}`, version, at);
  if (kind === "docker") push(world, upstream, step, { content: `${upstream} ${version}`, pushedAt: at });
  const repository = kind === "github" ? world.github.repositories.get(`bench/tool${upstream}`) : undefined;
  if (repository === undefined) return;
  const assets = ["tool-amd64.tar.gz", "tool-arm64.tar.gz", "checksums.txt"];
  pushCommit(world.github, repository, { at, message: `Release ${version}` });
  addRelease(world.github, repository, { tag: `v${version}`, publishedAt: at, notes: NOTES, assets });
  repository.pushedAt = at;
}

function push(world: YearWorld, upstream: number, step: number, image: { content: string; pushedAt: Instant }): void {
  for (const flavour of FLAVOURS)
    pushImage(world.hub, `library/image${upstream}`, `1.${step}.0${flavour}`, {
      ...image,
      content: image.content + flavour,
    });
}

function rebuild(world: YearWorld, upstream: number, now: Instant): void {
  const newest = world.released[upstream] ?? 0;
  for (let step = Math.max(0, newest - REBUILT); step < newest; step++)
    push(world, upstream, step, { content: `${upstream} ${step} ${now}`, pushedAt: now });
}

/** A file for each upstream. */
function filesOf(count: number): Record<string, string> {
  const version = `1.${KNOWN - 2}.0`;
  const files = Array.from({ length: count }, (_, upstream): [string, string] => {
    const folder = `parts/${upstream}`;
    const kind = kindOf(upstream);
    if (kind === "pypi") return [`${folder}/requirements.txt`, `package${upstream}==${version}\n`];
    if (kind === "docker") return [`${folder}/Dockerfile`, `FROM image${upstream}:${version}-slim\nRUN true\n`];
    const url = `https://github.com/bench/tool${upstream}/releases/download/v\${TOOL_VERSION}/tool-amd64.tar.gz`;
    return [`${folder}/Dockerfile`, `FROM scratch\nENV TOOL_VERSION=${version}\nADD ${url} /tool.tar.gz\n`];
  });
  return Object.fromEntries(files);
}
