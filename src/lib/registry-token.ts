import { z } from "zod";
import { Failure, isFailure } from "./failure.ts";
import type { Fetcher, FetchRequest, FetchResponse } from "./fetcher.ts";
import { failureOfStatus, readJson } from "./http-status.ts";
import { type Challenge, readChallenges } from "./registry-challenge.ts";
import { shareRunning } from "./share-running.ts";

/** A login to a registry: a name with its password, or the refresh token that a token service gave out at a login. */
export type RegistryLogin =
  | { readonly username: string; readonly password: string }
  | { readonly identityToken: string };

/** A registry as the token dance needs to know it. `tokenHost`: another host that may receive its login. */
export type RegistryHost = {
  readonly host: string;
  readonly url: string;
  readonly login: RegistryLogin | undefined;
  readonly tokenHost?: string | undefined;
};

/** Obtains and keeps `Authorization` values per registry and repository. */
export type TokenKeeper = {
  /** What is worth sending at once; undefined: ask without, the registry will say what it wants. */
  readonly remembered: (registry: RegistryHost, repository: string) => Promise<string | undefined>;
  /** Follows the challenge of a 401 answer. Undefined: it offers nothing that can be followed. */
  readonly obtain: (
    registry: RegistryHost,
    repository: string,
    refused: FetchResponse,
  ) => Promise<string | undefined | Failure>;
  readonly forget: (registry: RegistryHost, repository: string) => void;
};

const tokenSchema = z.object({
  token: z.string().min(1).optional().catch(undefined),
  access_token: z.string().min(1).optional().catch(undefined),
  expires_in: z.number().positive().optional().catch(undefined),
});

/** Hosts of token services that may receive the credentials of another registry host. */
const REALM_HOSTS: Readonly<Record<string, string>> = {
  "registry-1.docker.io": "auth.docker.io",
  "docker.elastic.co": "docker-auth.elastic.co",
  "registry.gitlab.com": "gitlab.com",
};
/** What a token lives that does not say (distribution-spec, token authentication). */
const DEFAULT_LIFETIME = 60;
/** A token is not used in its last seconds: it might expire on the way. */
const MARGIN = 5;

/** Tokens live in memory only, until they expire. `clock` in milliseconds. */
export function createTokenKeeper(fetcher: Fetcher, clock: () => number = Date.now): TokenKeeper {
  const tokens = new Map<string, { readonly value: string; readonly expiresAt: number }>();
  const realms = new Map<string, { readonly challenge: Challenge; readonly repository: string }>();
  const share = shareRunning<string | undefined | Failure>();
  const keyOf = (registry: RegistryHost, repository: string) => `${registry.host} ${repository}`;

  async function request(registry: RegistryHost, repository: string) {
    const known = realms.get(registry.host);
    if (known === undefined) return undefined;
    const scope = scopeFor(known.challenge.parameters.scope, known.repository, repository);
    const answer = await requestToken(fetcher, registry, known.challenge, scope);
    if (answer === undefined || isFailure(answer)) return answer;
    dropExpired(tokens, clock());
    const lifetime = Math.max(answer.lifetime - MARGIN, Math.min(answer.lifetime, 1)) * 1_000;
    tokens.set(keyOf(registry, repository), { value: answer.value, expiresAt: clock() + lifetime });
    return answer.value;
  }

  return {
    remembered: async (registry, repository) => {
      const known = tokens.get(keyOf(registry, repository));
      if (known !== undefined && known.expiresAt > clock()) return known.value;
      const value = await share(keyOf(registry, repository), () => request(registry, repository));
      return isFailure(value) ? undefined : value; // the request then goes out bare, and its 401 tells what is wrong
    },
    obtain: (registry, repository, refused) =>
      share(keyOf(registry, repository), async () => {
        const challenges = readChallenges(refused.headers["www-authenticate"] ?? "");
        const bearer = challenges.find(({ scheme }) => scheme === "bearer");
        if (bearer !== undefined) {
          realms.set(registry.host, { challenge: bearer, repository });
          return request(registry, repository);
        }
        const basic = challenges.some(({ scheme }) => scheme === "basic");
        return basic ? basicOf(registry.login) : undefined;
      }),
    forget: (registry, repository) => void tokens.delete(keyOf(registry, repository)),
  };
}

