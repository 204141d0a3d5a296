import { createAppAuth } from "@octokit/auth-app";
import type { Instant } from "../../domain/instant.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import type { ServiceUrls } from "../http/urls.ts";
import type { Draw } from "../limits/budget.ts";
import { createGate } from "../limits/gate.ts";
import { NO_PACE, type WritePace } from "../limits/write-pace.ts";
import { createQuery, type GraphqlAnswer } from "./graphql.ts";
import { createInstallationTokens, type RepositoryName, type Subject, type Tokens } from "./installations.ts";
import { createLimit } from "./limit.ts";
import { needsOfGraphql, needsOfRest, type Permissions } from "./permissions.ts";
import { createRestCall, type RestAnswer, type RestCall, type RestMethod } from "./rest.ts";

/** A personal access token, or a GitHub App whose installations give tokens. */
export type GitHubCredential =
  | { readonly kind: "token"; readonly token: string }
  | {
      readonly kind: "app";
      readonly appId: string;
      /** PEM; line breaks may be written as `\n`. */
      readonly privateKey: string;
      /** Whose installation reads public data where the App is not installed; absent: the App's first. */
      readonly repository?: RepositoryName;
    };

/** GitHub with a credential. Secrets stay inside; callers validate the data with their own schema. */
export type GitHubClient = {
  /** An App's commits are signed when made through the git data API; a token's only through `createCommitOnBranch`. */
  readonly credential: "app" | "token";
  /**
   * One request at a time per credential. Failures: `rate-limited` (with `retryAt`), `timeout` (too much for one
   * query), `unauthorized`, `forbidden`, `unavailable` … An App writes with the installation of `repository`, so
   * mutations name it. Variables may not be called `query`, `method`, `url`, `headers`, `request`, `baseUrl`,
   * `mediaType` or `operationName`: the client takes those for itself.
   */
  readonly graphql: (
    document: string,
    variables: Readonly<Record<string, unknown>>,
    repository?: RepositoryName,
  ) => Promise<GraphqlAnswer | Failure>;
  /** `path` begins with a slash and is below the API's base URL. Statuses of 400 and above are failures. */
  readonly rest: (method: RestMethod, path: string, body?: unknown) => Promise<RestAnswer | Failure>;
  /** Before a change of several steps is begun: a `rate-limited` failure where the hour has no room for it. */
  readonly room: (repository: RepositoryName) => Promise<Failure | undefined>;
};

/** The same client twice: polls leave a part of each budget to everything else. */
export type GitHub = GitHubClient & {
  readonly forPolling: GitHubClient;
  /** What an App's installation was granted for a repository; absent for a token, which nobody can ask for it. */
  readonly granted?: (repository: RepositoryName) => Promise<Permissions | Failure>;
};

/** What a client is made of. Without a clock, time is the system's. */
export type GitHubOptions = {
  readonly fetcher: Fetcher;
  readonly urls: ServiceUrls["github"];
  readonly credential: GitHubCredential;
  readonly clock?: () => Instant;
  /** How quickly changes are made; default: as they come. */
  readonly pace?: WritePace;
};

/** GitHub's advice is to ask in turn (https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api). */
const REST_AT_ONCE = 4;

