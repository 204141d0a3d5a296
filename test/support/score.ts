import type { Vouch } from "../../src/domain/trust.ts";
import { Failure } from "../../src/lib/failure.ts";
import type { GitHubReader, RepositoryFacts } from "../../src/lib/github-reader.ts";
import type { ScoreContext } from "../../src/score/signal.ts";
import { NOW } from "./build.ts";
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
    ...given,
  };
}

/** What signals may ask: one repository, no vouches, and a Docker Hub that answers as given. */
export function aScoreContext({
  facts = aRepository(),
  vouches = [],
  repositoryOf,
  hub = () => ({ status: 404 }),
}: {
  facts?: RepositoryFacts | Failure;
  vouches?: readonly Vouch[];
  repositoryOf?: string;
  hub?: (url: string) => FakeAnswer;
} = {}): ScoreContext & { readonly github: GitHubReader } {
  const unasked = async () => new Failure("not-checked", "signals do not ask this");
  return {
    fetcher: fakeFetcher(({ url }) => hub(url)),
    github: { sweep: unasked, glance: unasked, releaseDetail: unasked, facts: async () => facts },
    urls: anyUrls(),
    vouches,
    repositoryOf: () => repositoryOf,
    now: NOW,
  };
}
