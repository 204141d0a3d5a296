import { type Failure, isFailure } from "./failure.ts";
import type { Fetcher, FetchResponse } from "./fetcher.ts";
import { type Challenge, readChallenges } from "./registry-challenge.ts";
import { createGrants, type Grant } from "./registry-grants.ts";
import { basicOf, type RegistryHost, requestToken, scopeFor, type Token } from "./registry-token-request.ts";
import { shareRunning } from "./share-running.ts";

type Answer = FetchResponse | Failure;

/** Sends requests with the `Authorization` that their registry wants. */
export type TokenKeeper = {
  /**
   * Sends with a token when the registry wants one, and once more with another when it refuses the first. `send` makes
   * the request below the repository; a second refusal is final.
   */
  readonly ask: (
    registry: RegistryHost,
    repository: string,
    send: (authorization: string | undefined) => Promise<Answer>,
  ) => Promise<Answer>;
};

/** A token is not used in its last seconds: it might expire on the way. */
const MARGIN = 5;
type Kept = { readonly value: string; readonly expiresAt: number; readonly isShared: boolean };
/** What is known of a registry's host. `challenge`: what it asked for, and about which repository. */
type Acquaintance = {
  challenge?: { readonly offered: Challenge; readonly repository: string };
  /** The first request is under way: what it learns is worth waiting for. */
  meeting?: Promise<void> | undefined;
  wantsNothing: boolean;
  readonly grant: (scope: string) => Promise<Grant | Failure>;
};

/**
 * Tokens live in memory only, until they expire. The first request to a host goes ahead and learns what it wants; after
 * that one token serves up to forty repositories. `clock` in milliseconds.
 */
export function createTokenKeeper(fetcher: Fetcher, clock: () => number = Date.now): TokenKeeper {
  const tokens = new Map<string, Kept>();
  const hosts = new Map<string, Acquaintance>();
  const share = shareRunning<string | undefined | Failure>();

  function hostOf(registry: RegistryHost): Acquaintance {
    const known = hosts.get(registry.host);
    if (known !== undefined) return known;
    const grant = createGrants((scopes) => requestScopes(registry, scopes));
    const host: Acquaintance = { wantsNothing: false, grant };
    hosts.set(registry.host, host);
    return host;
  }

  async function requestScopes(registry: RegistryHost, scopes: readonly string[]): Promise<Token | Failure> {
    const { challenge } = hostOf(registry);
    const offered = challenge?.offered ?? { scheme: "bearer", parameters: {} };
    return requestToken(fetcher, registry, offered, scopes);
  }

  function scopeOf(registry: RegistryHost, repository: string): readonly string[] {
    const { challenge } = hostOf(registry);
    return scopeFor(challenge?.offered.parameters.scope, challenge?.repository ?? "", repository);
  }

  const keyOf = (registry: RegistryHost, scope: readonly string[]) => `${registry.host} ${scope.join(" ")}`;

  function keep(registry: RegistryHost, scope: readonly string[], token: Token, isShared: boolean): string {
    dropExpired(tokens, clock());
    const lifetime = Math.max(token.lifetime - MARGIN, Math.min(token.lifetime, 1)) * 1_000;
    tokens.set(keyOf(registry, scope), { value: token.value, expiresAt: clock() + lifetime, isShared });
    return token.value;
  }

  /** A token for these scopes alone, or together with others who want one at this moment. */
  async function request(registry: RegistryHost, scope: readonly string[], alone: boolean): Promise<string | Failure> {
    const [only = "", ...others] = scope;
    const isAlone = alone || others.length > 0 || !only.startsWith("repository:");
    const token = isAlone ? await requestScopes(registry, scope) : await hostOf(registry).grant(only);
    if (isFailure(token)) return token;
    return "token" in token ? keep(registry, scope, token.token, token.isShared) : keep(registry, scope, token, false);
  }

  /** What is worth sending at once; undefined: nothing is known to help. */
  async function remembered(registry: RegistryHost, repository: string): Promise<string | undefined> {
    const host = hostOf(registry);
    await host.meeting;
    if (host.challenge === undefined) return undefined;
    const scope = scopeOf(registry, repository);
    const known = tokens.get(keyOf(registry, scope));
    if (known !== undefined && known.expiresAt > clock()) return known.value;
    const value = await share(keyOf(registry, scope), () => request(registry, scope, false));
    return isFailure(value) ? undefined : value; // the request then goes out bare, and its 401 tells what is wrong
  }

  /** Takes note of what a 401 offers. */
  function learn(registry: RegistryHost, repository: string, answer: Answer): void {
    if (isFailure(answer)) return;
    if (answer.status !== 401) hostOf(registry).wantsNothing = true;
    const offered = challengesOf(answer).find(({ scheme }) => scheme === "bearer");
    if (offered !== undefined) hostOf(registry).challenge = { offered, repository };
  }

  /** Follows the challenge of a refusal. Undefined: it offers nothing that can be followed. */
  function obtain(registry: RegistryHost, repository: string, refused: FetchResponse) {
    learn(registry, repository, refused);
    const basic = challengesOf(refused).some(({ scheme }) => scheme === "basic");
    if (hostOf(registry).challenge === undefined) return basic ? basicOf(registry.login) : undefined;
    const scope = scopeOf(registry, repository);
    return share(`${keyOf(registry, scope)} alone`, () => request(registry, scope, true));
  }

  async function sendFirst(registry: RegistryHost, repository: string, send: (token?: string) => Promise<Answer>) {
    const host = hostOf(registry);
    if (host.meeting !== undefined || host.challenge !== undefined || host.wantsNothing)
      return send(await remembered(registry, repository));
    const first = send(undefined);
    host.meeting = first.then((answer) => learn(registry, repository, answer)).catch(() => undefined);
    await host.meeting;
    host.meeting = undefined;
    return first;
  }

  return {
    ask: async (registry, repository, send) => {
      const first = await sendFirst(registry, repository, send);
      if (isFailure(first)) return first;
      const key = keyOf(registry, scopeOf(registry, repository));
      const wasShared = tokens.get(key)?.isShared === true;
      if (first.status !== 401 && !(first.status === 403 && wasShared)) return first;
      tokens.delete(key);
      const authorization = await obtain(registry, repository, first);
      if (isFailure(authorization)) return authorization;
      return authorization === undefined ? first : send(authorization);
    },
  };
}

function challengesOf(answer: FetchResponse): Challenge[] {
  return readChallenges(answer.headers["www-authenticate"] ?? "");
}

function dropExpired(tokens: Map<string, { readonly expiresAt: number }>, now: number): void {
  if (tokens.size < 1_000) return;
  for (const [key, { expiresAt }] of tokens) if (expiresAt <= now) tokens.delete(key);
}
