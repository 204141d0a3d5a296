import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FailureCode, isFailure } from "../../src/lib/failure.ts";
import type { Fetcher } from "../../src/lib/fetcher.ts";
import { createGitHub } from "../../src/lib/github.ts";
import { createGitHubReader } from "../../src/lib/github-reader.ts";
import type { ServiceUrls } from "../../src/lib/urls.ts";
import { poll, sourceOf } from "../../src/poll/poll.ts";
import type { PollContext } from "../../src/poll/source.ts";
import { SOURCES } from "../../src/poll/sources.ts";
import { aFetcher } from "../support/fetcher.ts";
import { aPollContext, aPollRequest } from "../support/poll-context.ts";
import { startCargo } from "../upstreams/cargo.ts";
import { commitOf, startGit } from "../upstreams/git.ts";
import { addRelease, addRepository, addToken, githubWorld } from "../upstreams/github/builders.ts";
import { startGithub } from "../upstreams/github.ts";
import { startGolang } from "../upstreams/golang.ts";
import { startMaven } from "../upstreams/maven.ts";
import { publishToNpm, startNpm } from "../upstreams/npm.ts";
import { pushImage, startOci } from "../upstreams/oci.ts";
import { publishToPypi, startPypi } from "../upstreams/pypi.ts";
import { pushGem, startRubygems } from "../upstreams/rubygems.ts";
import type { Misbehaviour, StandIn } from "../upstreams/stand-in.ts";

/** One way in which a source reaches its upstream: `1.0` of the upstream exists and is pinned. */
type Way = {
  readonly source: string;
  readonly name: string;
  readonly upstream: string;
  readonly pinned: string;
  readonly start: () => Promise<StandIn>;
  readonly urls: (url: string) => Partial<ServiceUrls>;
  /** With a GitHub credential. */
  readonly token?: true;
  /** Codes that differ from what the status says, because that is how this protocol says something else. */
  readonly codes?: Readonly<Partial<Record<string, FailureCode>>>;
};

const github = (url: string) => ({ api: url, graphql: `${url}/graphql`, web: url });

const ways: readonly Way[] = [
  {
    source: "pypi",
    name: "the Simple API",
    upstream: "pkg:pypi/tool",
    pinned: "1.0",
    start: () => {
      const world = { projects: {} };
      publishToPypi(world, "tool", "1.0", "2026-09-01T00:00:00Z");
      return startPypi(world);
    },
    urls: (url) => ({ pypi: { url } }),
  },
  {
    source: "npm",
    name: "package documents",
    upstream: "pkg:npm/tool",
    pinned: "1.0",
    start: () => {
      const world = { packages: {} };
      publishToNpm(world, "tool", "1.0", "2026-09-01T00:00:00Z");
      return startNpm(world);
    },
    urls: (url) => ({ npm: { url } }),
  },
  {
    source: "git",
    name: "the git protocol and GitLab's releases",
    upstream: "pkg:gitlab/example/tool",
    pinned: "1.0",
    start: () =>
      startGit({
        repositories: { "example/tool": { tags: { "1.0": { commit: commitOf("1.0") } } } },
        forge: { kind: "gitlab", releases: { "example/tool": [{ tag: "1.0" }] } },
      }),
    urls: (url) => ({ gitHosts: { "gitlab.com": { url } } }),
    codes: { "401": "not-found" }, // what forges say of a repository that is not there
  },
  {
    source: "rubygems",
    name: "the list of versions",
    upstream: "pkg:gem/tool",
    pinned: "1.0",
    start: () => {
      const world = { gems: {} };
      pushGem(world, "tool", { number: "1.0", createdAt: "2026-09-01T00:00:00Z" });
      return startRubygems(world);
    },
    urls: (url) => ({ rubygems: { url } }),
  },
  {
    source: "golang",
    name: "a module proxy",
    upstream: "pkg:golang/example.org/tool",
    pinned: "1.0",
    start: () => startGolang({ modules: { "example.org/tool": { versions: { "v1.0": "2026-09-01T00:00:00Z" } } } }),
    urls: (url) => ({ golang: { url } }),
  },
  {
    source: "maven",
    name: "the metadata of artefacts",
    upstream: "pkg:maven/org.example/tool",
    pinned: "1.0",
    start: () => startMaven({ artefacts: { "org.example:tool": { versions: { "1.0": "2026-09-01T00:00:00Z" } } } }),
    urls: (url) => ({ maven: { url } }),
  },
  {
    source: "cargo",
    name: "a sparse index",
    upstream: "pkg:cargo/tool",
    pinned: "1.0",
    start: () => startCargo({ crates: { "to/ol/tool": { "1.0": {} } } }),
    urls: (url) => ({ cargo: { url } }),
  },
  {
    source: "oci",
    name: "the registry protocol",
    upstream: "pkg:docker/example/tool?repository_url=registry.example",
    pinned: "1.0",
    start: () => startImage("example/tool"),
    urls: (url) => ({ registries: { "registry.example": { url } } }),
  },
  {
    source: "oci",
    name: "Docker Hub's web API",
    upstream: "pkg:docker/library/tool",
    pinned: "1.0",
    start: () => startImage("library/tool"),
    urls: (url) => ({ registries: { "docker.io": { url, hub: url } } }),
  },
  {
    source: "github",
    name: "the git protocol",
    upstream: "pkg:github/example/tool",
    pinned: "1.0",
    start: () => startGit({ repositories: { "example/tool": { tags: { "1.0": { commit: commitOf("1.0") } } } } }),
    urls: (url) => ({ github: github(url) }),
    codes: { "401": "not-found" }, // what github.com says of a repository that is not there
  },
  {
    source: "github",
    name: "GraphQL",
    upstream: "pkg:github/example/tool",
    pinned: "1.0",
    token: true,
    start: () => {
      const world = githubWorld();
      addToken(world, { secret: "secret" });
      addRelease(world, addRepository(world, "example/tool"), { tag: "1.0" });
      return startGithub(world);
    },
    urls: (url) => ({ github: github(url) }),
    codes: { "a way into the network": "unreadable" }, // a query is a POST, and those are not redirected
  },
];

