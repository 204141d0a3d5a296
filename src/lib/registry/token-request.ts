import { z } from "zod";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher, FetchRequest } from "../fetcher.ts";
import { failureOfStatus, readJson } from "../http/status.ts";
import type { Challenge } from "./challenge.ts";

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

/** What a token service gave: an `Authorization` value, and the seconds for which it is good. */
export type Token = { readonly value: string; readonly lifetime: number };

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
/**
 * The scope to ask for. Most registries want `repository:<name>:pull`; a mirror names its own repository, and some
 * something else altogether (public ECR: `aws`). What one repository was told is carried over to another by its name.
 */
export function scopeFor(told: string | undefined, toldOf: string, repository: string): readonly string[] {
  const usual = `repository:${repository}:pull`;
  const scopes = (told ?? "").split(" ").filter((scope) => scope !== "");
  if (scopes.length === 0) return [usual];
  if (!scopes.some((scope) => scope.startsWith("repository:"))) return scopes;
  if (repository === toldOf) return scopes.map((scope) => scope.replace(/^(repository:.*):[^:]*$/, "$1:pull"));
  return [usual];
}

/** Asks the token service that a challenge names. */
export async function requestToken(
  fetcher: Fetcher,
  registry: RegistryHost,
  challenge: Challenge,
  scope: readonly string[],
): Promise<Token | Failure> {
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

/** Basic authorization (RFC 7617) with a login that has a password. */
export function basicOf(login: RegistryLogin | undefined): string | undefined {
  if (login === undefined || !("username" in login)) return undefined;
  return `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
}
