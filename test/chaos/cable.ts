import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { StandIns } from "../demo/stand-ins.ts";

/** The way from a process to services on loopback, which can be cut: then connections are refused, as without a network. */
export type Cable<Services> = {
  /** The services as they are reached through it. */
  readonly services: Services;
  readonly cut: () => Promise<void>;
  readonly mend: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Lays a cable to every stand-in. */
export async function layCable(standIns: StandIns): Promise<Cable<StandIns>> {
  const sockets = new Set<Socket>();
  const ends: { readonly server: Server; readonly port: number }[] = [];

  async function lead<Service extends { readonly url: string }>(service: Service): Promise<Service> {
    const url = new URL(service.url);
    const server = createServer((inside) => {
      const outside = connect(Number(url.port), url.hostname);
      for (const socket of [inside, outside]) {
        sockets.add(socket);
        socket.on("error", () => undefined);
        socket.on("close", () => {
          sockets.delete(socket);
          inside.destroy();
          outside.destroy();
        });
      }
      inside.pipe(outside).pipe(inside);
    });
    await listen(server, 0);
    const { port } = server.address() as AddressInfo;
    ends.push({ server, port });
    return { ...service, url: service.url.replace(`:${url.port}`, `:${port}`) };
  }

  async function cut(): Promise<void> {
    const closed = ends.map(({ server }) => new Promise((resolve) => void server.close(resolve)));
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
  }

  const services = {
    ...standIns,
    github: await lead(standIns.github),
    pypi: await lead(standIns.pypi),
    hub: await lead(standIns.hub),
    other: await lead(standIns.other),
    osv: await lead(standIns.osv),
    endOfLife: await lead(standIns.endOfLife),
    trust: await lead(standIns.trust),
    smtp: await lead(standIns.smtp),
  };
  return {
    services,
    cut,
    mend: async () => void (await Promise.all(ends.map(({ server, port }) => listen(server, port)))),
    close: cut,
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}
