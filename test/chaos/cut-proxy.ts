import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Which way a piece of data goes: `out` to the service, `in` from it. */
export type Direction = "out" | "in";

/** A proxy on loopback before one service. `tap` sees each piece before it is passed on; `false` cuts every connection. */
export type CutProxy = { readonly port: number; readonly close: () => Promise<void> };

/** Starts a proxy before a loopback port. What was cut stays cut; later connections pass again. */
export async function startCutProxy(
  target: number,
  tap: (direction: Direction, data: Buffer) => boolean,
): Promise<CutProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    const pair = [client, upstream];
    const cut = () => {
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", cut);
      socket.on("close", () => {
        sockets.delete(socket);
        cut();
      });
    }
    client.on("data", (data) => (tap("out", data) ? upstream.write(data) : cut()));
    upstream.on("data", (data) => (tap("in", data) ? client.write(data) : cut()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
