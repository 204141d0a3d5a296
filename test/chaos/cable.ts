import dns from "node:dns";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import type { StandIns } from "../demo/stand-ins.ts";

/**
 * How a network is away: connections are refused; they open, and nothing comes any more, on those that are open either;
 * they never open; or no name has an address.
 */
export const WAYS = ["refuses", "swallows", "never-opens", "knows-no-names"] as const;
export type Way = (typeof WAYS)[number];

/** The way from a process to services on loopback, which can be cut. */
export type Cable<Services> = {
  /** The services as they are reached through it. */
  readonly services: Services;
  readonly cut: (way: Way) => Promise<void>;
  readonly mend: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** What a cut works on. */
type Line = {
  readonly ends: { readonly server: Server; readonly port: number }[];
  readonly sockets: Set<Socket>;
  isMute: boolean;
};

/** Each way to cut gives the way to mend it. */
const CUTS: Readonly<Record<Way, (line: Line) => Promise<() => Promise<void>>>> = {
  refuses: async (line) => {
    closeAll(line);
    return () => listenAll(line);
  },
  swallows: async (line) => {
    mute(line);
    return async () => unmute(line);
  },
  "never-opens": async (line) => {
    mute(line);
    for (const { server } of line.ends) stopListening(server);
    const ports = line.ends.map(({ port }) => port);
    const full = await fillQueues(ports);
    return async () => {
      await full.empty();
      unmute(line);
      await listenAll(line);
    };
  },
  "knows-no-names": async (line) => {
    for (const socket of line.sockets) socket.destroy();
    const { lookup } = dns;
    const failing = (name: string, _options: unknown, callback: (error: Error) => void) =>
      process.nextTick(callback, Object.assign(new Error(`getaddrinfo EAI_AGAIN ${name}`), { code: "EAI_AGAIN" }));
    dns.lookup = failing as unknown as typeof dns.lookup;
    return async () => {
      dns.lookup = lookup;
    };
  },
};

/** Lays a cable to every stand-in, which has a name at its end. */
export async function layCable(standIns: StandIns): Promise<Cable<StandIns>> {
  const line: Line = { ends: [], sockets: new Set(), isMute: false };
  let mending: (() => Promise<void>) | undefined;

  async function lead<Service extends { readonly url: string }>(service: Service): Promise<Service> {
    const url = new URL(service.url);
    const server = createServer((inside) => {
      const outside = line.isMute ? undefined : connect(Number(url.port), url.hostname);
      const pair = [inside, outside].filter((socket) => socket !== undefined);
      for (const socket of pair) {
        line.sockets.add(socket);
        socket.on("error", () => undefined);
        socket.on("close", () => {
          line.sockets.delete(socket);
          for (const one of pair) one.destroy();
        });
      }
      if (outside === undefined) inside.resume();
      else inside.pipe(outside).pipe(inside);
    });
    await listen(server, 0);
    const { port } = server.address() as AddressInfo;
    line.ends.push({ server, port });
    return { ...service, url: service.url.replace(`127.0.0.1:${url.port}`, `localhost:${port}`) };
  }

  const mend = async () => {
    await mending?.();
    mending = undefined;
  };
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
    cut: async (way) => {
      mending = await CUTS[way](line);
    },
    mend,
    close: async () => {
      await mend();
      closeAll(line);
    },
  };
}

/** Connections stay open, and nothing passes. */
function mute(line: Line): void {
  line.isMute = true;
  for (const socket of line.sockets) socket.unpipe().resume();
}

function unmute(line: Line): void {
  line.isMute = false;
  for (const socket of line.sockets) socket.destroy();
}

/**
 * Listens on ports in a thread that never accepts, and fills what the kernel keeps for it: whoever connects then is not
 * answered. (`listen(2)`: a connection request is ignored when the queue is full.)
 */
async function fillQueues(ports: readonly number[]): Promise<{ readonly empty: () => Promise<void> }> {
  const worker = new Worker(DEAF, { eval: true, workerData: ports });
  await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  const sockets = ports.flatMap((port) => Array.from({ length: 4 }, () => connect(port, "127.0.0.1")));
  for (const socket of sockets) socket.on("error", () => undefined);
  const first = sockets.filter((_, index) => index % 4 === 0);
  await Promise.all(first.map((socket) => new Promise((resolve) => socket.once("connect", resolve))));
  return {
    empty: async () => {
      for (const socket of sockets) socket.destroy();
      await worker.terminate();
    },
  };
}

const DEAF = `
const { parentPort, workerData } = require("node:worker_threads");
const { createServer } = require("node:net");
let left = workerData.length;
for (const port of workerData)
  createServer().listen({ port, host: "127.0.0.1", backlog: 1 }, () => {
    if (--left > 0) return;
    parentPort.postMessage("deaf");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

function closeAll(line: Line): void {
  for (const { server } of line.ends) stopListening(server);
  for (const socket of line.sockets) socket.destroy();
}

async function listenAll({ ends }: Line): Promise<void> {
  await Promise.all(ends.map(({ server, port }) => listen(server, port)));
}

/** At once: connections that are open stay so. */
function stopListening(server: Server): void {
  server.close();
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