function startImage(repository: string): Promise<StandIn> {
  const world = { repositories: {}, tokenRequired: false };
  pushImage(world, repository, "1.0", { content: "1.0" });
  return startOci(world);
}

const inAMinute = () => new Date(Date.now() + 60_000).toUTCString();
const zeros = gzipSync(Buffer.alloc(70_000_000), { level: 1 });
const page = { headers: { "content-type": "text/html" }, body: "<!DOCTYPE html><title>Sign in</title>" };

/** What upstreams do on bad days, and what a person should read of it. */
const faults: readonly (readonly [name: string, how: () => Misbehaviour, code: FailureCode])[] = [
  ["401", () => ({ status: 401 }), "unauthorized"],
  ["403", () => ({ status: 403 }), "forbidden"],
  ["404", () => ({ status: 404, body: "404 Not Found" }), "not-found"],
  ["410", () => ({ status: 410 }), "gone"],
  ["429 with seconds", () => ({ status: 429, headers: { "retry-after": "60" } }), "rate-limited"],
  ["429 with a date", () => ({ status: 429, headers: { "retry-after": inAMinute() } }), "rate-limited"],
  ["500", () => ({ ...page, status: 500 }), "unavailable"],
  ["503", () => ({ ...page, status: 503 }), "unavailable"],
  ["a page instead of data", () => page, "unreadable"],
  ["nothing at all", () => ({ headers: { "content-type": "application/json" }, body: "" }), "unreadable"],
  ["half of it", () => ({ headers: { "content-type": "application/json" }, body: '{"results":[{"na' }), "unreadable"],
  ["other JSON", () => ({ headers: { "content-type": "application/json" }, body: "[null]" }), "unreadable"],
  ["a broken encoding", () => ({ headers: { "content-encoding": "gzip" }, body: "plain" }), "unreadable"],
  ["a cut connection", () => "reset", "unavailable"],
  ["silence", () => "hang", "timeout"],
  ["a huge body", () => ({ headers: { "content-length": "99999999999" }, body: "{" }), "too-large"],
  ["a bomb", () => ({ headers: { "content-encoding": "gzip" }, body: zeros }), "too-large"],
  ["a way into the network", () => ({ status: 302, headers: { location: "http://169.254.169.254/" } }), "refused"],
];

it("every source is tried", () => {
  expect(new Set(ways.map(({ source }) => source))).toEqual(new Set(SOURCES.map(({ id }) => id)));
});

describe.each(SOURCES.map((source) => [source.id, source] as const))("the source %s", (_id, source) => {
  it("has an id that can stand in a row, a title and a scheme", () => {
    expect(source.id).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(source.title).not.toBe("");
    expect(source.scheme).toMatch(/^[a-z][a-z0-9-]*$/);
  });

  it.each(["", "requests", "pkg:", "pkg:generic/x", "https://example.org/"])("does not claim %j", (purl) => {
    expect(source.matches(purl)).toBe(false);
  });
});

describe.each(ways)("$source by $name", ({ source, upstream, pinned, start, urls, token, codes }) => {
  let server: StandIn;
  let fetcher: Fetcher;
  let context: PollContext;

  beforeEach(async () => {
    server = await start();
    fetcher = aFetcher([server], { retries: 0, headersTimeout: 200 });
    const plain = aPollContext(fetcher, urls(server.url));
    const credential = { kind: "token", token: "secret" } as const;
    const client = createGitHub({ fetcher, urls: plain.urls.github, credential });
    context = token === undefined ? plain : { ...plain, github: createGitHubReader(client) };
  });

  afterEach(async () => {
    await fetcher.close();
    await server.close();
  });

  const ask = (given: { validator?: string | undefined } = {}) =>
    poll(
      aPollRequest({
        upstream,
        pinnedRefs: [pinned],
        ...(given.validator !== undefined && { last: { validator: given.validator } }),
      }),
      context,
    );

  it("is the source of its upstream", () => {
    const found = sourceOf(upstream);
    expect(isFailure(found) ? found : found.id).toBe(source);
  });

  it("finds the version, where the pinned name points, and nothing wrong", async () => {
    const answer = await ask();
    expect(answer).toMatchObject({ state: "changed", complete: true, refs: [{ name: pinned }] });
    expect(answer).toHaveProperty("releases", [expect.objectContaining({ version: "1.0", state: "released" })]);
  });

  it("says unchanged, or the same again, when nothing moved", async () => {
    const first = await ask();
    if (isFailure(first)) throw first;
    const second = await ask({ validator: first.validator });
    if (isFailure(second)) throw second;
    expect(second.state === "unchanged" ? second.validator : second).toEqual(
      second.state === "unchanged" ? first.validator : first,
    );
  });

  it.each(faults)("makes a failure of %s", async (name, how, code) => {
    server.fail(() => true, how());
    const outcome = await ask();
    expect(outcome).toMatchObject({ name: "Failure", code: codes?.[name] ?? code });
    expect(isFailure(outcome) && outcome.message).not.toBe("");
    if (code === "rate-limited") expect(isFailure(outcome) ? outcome.retryAt : "").toMatch(/^\d{4}-.*Z$/);
  });

  it("recovers when its upstream does", async () => {
    server.fail(() => true, { status: 500 });
    expect(isFailure(await ask())).toBe(true);
    server.heal();
    expect(isFailure(await ask())).toBe(false);
  });
});
