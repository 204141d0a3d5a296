import type { Answer, Received } from "../stand-in.ts";
import { restError } from "./answers.ts";
import { whoAsks } from "./credentials.ts";
import { type RateAccounts, rateHeaders } from "./rate-limit.ts";
import { APP_ROUTES } from "./rest-app.ts";
import { GIT_ROUTES } from "./rest-git.ts";
import { PULL_REQUEST_ROUTES } from "./rest-pull-requests.ts";
import { REPOSITORY_ROUTES } from "./rest-repository.ts";
import { type Call, entityTag, matchPath, type Route, refused } from "./rest-router.ts";
import { type Credential, findRepositoryById, fullName, type GithubWorld } from "./world.ts";

const ROUTES: readonly Route[] = [...REPOSITORY_ROUTES, ...GIT_ROUTES, ...PULL_REQUEST_ROUTES, ...APP_ROUTES];

/** The REST interface over a world; undefined for a path that is none of it. */
export function restEndpoint(
  world: GithubWorld,
  rates: RateAccounts,
  url: () => string,
): (request: Received) => Answer | undefined {
  return (received) => {
    const request = { ...received, path: pathByName(world, received.path) };
    if (!/^\/(repos|orgs|app|rate_limit)(\/|$)/.test(request.path)) return undefined;
    const { authorization } = request.headers;
    const asker = identify(world, authorization);
    if (asker === undefined) return restError(401, "Bad credentials");
    const { credential, byApp } = asker;
    const before = rates(credential, "core", 0);
    const scopes: Record<string, string> =
      credential?.scopes === undefined ? {} : { "x-oauth-scopes": credential.scopes };
    if (request.path === "/rate_limit") {
      return { headers: { ...rateHeaders(before), ...scopes }, body: rateLimitBody(rates, credential) };
    }
    if (before.remaining < 1 && !byApp) return { ...limited(credential), headers: rateHeaders(before) };
    const answer = dispatch({ world, credential, byApp, request, url: url() });
    const etag = entityTag(answer, authorization);
    const same = request.method === "GET" && request.headers["if-none-match"] === etag;
    // An unchanged answer is free for those who say who they are.
    const standing = rates(credential, "core", byApp || (same && credential !== undefined) ? 0 : 1);
    const headers = { ...rateHeaders(standing), ...scopes, ...answer.headers, etag };
    return same ? { status: 304, headers } : { ...answer, headers };
  };
}

/** Who asks: a credential, an App with its own token, or nobody; undefined for a credential that is wrong. */
function identify(world: GithubWorld, authorization: string | undefined) {
  const found = whoAsks(world, authorization);
  if (found !== "bad") return { credential: found, byApp: false };
  return isJwt(authorization) ? { credential: undefined, byApp: true } : undefined;
}

function limited(credential: Credential | undefined): Answer {
  return restError(
    403,
    `API rate limit exceeded for ${credential === undefined ? "127.0.0.1" : `user ${credential.login}`}.`,
  );
}

function dispatch(given: Omit<Call, "part" | "body">): Answer {
  const { request } = given;
  for (const [method, path, handle] of ROUTES) {
    const parts = method === request.method ? matchPath(path, request.path) : undefined;
    if (parts === undefined) continue;
    const body = readBody(request.body);
    if (body === undefined) return restError(400, "Problems parsing JSON");
    try {
      return handle({ ...given, body, part: (name) => parts[name] ?? "" });
    } catch (error) {
      return refused(error);
    }
  }
  return restError(404, "Not Found");
}

/** `/repositories/<id>/…`, to which GitHub sends those who ask for an old name. */
function pathByName(world: GithubWorld, path: string): string {
  const [, id, rest = ""] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  const repository = id === undefined ? undefined : findRepositoryById(world, Number(id));
  return repository === undefined ? path : `/repos/${fullName(repository)}${rest}`;
}

function readBody(bytes: Buffer): Call["body"] | undefined {
  try {
    return bytes.length === 0 ? {} : (JSON.parse(bytes.toString("utf8")) as Call["body"]);
  } catch {
    return undefined; // not JSON
  }
}

/** Apps sign a token for themselves. Its claims are GitHub's affair; here three parts are enough. */
function isJwt(authorization: string | undefined): boolean {
  return /^bearer [\w-]+\.[\w-]+\.[\w-]+$/i.test(authorization ?? "");
}

function rateLimitBody(rates: RateAccounts, credential: Credential | undefined): object {
  const resources = Object.fromEntries(
    (["core", "graphql"] as const).map((resource) => {
      const { limit, used, remaining, resetAt } = rates(credential, resource, 0);
      return [resource, { limit, used, remaining, reset: Math.ceil(Date.parse(resetAt) / 1000) }];
    }),
  );
  return { resources };
}
