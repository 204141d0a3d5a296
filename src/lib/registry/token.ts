import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher, FetchResponse } from "../fetcher.ts";
import { type Challenge, readChallenges } from "./challenge.ts";
import { basicOf, type RegistryHost } from "./token-request.ts";
import { createTokenStore, type Kept, type TokenStore } from "./token-store.ts";

type Answer = FetchResponse | Failure;
type Send = (authorization: string | undefined) => Promise<Answer>;

/** Sends requests with the `Authorization` that their registry wants. */
export type TokenKeeper = {
  /**
   * Sends with a token when the registry wants one, and again with another when it refuses the first. `send` makes
   * the request below the repository; the refusal of a token of its own is final.
   */
  readonly ask: (registry: RegistryHost, repository: string, send: Send) => Promise<Answer>;
  /** Says that a repository will be asked about, so that a token for others may be for it, too. */
  readonly announce: (registry: RegistryHost, repository: string) => void;
};

/** What is known of a registry's host. */
type KnownHost = {
  /** The first request is under way: what it learns is worth waiting for. */
  meeting?: Promise<void> | undefined;
  wantsNothing: boolean;
  /** It refused what came without a login, and offers nothing but Basic: from then on the login is sent at once. */
  wantsLogin: boolean;
  readonly store: TokenStore;
};

/**
 * The first request to a host goes ahead and learns what it wants; after that one token serves up to forty
 * repositories: those that want one at this moment, then those that were announced. `clock` in milliseconds.
 */
export function createTokenKeeper(fetcher: Fetcher, clock: () => number = Date.now): TokenKeeper {
  const hosts = new Map<string, KnownHost>();

  function hostOf(registry: RegistryHost): KnownHost {
    const known = hosts.get(registry.host);
    if (known !== undefined) return known;
    const host: KnownHost = {
      wantsNothing: false,
      wantsLogin: false,
      store: createTokenStore(fetcher, registry, clock),
    };
    hosts.set(registry.host, host);
    return host;
  }

  return {
    announce: (registry, repository) => {
      const { wantsNothing, store } = hostOf(registry);
      if (!wantsNothing || store.knowsWhatIsWanted()) store.announce(repository);
    },
    ask: async (registry, repository, send) => {
      const host = hostOf(registry);
      const mayMeet = host.meeting === undefined;
      if (!mayMeet) await host.meeting;
      if (host.store.knowsWhatIsWanted()) return askKnown(host, repository, send);
      const basic = host.wantsLogin ? basicOf(registry.login) : undefined;
      const isFirst = mayMeet && !host.wantsNothing && basic === undefined;
      const answer = await (isFirst ? meet(host, repository, send) : send(basic));
      return followRefusal(host, registry, { repository, answer, sent: basic, send });
    },
  };
}

/** Sends the first request to a host without a token, while all others wait for what it learns. */
async function meet(host: KnownHost, repository: string, send: Send): Promise<Answer> {
  const first = send(undefined);
  host.meeting = first.then((answer) => learn(host, repository, answer)).catch(() => undefined);
  await host.meeting;
  host.meeting = undefined;
  return first;
}

/** Takes note of what an answer to no token, or to a bad one, says. */
function learn(host: KnownHost, repository: string, answer: Answer): void {
  if (isFailure(answer)) return;
  const { store } = host;
  const challenges = challengesOf(answer);
  const offered = challenges.find(({ scheme }) => scheme === "bearer");
  if (offered !== undefined) store.learn(offered, repository);
  else if (answer.status === 401) host.wantsLogin = challenges.some(({ scheme }) => scheme === "basic");
  else {
    host.wantsNothing = true;
    store.forgetAnnounced();
  }
}

/** Follows a refusal of a request without a token, or with a login, from a registry that was not known to want tokens. */
async function followRefusal(
  host: KnownHost,
  registry: RegistryHost,
  { repository, answer, sent, send }: { repository: string; answer: Answer; sent: string | undefined; send: Send },
): Promise<Answer> {
  if (isFailure(answer) || answer.status !== 401) return answer;
  learn(host, repository, answer);
  if (!host.store.knowsWhatIsWanted()) {
    const authorization = host.wantsLogin ? basicOf(registry.login) : undefined;
    return authorization === undefined || authorization === sent ? answer : send(authorization);
  }
  const kept = await host.store.shared(repository);
  if (isFailure(kept)) return kept;
  return kept.grant === undefined ? send(kept.value) : sendShared(host, repository, kept, send);
}

async function askKnown(host: KnownHost, repository: string, send: Send): Promise<Answer> {
  const kept = await host.store.shared(repository);
  if (!isFailure(kept)) return sendShared(host, repository, kept, send);
  const bare = await send(undefined); // its 401 tells what is wrong
  if (isFailure(bare) || bare.status !== 401) return bare;
  learn(host, repository, bare);
  const own = await host.store.own(repository);
  return isFailure(own) ? own : send(own.value);
}

/** Sends with a token that may have been withdrawn meanwhile, or never covered this repository; then with one of its own. */
async function sendShared(host: KnownHost, repository: string, kept: Kept, send: Send): Promise<Answer> {
  const { store } = host;
  const answer = await send(kept.value);
  if (!isRefusal(answer, kept)) {
    if (!isFailure(answer)) store.accept(repository, kept);
    return answer;
  }
  if (answer.status === 401) learn(host, repository, answer);
  const own = await store.own(repository);
  if (isFailure(own)) return own;
  const second = await send(own.value);
  const isBetter = !isFailure(second) && !isRefusal(second, kept);
  if (isBetter && kept.grant !== undefined)
    store.mistrust(kept.grant, TOO_LONG.includes(answer.status) ? "too-long" : "one-scope-only");
  return second;
}

/** Answers to a header that is too long for a server. */
const TOO_LONG: readonly number[] = [400, 413, 431, 494];

/** A 403 to a token for many may mean that it is none for this one; to a token of its own it is the answer. */
function isRefusal(answer: Answer, { grant }: Kept): answer is FetchResponse {
  if (isFailure(answer)) return false;
  return answer.status === 401 || (grant !== undefined && [403, ...TOO_LONG].includes(answer.status));
}

function challengesOf(answer: FetchResponse): Challenge[] {
  return readChallenges(answer.headers["www-authenticate"] ?? "");
}