/**
 * The scope to ask for. Most registries want `repository:<name>:pull`; a mirror names its own repository, and some
 * something else altogether (public ECR: `aws`). What one repository was told is carried over to another by its name.
 */
function scopeFor(told: string | undefined, toldOf: string, repository: string): readonly string[] {
  const usual = `repository:${repository}:pull`;
  const scopes = (told ?? "").split(" ").filter((scope) => scope !== "");
  if (scopes.length === 0) return [usual];
  if (!scopes.some((scope) => scope.startsWith("repository:"))) return scopes;
  if (repository === toldOf) return scopes.map((scope) => scope.replace(/^(repository:.*):[^:]*$/, "$1:pull"));
  return [usual];
}

async function requestToken(
  fetcher: Fetcher,
  registry: RegistryHost,
  challenge: Challenge,
  scope: readonly string[],
): Promise<{ readonly value: string; readonly lifetime: number } | undefined | Failure> {
  const { realm = "", service } = challenge.parameters;
  if (!URL.canParse(realm))
    return new Failure("unreadable", `${registry.host} names a token service that is not a URL`);
  const url = new URL(realm);
  const trusted = mayReceiveLogin(registry, url);
  const response = await fetcher.fetch({
    ...tokenRequest(url, service, scope, trusted ? registry.login : undefined),
    anonymous: true,
    maxBytes: 1024 * 1024,
  });
  if (isFailure(response)) return response;
  if (response.status !== 200) {
    const withheld = registry.login !== undefined && !trusted;
    const why = withheld ? `; its login was not sent to ${url.host}: name that host as its token-host` : "";
    return failureOfStatus(response, `a token for ${scope.join(" ")} of ${registry.host}${why}`);
  }
  const answer = readJson(response, tokenSchema);
  if (isFailure(answer)) return answer;
  const token = answer.token ?? answer.access_token;
  if (token === undefined) return new Failure("unreadable", `${url.host} answered without a token`);
  return { value: `Bearer ${token}`, lifetime: answer.expires_in ?? DEFAULT_LIFETIME };
}

/** By GET (distribution, token authentication), or with an identity token by POST (distribution, OAuth2 token authentication). */
function tokenRequest(
  realm: URL,
  service: string | undefined,
  scope: readonly string[],
  login: RegistryLogin | undefined,
): FetchRequest {
  if (login !== undefined && "identityToken" in login) {
    const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: login.identityToken });
    form.set("client_id", "headgate");
    if (service !== undefined) form.set("service", service);
    form.set("scope", scope.join(" "));
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return { url: realm.href, method: "POST", headers, body: form.toString() };
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set("service", service);
  for (const one of scope) url.searchParams.append("scope", one);
  const authorization = basicOf(login);
  return { url: url.href, headers: authorization === undefined ? {} : { authorization } };
}

/** A registry may name any token service, but credentials go to its own host, or to one known to belong to it. */
function mayReceiveLogin(registry: RegistryHost, realm: URL): boolean {
  const { host, protocol } = new URL(registry.url);
  return realm.protocol === protocol && [host, REALM_HOSTS[host], registry.tokenHost].includes(realm.host);
}

function basicOf(login: RegistryLogin | undefined): string | undefined {
  if (login === undefined || !("username" in login)) return undefined;
  return `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
}

function dropExpired(tokens: Map<string, { readonly expiresAt: number }>, now: number): void {
  if (tokens.size < 1_000) return;
  for (const [key, { expiresAt }] of tokens) if (expiresAt <= now) tokens.delete(key);
}
