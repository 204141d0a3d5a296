import { restError } from "./github/answers.ts";
import { downloads } from "./github/downloads.ts";
import { gitProtocol } from "./github/git-protocol.ts";
import { graphqlEndpoint } from "./github/graphql.ts";
import type { Edition } from "./github/graphql-schema.ts";
import { rateAccounts } from "./github/rate-limit.ts";
import { restEndpoint } from "./github/rest.ts";
import type { GithubWorld } from "./github/world.ts";
import type { Answer, Received, StandIn, StandInOptions } from "./stand-in.ts";
import { startStandIn } from "./stand-in.ts";

/** How a stand-in of GitHub differs from github.com. */
export type GithubOptions = StandInOptions & {
  /** `enterprise` lacks `Release.immutable` and `ReleaseAsset.digest`. */
  readonly edition?: Edition;
  /** Queries with more aliased fields are answered 502. */
  readonly maxAliases?: () => number;
  /** Queries are parsed and answered, not validated: for benches, whose queries are those that the tests validate. */
  readonly trusting?: boolean;
};

/** GitHub over a world: API at `url`, GraphQL at `url`/graphql, git and downloads at `url`/<owner>/<name>. */
export async function startGithub(
  world: GithubWorld,
  options: GithubOptions = {},
): Promise<StandIn & { readonly world: GithubWorld }> {
  const { edition = "current", maxAliases = () => Number.POSITIVE_INFINITY, trusting = false, ...manner } = options;
  const rates = rateAccounts(world);
  const web = () => standIn.url;
  const graphql = graphqlEndpoint(world, rates, { web, edition, maxAliases, trusting });

  const rest = restEndpoint(world, rates, web);

  function answer(request: Received): Answer | Promise<Answer> {
    if (request.headers["user-agent"] === undefined) {
      return restError(
        403,
        "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
      );
    }
    if (request.path === "/graphql" && request.method === "POST") return graphql(request);
    return rest(request) ?? gitProtocol(world, request) ?? downloads(world, request) ?? restError(404, "Not Found");
  }

  const standIn = await startStandIn(answer, manner);
  return { ...standIn, world };
}
