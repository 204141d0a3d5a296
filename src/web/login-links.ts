import { randomBytes } from "node:crypto";
import { type Instant, MINUTE, plus } from "../domain/instant.ts";

/** Links that log a browser in, once. */
export type LoginLinks = {
  /** The path of a new link. It works once, for ten minutes, in this process. */
  readonly make: () => string;
  /** True for a code that was not used yet; it is now. */
  readonly take: (code: string) => boolean;
};

const LASTS = 10 * MINUTE;
const MOST = 20;

/** Keeps the codes in memory: who can read them there needs none. */
export function createLoginLinks(clock: () => Instant): LoginLinks {
  const codes = new Map<string, Instant>();
  return {
    make: () => {
      const code = randomBytes(24).toString("base64url");
      codes.set(code, plus(clock(), LASTS));
      for (const old of [...codes.keys()].slice(0, -MOST)) codes.delete(old);
      return `/login/${code}`;
    },
    take: (code) => {
      const until = codes.get(code);
      codes.delete(code);
      return until !== undefined && clock() < until;
    },
  };
}
