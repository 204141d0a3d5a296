import { type Failure, isFailure } from "./failure.ts";
import type { Token } from "./registry-token-request.ts";

/** Repositories of one token. Their names stand in a URL, and 4,000 characters is what every server takes. */
const SCOPES = 40;

/** A token for one scope; `isShared`: it was given for others, too, and may turn out not to cover this one. */
export type Grant = { readonly token: Token; readonly isShared: boolean };

type Wish = { readonly scope: string; readonly settle: (grant: Grant | Failure) => void };

/**
 * Lets those who want a token at one moment ask for it together. A token service that refuses everything for one
 * repository that may not be read is asked by halves; one that takes a single scope at a time is asked so from then on.
 */
export function createGrants(
  request: (scopes: readonly string[]) => Promise<Token | Failure>,
): (scope: string) => Promise<Grant | Failure> {
  const waiting: Wish[] = [];
  let size = SCOPES;

  async function grant(wishes: readonly Wish[]): Promise<boolean> {
    const token = await request(wishes.map((wish) => wish.scope));
    if (isFailure(token) && wishes.length > 1 && isAboutScopes(token)) return grantHalves(wishes);
    const isShared = wishes.length > 1;
    for (const wish of wishes) wish.settle(isFailure(token) ? token : { token, isShared });
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
    for (let start = 0; start < wishes.length; start += size) void grant(wishes.slice(start, start + size));
  }

  return (scope) =>
    new Promise((settle) => {
      waiting.push({ scope, settle });
      if (waiting.length === 1) setImmediate(grantAll);
    });
}

/** A refusal may be about one of the repositories that were asked for; trouble with the service is not. */
function isAboutScopes({ code }: Failure): boolean {
  return !["unavailable", "timeout", "rate-limited"].includes(code);
}
