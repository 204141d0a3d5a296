import type { FailureCode } from "../../src/lib/failure.ts";
import type { ServiceUrls } from "../../src/lib/http/urls.ts";
import { startCargo } from "../upstreams/cargo.ts";
import { commitOf, startGit } from "../upstreams/git.ts";
import { addRelease, addRepository, addToken, githubWorld } from "../upstreams/github/builders.ts";
import { startGithub } from "../upstreams/github.ts";
import { startGolang } from "../upstreams/golang.ts";
import { startMaven } from "../upstreams/maven.ts";
import { publishToNpm, startNpm } from "../upstreams/npm.ts";
import { pushImage } from "../upstreams/oci/world.ts";
import { startOci } from "../upstreams/oci.ts";
import { publishToPypi, startPypi } from "../upstreams/pypi.ts";
import { pushGem, startRubygems } from "../upstreams/rubygems.ts";
import type { StandIn } from "../upstreams/stand-in.ts";

/** One way in which a source reaches its upstream: `1.0` of the upstream exists and is pinned. */
export type Way = {
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
  /** The same for a poll of what is known already, where that asks otherwise. */
  readonly laterCodes?: Readonly<Partial<Record<string, FailureCode>>>;
  /** The type that an answer names decides how it is read: right data under a wrong one is not taken. */
  readonly typed?: true;
};

const github = (url: string) => ({ api: url, graphql: `${url}/graphql`, web: url });

/** Every source, by each protocol that it speaks. */
export const WAYS: readonly Way[] = [
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
    typed: true, // an index answers HTML or JSON, and says which
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
    codes: {
      "a way into the network": "unreadable", // a query is a POST, and those are not redirected
      "a redirect without end": "unreadable",
      "502": "timeout", // GitHub's own limit of ten seconds: a smaller query may do
      "503 with seconds": "rate-limited", // the second query of a poll finds that the host wants patience
    },
    laterCodes: { "503 with seconds": "unavailable" }, // a glance is one query
  },
];

function startImage(repository: string): Promise<StandIn> {
  const world = { repositories: {}, tokenRequired: false };
  pushImage(world, repository, "1.0", { content: "1.0" });
  return startOci(world);
}
