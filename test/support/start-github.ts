import type { Instant } from "../../src/domain/instant.ts";
import { createFetcher } from "../../src/lib/fetcher.ts";
import { createGitHub, type GitHub, type GitHubCredential } from "../../src/lib/github/client.ts";
import type { ServiceUrls } from "../../src/lib/http/urls.ts";
import { addToken } from "../upstreams/github/builders.ts";
import type { GithubWorld } from "../upstreams/github/world.ts";
import { type GithubOptions, startGithub } from "../upstreams/github.ts";

/** A stand-in of GitHub with a client of it; `close` ends both. */
export type StartedGitHub = {
  readonly standIn: Awaited<ReturnType<typeof startGithub>>;
  readonly fetcher: ReturnType<typeof createFetcher>;
  readonly urls: ServiceUrls["github"];
  readonly github: GitHub;
  readonly close: () => Promise<void>;
};

/** Starts GitHub over a world, with a client that has a token unless told otherwise. */
export async function startClientOf(
  world: GithubWorld,
  given: GithubOptions & {
    readonly credential?: GitHubCredential;
    readonly clock?: () => Instant;
    readonly retries?: number;
  } = {},
): Promise<StartedGitHub> {
  const {
    credential = { kind: "token", token: addToken(world) },
    clock = world.clock,
    retries = 0,
    ...options
  } = given;
  const standIn = await startGithub(world, options);
  const fetcher = createFetcher({
    userAgent: "Headgate/test",
    allowPrivate: [new URL(standIn.url).host],
    retries,
    clock: () => Date.parse(clock()),
    retryDelay: 1,
  });
  const urls = { api: standIn.url, graphql: `${standIn.url}/graphql`, web: standIn.url };
  return {
    standIn,
    fetcher,
    urls,
    github: createGitHub({ fetcher, urls, credential, clock }),
    close: async () => {
      await fetcher.close();
      await standIn.close();
    },
  };
}
