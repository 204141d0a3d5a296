import type { Release } from "../../src/domain/release.ts";
import type { Vouch } from "../../src/domain/trust.ts";
import type { RepositoryFacts } from "../../src/lib/facts/repository-facts.ts";
import { Failure } from "../../src/lib/failure.ts";
import type { GitHubReader } from "../../src/lib/github/upstream/reader.ts";
import type { ScoreContext } from "../../src/score/signal.ts";
import { aRelease, NOW } from "./build.ts";
import { type FakeAnswer, fakeFetcher } from "./fetch.ts";
import { anyUrls } from "./urls.ts";

/** A lively, well-kept repository. */
export function aRepository(given: Partial<RepositoryFacts> = {}): RepositoryFacts {
  return {
    nameWithOwner: "example/tool",
    databaseId: 1,
    archived: false,
    createdAt: "2020-01-01T00:00:00.000Z",
    pushedAt: NOW,
    stars: 5_000,
    forks: 400,
    watchers: 90,
    recentCommits: 42,
    releaseDates: ["2026-11-01", "2026-10-01", "2026-09-01", "2026-08-01"].map((day) => `${day}T00:00:00.000Z`),
    securityPolicy: true,
    licence: "Apache-2.0",
    signatures: ["v1.3", "v1.2", "v1.1"].map((tag) => ({ tag, valid: true, byForge: false, signatureAssets: [] })),
    ownerId: 7,
    authors: ["ada", "ben", "cleo"].flatMap((person) =>
      Array.from({ length: 10 }, () => ({ person, robot: false, email: `${person}@tool.example` })),
    ),
    issues: Array.from({ length: 5 }, () => ({
      createdAt: "2026-11-10T00:00:00.000Z",
      updatedAt: "2026-11-11T00:00:00.000Z",
      byMember: false,
      answeredAt: "2026-11-11T00:00:00.000Z",
    })),
    immutable: ["v1.3", "v1.2", "v1.1"].map((tag) => ({ tag, immutable: true })),
    packages: [],
    ...given,
  };
}

/** What signals may ask: one repository, no vouches, and services that know nothing but what is given. */
export function aScoreContext({
  facts = aRepository(),
  vouches = [],
  repositoryOf,
  releases = [],
  answer = () => ({ status: 404 }),
  ...given
}: {
  facts?: RepositoryFacts | Failure;
  vouches?: readonly Vouch[];
  repositoryOf?: string;
  releases?: readonly Release[];
  /** What any service answers to a request of the fetcher. */
  answer?: (url: string) => FakeAnswer;
} & Partial<
  Pick<ScoreContext, "depsDev" | "scorecard" | "advisories" | "registry" | "takesMail" | "identityOf">
> = {}): ScoreContext & {
  readonly github: GitHubReader;
} {
  const unasked = async () => new Failure("not-checked", "signals do not ask this");
  return {
    fetcher: fakeFetcher(({ url }) => answer(url)),
    github: { sweep: unasked, glance: unasked, releaseDetail: unasked, facts: async () => facts, news: unasked },
    registry: { tags: unasked, digest: unasked, content: unasked, attached: async () => [], announce: () => undefined },
    urls: anyUrls(),
    vouches,
    depsDev: { version: async () => undefined, dependents: async () => undefined },
    scorecard: async () => undefined,
    advisories: async () => [],
    releasesOf: () => releases,
    takesMail: async () => true,
    repositoryOf: async () => repositoryOf,
    identityOf: () => undefined,
    now: NOW,
    ...given,
  };
}

const DIGEST = `sha256:${"a".repeat(64)}`;

/** Services that know only good of everything: what `aScoreContext` takes. */
export const generous = {
  releases: ["2.1", "2.0", "1.9", "1.8"].map((version, index) =>
    aRelease({
      version,
      publishedBy: "registry",
      publishedAt: `2026-${10 - index}-15T00:00:00.000Z`.replace(/-(\d)-/, "-0$1-"),
      digests: { index: DIGEST },
      evidence: { proofs: [{ kind: "cosign", subject: DIGEST, level: "verified", reason: "verified" } as never] },
    }),
  ),
  depsDev: { version: async () => ({ attested: true }), dependents: async () => 90_000 },
  scorecard: async () => ({
    result: { date: NOW, checks: { "Code-Review": 9, SAST: 9 } },
    source: "https://api.deps.dev",
  }),
  answer: (url: string) =>
    url.includes("/library/")
      ? { body: "Tags: 1, latest\n" }
      : { body: { pull_count: 9e8, downloads: 9e6, data: { last_month: 9e6 } } },
} as const;
