import { type Failure, isFailure } from "../failure.ts";
import type { Token } from "./token-request.ts";

/** Repositories of one token. Their names stand in a URL, and 4,000 characters is what every server takes. */
const SCOPES = 40;

/** A token and what it was asked for. `accepted`: those scopes for which the registry took it so far. */
export type Grant = { readonly token: Token; readonly scopes: readonly string[]; readonly accepted: Set<string> };

/** Asks one token service for tokens, each for as many scopes as it takes. */
export type Grants = {
  /** Together with everybody else who wants one at this moment, and with what is expected. */
  readonly ask: (scope: string) => Promise<Grant | Failure>;
  /** From now on no token for more scopes than that. */
  readonly lower: (most: number) => void;
};

type Wish = {
  readonly scope: string;
  readonly promise: Promise<Grant | Failure>;
  readonly settle: (grant: Grant | Failure) => void;
};

/**
 * A token service that refuses everything for one repository that may not be read is asked by halves; one that takes a
 * single scope at a time is asked so from then on. `expected` names up to so many scopes that nobody waits for yet: they
 * fill a token up. `keep` hears of every scope that was granted.
 */
export function createGrants(
  request: (scopes: readonly string[]) => Promise<Token | Failure>,
  expected: (most: number, but: ReadonlySet<string>) => readonly string[],
  keep: (scope: string, grant: Grant) => void,
): Grants {
  /** Asked for, or about to be. */
  const wished = new Map<string, Wish>();
  const waiting: Wish[] = [];
  let size = SCOPES;

  function wish(scope: string): Wish {
    const { promise, resolve } = Promise.withResolvers<Grant | Failure>();
    const made: Wish = {
      scope,
      promise,
      settle: (grant) => {
        wished.delete(scope);
        if (!isFailure(grant)) keep(scope, grant);
        resolve(grant);
      },
    };
    wished.set(scope, made);
    return made;
  }

  async function grant(wishes: readonly Wish[]): Promise<boolean> {
    const scopes = wishes.map(({ scope }) => scope);
    const token = await request(scopes);
    if (isFailure(token) && wishes.length > 1 && isAboutScopes(token)) return grantHalves(wishes);
    const granted = isFailure(token) ? token : { token, scopes, accepted: new Set<string>() };
    for (const one of wishes) one.settle(granted);
    return !isFailure(token);
  }

  async function grantHalves(wishes: readonly Wish[]): Promise<boolean> {
    const middle = Math.ceil(wishes.length / 2);
    const [first, second] = await Promise.all([grant(wishes.slice(0, middle)), grant(wishes.slice(middle))]);
    if (first && second && wishes.length === 2) size = 1;
    return first && second;
  }

  function grantAll(): void {
    const wishes = waiting.splice(0);
    for (let start = 0; start < wishes.length; start += size) {
      const these = wishes.slice(start, start + size);
      const others = expected(size - these.length, new Set(wished.keys()));
      void grant([...these, ...others.map(wish)]);
    }
  }

  return {
    ask: (scope) => {
      const known = wished.get(scope);
      if (known !== undefined) return known.promise;
      const made = wish(scope);
      waiting.push(made);
      if (waiting.length === 1) setImmediate(grantAll);
      return made.promise;
    },
    lower: (most) => {
      size = Math.max(1, Math.min(size, most));
    },
  };
}

/** A refusal may be about one of the repositories that were asked for; trouble with the service is not. */
function isAboutScopes({ code }: Failure): boolean {
  return !["unavailable", "timeout", "rate-limited"].includes(code);
}