/** A client of one GitHub host with one credential. Nothing is sent while a limit lasts. */
export function createGitHub({ fetcher, urls, credential, clock = now, pace = NO_PACE }: GitHubOptions): GitHub {
  const graphqlLimit = createLimit(clock);
  const restLimit = createLimit(clock);
  const call = createRestCall({ fetcher, api: urls.api, limit: restLimit, clock });
  const tokens = credential.kind === "token" ? fixedToken(credential.token) : appTokens(credential, call, clock);
  const query = createQuery({ fetcher, url: urls.graphql, limit: graphqlLimit, clock });
  const draws = drawsOn(urls.api, credential);
  const oneAtATime = createGate(1);
  const fewAtATime = createGate(REST_AT_ONCE);
  const client = (purpose: "polling" | "everything else"): GitHubClient => {
    const urgent = purpose !== "polling";
    return {
      credential: credential.kind,
      graphql: async (document, variables, repository) => {
        const subject = { repository, needs: needsOfGraphql(document) };
        const draw = draws("graphql", repository, urgent);
        if (/^\s*mutation\b/.test(document)) await pace.turn(accountOf(credential, repository));
        return oneAtATime(() =>
          withToken(tokens, subject, (token) => query(document, variables, token, draw), hasForbiddenPart),
        );
      },
      rest: async (method, path, body) => {
        const repository = repositoryOf(path);
        const subject = { repository, needs: needsOfRest(method, path) };
        const draw = draws("core", repository, urgent);
        if (method !== "GET") await pace.turn(accountOf(credential, repository));
        return fewAtATime(() => withToken(tokens, subject, (token) => call({ method, path, token, body, draw })));
      },
      room: (repository) => pace.room(accountOf(credential, repository)),
    };
  };
  const { granted } = tokens;
  return { ...client("everything else"), forPolling: client("polling"), ...(granted !== undefined && { granted }) };
}

/** A token has one budget of each kind; each installation of an App has its own, and there is one per account. */
function drawsOn(api: string, credential: GitHubCredential) {
  const { host } = new URL(api);
  return (resource: "core" | "graphql", repository: RepositoryName | undefined, urgent: boolean): Draw => {
    return { budget: `${host} ${resource} ${accountOf(credential, repository)}`, cost: 1, urgent };
  };
}

function accountOf({ kind }: GitHubCredential, repository: RepositoryName | undefined): string {
  return kind === "token" ? "token" : (repository?.owner ?? "home").toLowerCase();
}

/**
 * Runs a request with a token, and once more with a new one when GitHub no longer accepts the first. What GitHub forbids is
 * tried with a new token next time: somebody may grant it meanwhile.
 */
async function withToken<T>(
  tokens: Tokens,
  subject: Subject,
  send: (token: string) => Promise<T | Failure>,
  isForbidden: (answer: T) => boolean = () => false,
): Promise<T | Failure> {
  const token = await tokens.tokenFor(subject);
  if (isFailure(token)) return token;
  const answer = await send(token);
  const forbidden = isFailure(answer) ? answer.code === "forbidden" : isForbidden(answer);
  const refused = isFailure(answer) && answer.code === "unauthorized";
  if (!refused && !forbidden) return answer;
  await tokens.forget(token);
  if (!refused) return answer;
  const renewed = await tokens.tokenFor(subject);
  if (isFailure(renewed)) return renewed;
  return renewed === token ? answer : send(renewed);
}

function hasForbiddenPart({ errors }: GraphqlAnswer): boolean {
  return errors.some(({ type }) => type === "FORBIDDEN");
}

function fixedToken(token: string): Tokens {
  return { tokenFor: async () => token, forget: async () => undefined };
}

function appTokens(app: GitHubCredential & { kind: "app" }, call: RestCall, clock: () => Instant): Tokens {
  const auth = createAppAuth({ appId: app.appId, privateKey: app.privateKey });
  const asApp = async (method: "GET" | "POST", path: string, body?: unknown) => {
    const jwt = await signJwt(() => auth({ type: "app" }));
    if (isFailure(jwt)) return jwt;
    const answer = await call({ method, path, token: jwt, body });
    return isFailure(answer) ? answer : answer.data;
  };
  return createInstallationTokens(asApp, clock, app.repository);
}

async function signJwt(sign: () => Promise<{ token: string }>): Promise<string | Failure> {
  try {
    return (await sign()).token;
  } catch {
    // What the signer throws may quote the key.
    return new Failure("misconfigured", "GITHUB_APP_PRIVATE_KEY is not a private key in PEM form.");
  }
}

function repositoryOf(path: string): RepositoryName | undefined {
  const [, owner, name] = /^\/repos\/([^/?]+)\/([^/?]+)/.exec(path) ?? [];
  return owner === undefined || name === undefined ? undefined : { owner, name };
}

function now(): Instant {
  return new Date().toISOString();
}
