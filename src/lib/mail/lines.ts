import type { Socket } from "node:net";
import { Failure } from "../failure.ts";
import { Line } from "./line.ts";

/** The connections to one mail server. Whoever is at the other end can neither hold them for ever nor fill our memory. */
export type Lines = {
  /** Opens one, of which no more is read than replies take. Refuses once `within` has given up. */
  readonly open: () => Promise<Line>;
  /** What `run` comes to. When that takes too long: a `timeout` failure, at once also for whatever comes after. */
  readonly within: (run: () => Promise<Failure | undefined>) => Promise<Failure | undefined>;
};

/** Milliseconds for one letter, logging in included. A server that answers each command within its limit may still never end. */
const PATIENCE = 120_000;
/** Bytes that a server may say while a letter is on its way: a usual one is told in one or two thousand. */
const MOST_SAID = 64 * 1024;

/** Lines that `open` makes. `patience`: milliseconds for one letter. */
export function createLines(open: () => Promise<Socket>, patience = PATIENCE): Lines {
  const lines = new Set<Line>();
  let givenUp = false;
  const giveUp = () => {
    givenUp = true;
    for (const line of lines) line.destroy(tooLong());
    return tooLong();
  };
  return {
    open: async () => {
      if (givenUp) throw tooLong();
      const line = new Line(await open(), MOST_SAID);
      lines.add(line);
      line.once("close", () => lines.delete(line));
      if (givenUp) line.destroy(tooLong());
      return line;
    },
    within: async (run) => {
      if (givenUp) return tooLong();
      for (const line of lines) line.allowMore();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<Failure>((resolve) => {
        timer = setTimeout(() => resolve(giveUp()), patience);
      });
      try {
        return await Promise.race([run(), late]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function tooLong(): Failure {
  return new Failure("timeout", "the mail server does not come to an end with a letter");
}
