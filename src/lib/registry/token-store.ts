import { shareRunning } from "../concurrency/share-running.ts";
import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import type { Challenge } from "./challenge.ts";
import { createGrants, type Grant, type Grants } from "./grants.ts";
import { type RegistryHost, requestToken, scopeFor, type Token } from "./token-request.ts";

/** A token for a repository. `grant`: it was given for several, and may turn out not to cover this one. */
export type Kept = { readonly value: string; readonly expiresAt: number; readonly grant?: Grant | undefined };

/** Why a shared token is thought to be no good: the registry heeds one of its scopes, or it makes too long a header. */
type Mistrust = "one-scope-only" | "too-long";

/** The tokens of one registry's host, by what its challenge asked for. */
export type TokenStore = {
  /** Takes note of what the registry wants, and about which repository it said so. */
  readonly learn: (offered: Challenge, repository: string) => void;
  readonly knowsWhatIsWanted: () => boolean;
  /** Repositories that will be asked about, the soonest first: a token for others may be for them, too. */
  readonly announce: (repository: string) => void;
  readonly forgetAnnounced: () => void;
  /** One that is held, or a new one for as many repositories as one token may serve. */
  readonly shared: (repository: string) => Promise<Kept | Failure>;
  /** A new one for this repository alone, in place of what is held. */
  readonly own: (repository: string) => Promise<Kept | Failure>;
  /** The registry took a token for this repository. */
  readonly accept: (repository: string, kept: Kept) => void;
  /** The registry took no shared token for a repository, but one of its own. */
  readonly mistrust: (grant: Grant, reason: Mistrust) => void;
};

/** A token is not used in its last seconds: it might expire on the way. */
const MARGIN = 5;

/** What the store holds, and how it comes by more. */
type State = {
  readonly fetcher: Fetcher;
  readonly registry: RegistryHost;
  readonly clock: () => number;
  readonly tokens: Map<string, Kept>;
  readonly announced: Set<string>;
  /** What the registry's challenge asked for, and about which repository. */
  wanted: { readonly offered: Challenge; readonly repository: string } | undefined;
  readonly grants: Grants;
  /** However many want a token of their own for the same scope at once, one request is made. */
  readonly share: ReturnType<typeof shareRunning<Kept | Failure>>;
};

/** Tokens live in memory only, until they expire. `clock` in milliseconds. */
export function createTokenStore(fetcher: Fetcher, registry: RegistryHost, clock: () => number): TokenStore {
  const state: State = {
    fetcher,
    registry,
    clock,
    tokens: new Map(),
    announced: new Set(),
    wanted: undefined,
    share: shareRunning(),
    grants: createGrants(
      (scopes) => request(state, scopes),
      (most, but) => takeAnnounced(state, most, but),
      (scope, grant) => void keep(state, [scope], grant.token, grant.scopes.length > 1 ? grant : undefined),
    ),
  };
  return {
    learn: (offered, repository) => {
      state.wanted = { offered, repository };
    },
    knowsWhatIsWanted: () => state.wanted !== undefined,
    announce: (repository) => void state.announced.add(repository),
    forgetAnnounced: () => state.announced.clear(),
    shared: (repository) => sharedToken(state, repository),
    own: (repository) => ownToken(state, repository),
    accept: (repository, { grant }) => void grant?.accepted.add(keyOf(scopeOf(state, repository))),
    mistrust: (grant, reason) => mistrust(state, grant, reason),
  };
}

async function sharedToken(state: State, repository: string): Promise<Kept | Failure> {
  const scope = scopeOf(state, repository);
  const known = held(state, scope);
  if (known !== undefined) return known;
  state.announced.delete(repository);
  const only = ofRepository(scope);
  if (only === undefined) return ownToken(state, repository);
  const grant = await state.grants.ask(only);
  return isFailure(grant) ? grant : (held(state, scope) ?? ownToken(state, repository));
}

function ownToken(state: State, repository: string): Promise<Kept | Failure> {
  const scope = scopeOf(state, repository);
  state.tokens.delete(keyOf(scope));
  return state.share(keyOf(scope), async () => {
    const token = await request(state, scope);
    return isFailure(token) ? token : keep(state, scope, token);
  });
}

function request({ fetcher, registry, wanted }: State, scopes: readonly string[]): Promise<Token | Failure> {
  return requestToken(fetcher, registry, wanted?.offered ?? { scheme: "bearer", parameters: {} }, scopes);
}

function mistrust({ grants, tokens, announced }: State, grant: Grant, reason: Mistrust): void {
  if (reason === "one-scope-only" && grant.accepted.size > 1) return;
  grants.lower(reason === "too-long" ? Math.ceil(grant.scopes.length / 2) : 1);
  for (const scope of grant.scopes) {
    if (tokens.get(scope)?.grant !== grant || grant.accepted.has(scope)) continue;
    tokens.delete(scope);
    announced.add(scope.replace(/^repository:(.*):pull$/, "$1"));
  }
}

function scopeOf({ wanted }: State, repository: string): readonly string[] {
  return scopeFor(wanted?.offered.parameters.scope, wanted?.repository ?? "", repository);
}

/** A token that is good still. */
function held({ tokens, clock }: State, scope: readonly string[]): Kept | undefined {
  const known = tokens.get(keyOf(scope));
  return known !== undefined && known.expiresAt > clock() ? known : undefined;
}

function keep({ tokens, clock }: State, scope: readonly string[], token: Token, grant?: Grant): Kept {
  dropExpired(tokens, clock());
  const lifetime = Math.max(token.lifetime - MARGIN, Math.min(token.lifetime, 1)) * 1_000;
  const kept = { value: token.value, expiresAt: clock() + lifetime, grant };
  tokens.set(keyOf(scope), kept);
  return kept;
}

/** Announced repositories that have no token yet, as scopes. */
function takeAnnounced(state: State, most: number, but: ReadonlySet<string>): string[] {
  const scopes: string[] = [];
  for (const repository of state.announced) {
    if (scopes.length >= most) break;
    state.announced.delete(repository);
    const scope = scopeOf(state, repository);
    const only = ofRepository(scope);
    if (only !== undefined && !but.has(only) && held(state, scope) === undefined) scopes.push(only);
  }
  return scopes;
}

function keyOf(scope: readonly string[]): string {
  return scope.join(" ");
}

/** The scope where it is one repository's: only such may stand beside others in a token. */
function ofRepository([only, ...others]: readonly string[]): string | undefined {
  return others.length === 0 && only?.startsWith("repository:") === true ? only : undefined;
}

function dropExpired(tokens: Map<string, { readonly expiresAt: number }>, now: number): void {
  if (tokens.size < 1_000) return;
  for (const [key, { expiresAt }] of tokens) if (expiresAt <= now) tokens.delete(key);
}
