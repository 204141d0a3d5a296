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

/** How tokens are asked for, and who hears of them. */
type Service = {
  readonly request: (scopes: readonly string[]) => Promise<Token | Failure>;
  readonly expected: (most: number, but: ReadonlySet<string>) => readonly string[];
  readonly keep: (scope: string, grant: Grant) => void;
};

type State = Service & {
  /** Asked for, or about to be. */
  readonly wished: Map<string, Wish>;
  /** About to be asked for. */
  readonly waiting: Wish[];
  /** Scopes that one token may have. */
  size: number;
};

/**
 * A token service that refuses everything for one repository that may not be read is asked by halves; one that takes a
 * single scope at a time is asked so from then on. `expected` names up to so many scopes that nobody waits for yet: they
 * fill a token up. `keep` hears of every scope that was granted.
 */
export function createGrants(
  request: Service["request"],
  expected: Service["expected"],
  keep: Service["keep"],
): Grants {
  const state: State = { request, expected, keep, wished: new Map(), waiting: [], size: SCOPES };
  return {
    ask: (scope) => ask(state, scope),
    lower: (most) => {
      state.size = Math.max(1, Math.min(state.size, most));
    },
  };
}

function ask(state: State, scope: string): Promise<Grant | Failure> {
  const known = state.wished.get(scope);
  if (known !== undefined) return known.promise;
  const made = wish(state, scope);
  state.waiting.push(made);
  if (state.waiting.length === 1) setImmediate(grantAll, state);
  return made.promise;
}

function wish({ wished, keep }: State, scope: string): Wish {
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

function grantAll(state: State): void {
  const wishes = state.waiting.splice(0);
  for (let start = 0; start < wishes.length; start += state.size) {
    const these = wishes.slice(start, start + state.size);
    const others = state.expected(state.size - these.length, new Set(state.wished.keys()));
    void grant(state, [...these, ...others.map((scope) => wish(state, scope))]);
  }
}

/** True when all of them were granted. */
async function grant(state: State, wishes: readonly Wish[]): Promise<boolean> {
  const scopes = wishes.map(({ scope }) => scope);
  const token = await state.request(scopes);
  if (isFailure(token) && wishes.length > 1 && isAboutScopes(token)) return grantHalves(state, wishes);
  const granted = isFailure(token) ? token : { token, scopes, accepted: new Set<string>() };
  for (const one of wishes) one.settle(granted);
  return !isFailure(token);
}

/** True when both halves were granted: a service that takes two scopes apart and not together takes one at a time. */
async function grantHalves(state: State, wishes: readonly Wish[]): Promise<boolean> {
  const middle = Math.ceil(wishes.length / 2);
  const [first, second] = await Promise.all([
    grant(state, wishes.slice(0, middle)),
    grant(state, wishes.slice(middle)),
  ]);
  if (first && second && wishes.length === 2) state.size = 1;
  return first && second;
}

/** A refusal may be about one of the repositories that were asked for; trouble with the service is not. */
function isAboutScopes({ code }: Failure): boolean {
  return !["unavailable", "timeout", "rate-limited"].includes(code);
}
