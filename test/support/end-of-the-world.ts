import { connect, createServer, type Server, type Socket } from "node:net";

/**
 * What a process says to the outside, counted over all its connections, until the world ends for it: from then on
 * nothing that it does reaches anybody, as if it had been killed. `after`: the word at which it ends still arrives, its
 * answer does not.
 */
export type World = {
  readonly relay: (port: number) => Promise<number>;
  /** How many times something was said. */
  readonly words: () => number;
  readonly ended: () => boolean;
  /** The word at which it ended; empty while it goes on. */
  readonly lastWord: () => string;
  readonly close: () => Promise<void>;
};

/**
 * A world that ends at a word, counted from 0; one without `end` goes on. Counting begins with the first word that
 * holds `from`: what is only read before it changes nothing.
 */
export function createWorld(from: string, end?: { readonly at: number; readonly after: boolean }): World {
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  let words = 0;
  let ended = false;
  let lastWord = "";
  let counting = false;

  /** True when the word may pass. */
  function say(chunk: Buffer): boolean {
    if (ended) return false;
    counting ||= chunk.includes(from);
    if (!counting) return true;
    const isLast = end !== undefined && words === end.at;
    words++;
    if (!isLast) return true;
    ended = true;
    lastWord = chunk.toString("latin1");
    return end.after;
  }

  function cut(): void {
    for (const socket of sockets) socket.destroy();
  }

  async function relay(port: number): Promise<number> {
    const server = createServer((inside) => {
      if (ended) return void inside.destroy();
      const outside = connect(port, "127.0.0.1");
      sockets.add(inside);
      inside.on("error", () => {});
      outside.on("error", () => inside.destroy());
      inside.on("data", (chunk: Buffer) => {
        const passes = say(chunk);
        if (passes) outside.write(chunk);
        if (!ended) return;
        cut();
        outside.end(); // what was written before still arrives
      });
      inside.on("close", () => outside.end());
      outside.on("data", (chunk: Buffer) => void (ended || inside.write(chunk)));
      outside.on("close", () => inside.destroy());
    });
    servers.push(server);
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  return {
    relay,
    words: () => words,
    ended: () => ended,
    lastWord: () => lastWord,
    close: async () => {
      cut();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}
