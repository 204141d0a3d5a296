import type { Instant } from "../../../domain/instant.ts";
import type { Asset } from "../../../domain/release.ts";
import type { RepositoryFacts } from "../../facts/repository-facts.ts";
import type { Failure } from "../../failure.ts";
import type { GitHub } from "../client.ts";
import { createFacts } from "./facts.ts";
import { createNews, type NewsFile, type NewsRequest } from "./news.ts";
import { createOptionalFields } from "./optional-fields.ts";
import { createReleaseDetail } from "./release-detail.ts";
import { createGlance, createSweep } from "./sweep.ts";
import type { RepositorySweep, SweepRequest } from "./sweep-answer.ts";

/** Notes and assets of one release, read only for candidates. */
export type ReleaseDetail = {
  readonly tag: string;
  readonly notes: string;
  readonly url: string;
  readonly assets: readonly Asset[];
  readonly author?: string;
};

/** Coalescing reads: calls of one tick become one aliased GraphQL query, equal calls one answer. */
export type GitHubReader = {
  readonly sweep: (request: SweepRequest) => Promise<RepositorySweep | Failure>;
  /** `RepositorySweep.glance` of now: a tenth of a sweep's answer, to tell that nothing moved. */
  readonly glance: (request: SweepRequest) => Promise<string | Failure>;
  readonly releaseDetail: (owner: string, name: string, tag: string) => Promise<ReleaseDetail | Failure>;
  readonly facts: (owner: string, name: string) => Promise<RepositoryFacts | Failure>;
  readonly news: (request: NewsRequest) => Promise<readonly NewsFile[] | Failure>;
};

/** A reader over one client. What only some hosts' schemas have (Enterprise servers differ) is asked for once per reader. */
export function createGitHubReader(github: GitHub, clock: () => Instant = now): GitHubReader {
  const client = github.forPolling;
  const optional = createOptionalFields(client);
  const releaseDetail = createReleaseDetail(client, optional);
  const facts = createFacts(client, optional, clock);
  return {
    sweep: createSweep(client, optional),
    glance: createGlance(client),
    releaseDetail: (owner, name, tag) => releaseDetail({ owner, name, tag }),
    facts: (owner, name) => facts({ owner, name }),
    news: createNews(github),
  };
}

function now(): Instant {
  return new Date().toISOString();
}
