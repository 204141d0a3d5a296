import { type AddressInfo, createServer, type Socket } from "node:net";

/** A server that says what no library would: it is told of each request, and writes bytes. */
export type RawServer = {
  readonly url: string;
  readonly port: number;
  /** Heads of the requests that came, oldest first, over all connections. */
  readonly asked: readonly string[];
  /** How many connections were made, and how many of them are open. */
  readonly connections: () => number;
  readonly open: () => number;
  readonly close: () => Promise<void>;
};

/** What is written when the nth request (from 0) came on a connection; `greet`: what is written before any. */
export type RawScript = {
  readonly greet?: (socket: Socket) => void;
  readonly answer: (socket: Socket, request: string, nth: number) => void;
  /** What ends a request: a blank line (HTTP) or the end of a line (SMTP). */
  readonly end?: string;
};

/** Starts one on a free loopback port. Text goes out in Latin-1, one byte a character. */
export async function startRaw({ greet, answer, end = "\r\n\r\n" }: RawScript): Promise<RawServer> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.setDefaultEncoding("latin1");
    socket.on("error", () => {}); // the client hangs up in the middle: that is what is tried
    socket.once("close", () => sockets.delete(socket));
    greet?.(socket);
    let rest = "";
    let nth = 0;
    socket.on("data", (chunk: Buffer) => {
      rest += chunk.toString("latin1");
      for (let at = rest.indexOf(end); at >= 0; at = rest.indexOf(end)) {
        const request = rest.slice(0, at);
        rest = rest.slice(at + end.length);
        asked.push(request);
        answer(socket, request, nth++);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    connections: () => connections,
    open: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Writes again and again, as fast as it is read, until the other side hangs up. */
export function pour(socket: Socket, text: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(text)) {
      if (socket.writableLength > 1024 * 1024) break;
    }
  };
  socket.on("drain", more);
  more();
}
