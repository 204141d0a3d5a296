import { createHash } from "node:crypto";
import { type Instant, plus } from "../../../src/domain/instant.ts";
import { addRelease, addRepository, addTag, addToken, githubWorld } from "../../upstreams/github/builders.ts";
import type { GithubWorld } from "../../upstreams/github/world.ts";
import { type OciWorld, pushImage } from "../../upstreams/oci/world.ts";
import { type PypiFile, type PypiUpdate, type PypiWorld, publishToPypi, yankFromPypi } from "../../upstreams/pypi.ts";
import { dayOf, HUB, imageTags, type MadeUp, registriesOf, type Spread } from "./made-up.ts";

/** The services that hold the made-up upstreams. `clock.now` is what time it is there. */
export type BenchWorld = {
  readonly github: GithubWorld;
  readonly pypi: PypiWorld;
  readonly registries: Readonly<Record<string, OciWorld>>;
  readonly token: string;
  readonly clock: { now: Instant };
  /** Publishes a newer version of each of the given upstreams. Gives back what is right to move to now, by purl. */
  readonly publish: (changing: readonly MadeUp[]) => Record<string, string>;
};

/** PyPI's own counter of releases grows by some 6,000 a day: one in fifteen seconds. */
const BETWEEN_RELEASES = 15_000;
const FEED = 100;

/** Puts the upstreams where they belong. */
export function madeUpWorld(upstreams: readonly MadeUp[], spread: Spread, now: Instant): BenchWorld {
  const clock = { now };
  const github = githubWorld({ clock: () => clock.now, limits: { core: 1e9, graphql: 1e9, anonymous: 0 } });
  const published: PypiUpdate[] = [];
  const pypi: PypiWorld = { projects: {}, updates: () => feedAt(clock.now, published) };
  const registries = Object.fromEntries(
    registriesOf(spread).map((host) => {
      const paged = host === HUB ? {} : { pageSize: 100 };
      return [host, { repositories: {}, tokenLifetime: 300, ...paged }];
    }),
  );
  const world = { github, pypi, registries, token: addToken(github), clock };
  for (const upstream of upstreams) add(world, upstream);
  return { ...world, publish: (changing) => publishAll(world, changing, published) };
}

type Services = Omit<BenchWorld, "publish">;

function add(world: Services, upstream: MadeUp): void {
  if (upstream.kind === "github") addToGithub(world, upstream);
  else if (upstream.kind === "pypi") addToPypi(world, upstream);
  else addToRegistry(world, upstream);
}

function addToGithub({ github }: Services, { name, history, toTag }: MadeUp): void {
  const repository = addRepository(github, name, { stars: 500, createdAt: dayOf(-100), pushedAt: dayOf(200) });
  const bare = repository.databaseId % 7 === 0; // a repository that only tags
  for (const { version, day, as } of history.published) {
    const tag = as === "other-component" ? `client-v${version}` : toTag(version);
    const at = dayOf(day);
    if (as !== "draft") addTag(repository, tag, { at, ...(day % 2 === 0 && { message: tag }) });
    if (bare && as !== "prerelease" && as !== "draft") continue;
    const mark = { draft: as === "draft", prerelease: as === "prerelease" };
    addRelease(github, repository, { tag, publishedAt: at, createdAt: at, ...mark });
    if (as === "draft") repository.refs.delete(`refs/tags/${tag}`);
  }
}

function addToPypi({ pypi }: Services, { name, history }: MadeUp): void {
  for (const { version, day, as } of history.published) {
    publishToPypi(pypi, name, version, dayOf(day), filesOf(name, version));
    if (as === "yanked") yankFromPypi(pypi, name, version, "broken metadata");
  }
}

/** Nobody downloads them here: that their hashes are some text's saves building an archive for each. */
function filesOf(name: string, version: string): PypiFile[] {
  const stem = `${name.replaceAll("-", "_")}-${version}`;
  return [`${stem}.tar.gz`, `${stem}-py3-none-any.whl`].map((filename) => ({
    filename,
    sha256: createHash("sha256").update(filename).digest("hex"),
  }));
}

function addToRegistry({ registries }: Services, { name, history, host }: MadeUp): void {
  const registry = registries[host ?? HUB];
  if (registry === undefined) throw new Error(`no registry ${host}`);
  for (const { tag, content, day } of imageTags(history)) {
    pushImage(registry, name, tag, { content: `${name} ${content}`, pushedAt: dayOf(day) });
  }
}

function publishAll(world: Services, changing: readonly MadeUp[], published: PypiUpdate[]): Record<string, string> {
  const right: Record<string, string> = {};
  for (const upstream of changing) {
    const version = nextOf(upstream.history.right);
    const at = world.clock.now;
    const tag = upstream.toTag(version);
    right[upstream.purl] = tag;
    if (upstream.kind === "github") {
      const repository = world.github.repositories.get(upstream.name);
      if (repository === undefined) throw new Error(`no repository ${upstream.name}`);
      addRelease(world.github, repository, { tag, publishedAt: at, createdAt: at });
      repository.pushedAt = at;
    } else if (upstream.kind === "pypi") {
      publishToPypi(world.pypi, upstream.name, version, at, filesOf(upstream.name, version));
      published.unshift({ name: upstream.name, version, at });
    } else {
      const registry = world.registries[upstream.host ?? HUB];
      if (registry !== undefined) pushImage(registry, upstream.name, tag, { content: tag, pushedAt: at });
    }
  }
  return right;
}

/** The version with its first number one higher: newer than everything that was published. */
function nextOf(version: string): string {
  return version.includes("!")
    ? version.replace(/!(\d+)/, (_, digits: string) => `!${Number(digits) + 1}`)
    : version.replace(/^\d+/, (digits) => String(Number(digits) + 1));
}

/** What PyPI's feed of new releases shows at a moment: ours among those of everybody else. */
function feedAt(now: Instant, ours: readonly PypiUpdate[]): PypiUpdate[] {
  const newest = Math.floor(Date.parse(now) / BETWEEN_RELEASES);
  const others = Array.from({ length: FEED }, (_, back) => ({
    name: `elsewhere-${newest - back}`,
    version: "1.0",
    at: plus("1970-01-01T00:00:00.000Z", (newest - back) * BETWEEN_RELEASES),
  }));
  return [...ours, ...others].sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, FEED);
}
