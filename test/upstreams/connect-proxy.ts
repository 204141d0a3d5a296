import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Certified } from "../support/certificates.ts";

/** A local stand-in of a company's proxy: it knows a few hosts, and remembers which tunnels it was asked for. */
export type ConnectProxy = {
  readonly url: string;
  /** `host:port` of every CONNECT, with the credential that came along. */
  readonly asked: { readonly authority: string; readonly authorization: string | undefined }[];
  /** From now on: tunnels are refused with a status, or never answered. */
  readonly refuse: (how: number | "hang") => void;
  readonly close: () => Promise<void>;
};

/** Starts a proxy (RFC 9110 §9.3.6). `routes`: `host:port` as asked for → a port of this machine. */
export async function startConnectProxy(routes: Readonly<Record<string, number>>): Promise<ConnectProxy> {
  const asked: ConnectProxy["asked"] = [];
  const sockets = new Set<Socket>();
  let refusal: number | "hang" | undefined;
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on("connection", (socket) => sockets.add(socket));
  server.on("connect", (request, client: Socket) => {
    const authority = request.url ?? "";
    asked.push({ authority, authorization: request.headers["proxy-authorization"] });
    if (refusal === "hang") return;
    const port = routes[authority];
    if (refusal !== undefined || port === undefined) {
      return void client.end(`HTTP/1.1 ${refusal ?? 502} No\r\ncontent-length: 0\r\n\r\n`);
    }
    const target = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      client.pipe(target).pipe(client);
    });
    sockets.add(target);
    for (const socket of [client, target])
      socket.on("error", () => [client, target].forEach((one) => void one.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    refuse: (how) => {
      refusal = how;
    },
    close: () => stop(server, sockets),
  };
}

/** TLS before a plain server of this machine: what arrives decrypted is passed on. */
export async function startTlsBefore(
  port: number,
  certified: Certified,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createTlsServer(certified, (client) => {
    const target = connect(port, "127.0.0.1");
    client.pipe(target).pipe(client);
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on("error", () => [client, target].forEach((one) => void one.destroy()));
    }
  });
  server.on("tlsClientError", () => undefined); // a client that does not trust us
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, close: () => stop(server, sockets) };
}

function stop(server: { close: (done: () => void) => unknown }, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
