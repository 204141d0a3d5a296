import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { shareRunning } from "../share-running.ts";
import type { Challenge } from "./challenge.ts";
import { createGrants, type Grant } from "./grants.ts";
import { type RegistryHost, requestToken, scopeFor, type Token } from "./token-request.ts";

/** A token for a repository. `grant`: it was given for several, and may turn out not to cover this one. */
export type Kept = { readonly value: string; readonly expiresAt: number; readonly grant?: Grant | undefined };

/** The tokens of one registry's host, by what its challenge asked for. */
export type Purse = {
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
  /** The registry took no shared token for a repository, but one of its own: then it may heed one scope, or find it too long. */
  readonly mistrust: (grant: Grant, tooLong: boolean) => void;
};

/** A token is not used in its last seconds: it might expire on the way. */
const MARGIN = 5;

/** Tokens live in memory only, until they expire. `clock` in milliseconds. */
export function createPurse(fetcher: Fetcher, registry: RegistryHost, clock: () => number): Purse {
  const tokens = new Map<string, Kept>();
  const announced = new Set<string>();
  const share = shareRunning<Kept | Failure>();
  let wanted: { readonly offered: Challenge; readonly repository: string } | undefined;
  const request = (scopes: readonly string[]) =>
    requestToken(fetcher, registry, wanted?.offered ?? { scheme: "bearer", parameters: {} }, scopes);
  const scopeOf = (repository: string) =>
    scopeFor(wanted?.offered.parameters.scope, wanted?.repository ?? "", repository);
  const grants = createGrants(request, takeAnnounced, (scope, grant) => {
    keep([scope], grant.token, grant.scopes.length > 1 ? grant : undefined);
  });

  /** A token that is good still. */
  function held(scope: readonly string[]): Kept | undefined {
    const known = tokens.get(keyOf(scope));
    return known !== undefined && known.expiresAt > clock() ? known : undefined;
  }

  function keep(scope: readonly string[], token: Token, grant?: Grant): Kept {
    dropExpired(tokens, clock());
    const lifetime = Math.max(token.lifetime - MARGIN, Math.min(token.lifetime, 1)) * 1_000;
    const kept = { value: token.value, expiresAt: clock() + lifetime, grant };
    tokens.set(keyOf(scope), kept);
    return kept;
  }

  /** Announced repositories that have no token yet, as scopes. */
  function takeAnnounced(most: number, but: ReadonlySet<string>): string[] {
    const scopes: string[] = [];
    for (const repository of announced) {
      if (scopes.length >= most) break;
      announced.delete(repository);
      const scope = scopeOf(repository);
      const only = ofRepository(scope);
      if (only !== undefined && !but.has(only) && held(scope) === undefined) scopes.push(only);
    }
    return scopes;
  }

  function own(repository: string): Promise<Kept | Failure> {
    const scope = scopeOf(repository);
    tokens.delete(keyOf(scope));
    return share(keyOf(scope), async () => {
      const token = await request(scope);
      return isFailure(token) ? token : keep(scope, token);
    });
  }

  return {
    learn: (offered, repository) => {
      wanted = { offered, repository };
    },
    knowsWhatIsWanted: () => wanted !== undefined,
    announce: (repository) => void announced.add(repository),
    forgetAnnounced: () => announced.clear(),
    shared: async (repository) => {
      const scope = scopeOf(repository);
      const known = held(scope);
      if (known !== undefined) return known;
      announced.delete(repository);
      const only = ofRepository(scope);
      if (only === undefined) return own(repository);
      const grant = await grants.ask(only);
      return isFailure(grant) ? grant : (held(scope) ?? own(repository));
    },
    own,
    accept: (repository, { grant }) => void grant?.accepted.add(keyOf(scopeOf(repository))),
    mistrust: (grant, tooLong) => {
      if (!tooLong && grant.accepted.size > 1) return;
      grants.lower(tooLong ? Math.ceil(grant.scopes.length / 2) : 1);
      for (const scope of grant.scopes) {
        if (tokens.get(scope)?.grant !== grant || grant.accepted.has(scope)) continue;
        tokens.delete(scope);
        announced.add(scope.replace(/^repository:(.*):pull$/, "$1"));
      }
    },
  };
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
