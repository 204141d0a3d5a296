import type { Socket } from "node:net";
import { Failure } from "../failure.ts";

/** The connections to one mail server. Whoever is at the other end can neither hold them for ever nor fill our memory. */
export type Lines = {
  /** Opens one; the same as `open`, but watched. Refuses once `within` has given up. */
  readonly open: () => Promise<Socket>;
  /** What `run` comes to. When that takes too long: a `timeout` failure, at once also for whatever comes after. */
  readonly within: (run: () => Promise<Failure | undefined>) => Promise<Failure | undefined>;
};

/** Milliseconds for one letter, logging in included. A server that answers each command within its limit may still never end. */
const PATIENCE = 120_000;
/** Bytes that a server may say on one connection: a hundred letters take a tenth of it. */
const MOST_SAID = 1024 * 1024;
/** Milliseconds between two looks at that. */
const LOOK = 10;

/** Lines that `open` makes. `patience`: milliseconds for one letter. */
export function createLines(open: () => Promise<Socket>, patience = PATIENCE): Lines {
  const sockets = new Set<Socket>();
  let givenUp = false;
  const giveUp = () => {
    givenUp = true;
    for (const socket of sockets) socket.destroy(tooLong());
    return tooLong();
  };
  return {
    open: async () => {
      if (givenUp) throw tooLong();
      const socket = await open();
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      socket.on("error", () => undefined); // heard by whoever reads it, as soon as somebody does
      watch(socket);
      if (givenUp) socket.destroy(tooLong());
      return socket;
    },
    within: async (run) => {
      if (givenUp) return tooLong();
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

/** Looks from outside: what reads the socket keeps whatever complete replies come, and is handed from one reader to another. */
function watch(socket: Socket): void {
  const look = setInterval(() => {
    if (socket.bytesRead > MOST_SAID) socket.destroy(new Error("the mail server says more than any reply takes"));
  }, LOOK);
  socket.once("close", () => clearInterval(look));
}

function tooLong(): Failure {
  return new Failure("timeout", "the mail server does not come to an end with a letter");
}
