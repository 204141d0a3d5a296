import { z } from "zod";
import { Failure, isFailure } from "./failure.ts";
import type { Fetcher, FetchResponse } from "./fetcher.ts";
import { failureOfStatus, readJson } from "./http-status.ts";
import { type Challenge, readChallenges } from "./registry-challenge.ts";
import { shareRunning } from "./share-running.ts";

/** A login to a registry. */
export type RegistryLogin = { readonly username: string; readonly password: string };

/** A registry as the token dance needs to know it. */
export type RegistryHost = { readonly host: string; readonly url: string; readonly login: RegistryLogin | undefined };

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
const REALM_HOSTS: Readonly<Record<string, readonly string[]>> = {
  "docker.io": ["auth.docker.io"],
  "docker.elastic.co": ["docker-auth.elastic.co"],
  "registry.gitlab.com": ["gitlab.com"],
};
/** What a token lives that does not say (distribution-spec, token authentication). */
const DEFAULT_LIFETIME = 60;
/** A token is not used in its last seconds: it might expire on the way. */
const MARGIN = 5;

/** Tokens live in memory only, until they expire. `clock` in milliseconds. */
export function createTokenKeeper(fetcher: Fetcher, clock: () => number = Date.now): TokenKeeper {
  const tokens = new Map<string, { readonly value: string; readonly expiresAt: number }>();
  const realms = new Map<string, Challenge>();
  const share = shareRunning<string | undefined | Failure>();
  const keyOf = (registry: RegistryHost, repository: string) => `${registry.host} ${repository}`;

  async function request(registry: RegistryHost, repository: string, challenge: Challenge) {
    const answer = await requestToken(fetcher, registry, repository, challenge);
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
      const challenge = realms.get(registry.host);
      if (challenge === undefined) return undefined;
      const value = await share(keyOf(registry, repository), () => request(registry, repository, challenge));
      return isFailure(value) ? undefined : value; // the request then goes out bare, and its 401 tells what is wrong
    },
    obtain: (registry, repository, refused) =>
      share(keyOf(registry, repository), async () => {
        const challenges = readChallenges(refused.headers["www-authenticate"] ?? "");
        const bearer = challenges.find(({ scheme }) => scheme === "bearer");
        if (bearer !== undefined) {
          realms.set(registry.host, bearer);
          return request(registry, repository, bearer);
        }
        const basic = challenges.some(({ scheme }) => scheme === "basic");
        return basic && registry.login !== undefined ? basicOf(registry.login) : undefined;
      }),
    forget: (registry, repository) => void tokens.delete(keyOf(registry, repository)),
  };
}

async function requestToken(
  fetcher: Fetcher,
  registry: RegistryHost,
  repository: string,
  challenge: Challenge,
): Promise<{ readonly value: string; readonly lifetime: number } | undefined | Failure> {
  const { realm = "", service } = challenge.parameters;
  if (!URL.canParse(realm))
    return new Failure("unreadable", `${registry.host} names a token service that is not a URL`);
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set("service", service);
  url.searchParams.set("scope", `repository:${repository}:pull`);
  const trusted = registry.login !== undefined && mayReceiveLogin(registry, url);
  const headers = trusted && registry.login !== undefined ? { authorization: basicOf(registry.login) } : {};
  const response = await fetcher.fetch({ url: url.href, headers, maxBytes: 1024 * 1024 });
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfStatus(response, `a token to read ${repository} of ${registry.host}`);
  const answer = readJson(response, tokenSchema);
  if (isFailure(answer)) return answer;
  const token = answer.token ?? answer.access_token;
  if (token === undefined) return new Failure("unreadable", `${url.host} answered without a token`);
  return { value: `Bearer ${token}`, lifetime: answer.expires_in ?? DEFAULT_LIFETIME };
}

/** A registry may name any token service, but credentials go to its own host, or to one known to belong to it. */
function mayReceiveLogin(registry: RegistryHost, realm: URL): boolean {
  return realm.host === new URL(registry.url).host || (REALM_HOSTS[registry.host] ?? []).includes(realm.host);
}

function basicOf({ username, password }: RegistryLogin): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function dropExpired(tokens: Map<string, { readonly expiresAt: number }>, now: number): void {
  if (tokens.size < 1_000) return;
  for (const [key, { expiresAt }] of tokens) if (expiresAt <= now) tokens.delete(key);
}
