import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { Redis } from "ioredis";
import { afterEach, describe, expect, it } from "vitest";
import { isFailure } from "../../src/lib/failure.ts";
import { openQueue } from "../../src/queue/queue.ts";
import { probeRedis } from "../../src/queue/redis.ts";
import { type Handler, startWorkers } from "../../src/queue/worker.ts";
import { limited } from "../support/database.ts";
import { startRedis } from "../support/services.ts";

const NAMES = ["poll", "plan"] as const;

/** A server that says of itself what it is told to (https://redis.io/docs/latest/develop/reference/protocol-spec/), and says yes to everything else. */
function startServer(info: Record<string, string>): Promise<Server> {
  const text = Object.entries(info)
    .map(([name, value]) => `${name}:${value}`)
    .join("\r\n");
  const answers: Record<string, string> = {
    hello: "-ERR unknown command 'HELLO'\r\n", // as older than 6.0
    eval: ":0\r\n",
    info: `$${text.length}\r\n${text}\r\n`,
  };
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      const words =
        chunk
          .toString()
          .toLowerCase()
          .match(/(?<=\$\d+\r\n)(?:hello|info|ping|client|eval)(?=\r\n)/g) ?? [];
      for (const word of words) socket.write(answers[word] ?? "+OK\r\n");
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

describe("what a server says of its version", () => {
  let server: Server | undefined;
  afterEach(() => server?.close());
  const probe = async (info: Record<string, string>) => {
    server = await startServer({ role: "master", ...info });
    return probeRedis(`redis://127.0.0.1:${(server.address() as AddressInfo).port}`);
  };

  it.each(["3.2.12", "4.0.14"])("is refused where the queue cannot work with it: Redis %s", async (version) => {
    expect(await probe({ redis_version: version })).toMatchObject({
      code: "misconfigured",
      message: expect.stringContaining(`is Redis ${version}: Redis 6.2 or later is needed, or Valkey`),
    });
  });

  it.each(["5.0.7", "6.0.16"])("is a doubt where it works, and nobody mends it any more: Redis %s", async (version) => {
    expect(await probe({ redis_version: version })).toEqual([expect.stringContaining("move to 6.2 or later")]);
  });

  it.each([
    ["Redis 6.2", { redis_version: "6.2.14" }],
    ["Redis 8", { redis_version: "8.0.1" }],
    [
      "Valkey, which says which Redis it stands for",
      { redis_version: "7.2.4", server_name: "valkey", valkey_version: "8.1.0" },
    ],
    ["one whose user may not ask", {}],
  ])("is nothing to speak of: %s", async (_name, info) => {
    expect(await probe(info)).toEqual([]);
  });
});

describe.skipIf(limited())("a queue on Redis", () => {
  /** Workers and a queue on a server, and what they say. */
  const open = async (url: string) => {
    const queue = await openQueue({ backend: { kind: "redis", url }, names: NAMES });
    if (isFailure(queue)) throw queue;
    const said: string[] = [];
    const say = (message: string) => void said.push(message);
    const done: unknown[] = [];
    const handler: Handler = async (payload) => void done.push(payload);
    const workers = startWorkers(
      queue,
      { poll: handler, plan: handler },
      { concurrency: 1, log: { info: say, warn: say, error: say } },
    );
    const close = async () => {
      await workers.close();
      await queue.close();
    };
    return { queue, said, done, close };
  };
  const ask = async (url: string, ...command: readonly [string, ...string[]]) => {
    const client = new Redis(url);
    await client.call(...command);
    client.disconnect();
  };

  it("goes on after a failover, when its address leads to another server and the old one can only be read", async () => {
    const [first, second] = [await startRedis(), await startRedis()];
    const gateway = await startGateway(first.url);
    const { queue, done, close } = await open(gateway.url);
    await queue.enqueue("poll", "before", { id: "1" });
    await until(() => done.length === 1);
    gateway.leadTo(second.url);
    const { hostname, port } = new URL(second.url);
    await ask(first.url, "REPLICAOF", hostname, port);
    expect(await queue.enqueue("poll", "lost", { id: "2" })).toMatchObject({ code: "unavailable" }); // and connects anew
    await until(async () => (await queue.enqueue("poll", "after", { id: "3" })) === undefined);
    await until(() => done.includes("after"));
    await close();
    await gateway.close();
    await Promise.all([first.stop(), second.stop()]);
  });

  it("is refused where the server is a replica that can only be read, with what to name instead", async () => {
    const [first, second] = [await startRedis(), await startRedis()];
    const { hostname, port } = new URL(second.url);
    await ask(first.url, "REPLICAOF", hostname, port);
    const refused = await openQueue({ backend: { kind: "redis", url: first.url }, names: NAMES });
    expect(refused).toMatchObject({ code: "misconfigured", message: expect.stringContaining("name its primary") });
    await Promise.all([first.stop(), second.stop()]);
  });

  it("is refused where its user may only read, and works with the rights that are then named", async () => {
    const redis = await startRedis();
    await ask(redis.url, "ACL", "SETUSER", "poor", "on", ">poorpoor", "~bull:*", "+@read", "+ping", "+info");
    const url = redis.url.replace("redis://", "redis://poor:poorpoor@");
    const refused = await openQueue({ backend: { kind: "redis", url }, names: NAMES });
    expect(refused).toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("ACL SETUSER … ~bull:* +@all"),
    });
    await ask(redis.url, "ACL", "SETUSER", "poor", "~bull:*", "+@all", "-@admin", "-@dangerous", "+info");
    const { queue, done, close } = await open(url);
    expect(await queue.enqueue("poll", "mine", { id: "1" })).toBeUndefined();
    await until(() => done.length === 1);
    await close();
    await redis.stop();
  });

  it("says that its server drops keys, and goes on when it did", async () => {
    const redis = await startRedis();
    await ask(redis.url, "CONFIG", "SET", "maxmemory-policy", "allkeys-random");
    await ask(redis.url, "CONFIG", "SET", "maxmemory", "20mb");
    const { queue, done, close } = await open(redis.url);
    expect(queue.doubts.join()).toMatch(/drops keys .*allkeys-random.* set noeviction/);
    await ask(redis.url, "CONFIG", "SET", "maxmemory", "1mb"); // less than it has without any key: everything is dropped
    await queue.enqueue("poll", "dropped", { id: "1" });
    await ask(redis.url, "CONFIG", "SET", "maxmemory", "20mb");
    await until(
      async () => (await queue.enqueue("poll", "after", { id: "2" })) === undefined && done.includes("after"),
    );
    await close();
    await redis.stop();
  });

  it("that stands still keeps whoever enqueues for ten seconds, and is gone on with when it answers again", async () => {
    const redis = await startRedis();
    const { queue, done, close } = await open(redis.url);
    await ask(redis.url, "CLIENT", "PAUSE", "13000", "ALL");
    expect(await queue.enqueue("poll", "late", { id: "1" })).toMatchObject({ code: "unavailable" });
    await until(async () => (await queue.enqueue("poll", "after", { id: "2" })) === undefined);
    await until(() => done.includes("after"));
    await close();
    await redis.stop();
  });

  it("whose memory is full says so at once, and goes on when there is room", async () => {
    const redis = await startRedis();
    const { queue, done, close } = await open(redis.url);
    expect(queue.doubts).toEqual([]);
    await ask(redis.url, "CONFIG", "SET", "maxmemory", "1mb");
    const refused = await queue.enqueue("poll", "refused", { id: "1" });
    expect(refused).toMatchObject({ code: "unavailable", message: expect.stringContaining("OOM") });
    await ask(redis.url, "CONFIG", "SET", "maxmemory", "0");
    expect(await queue.enqueue("poll", "after", { id: "2" })).toBeUndefined();
    await until(() => done.includes("after"));
    await close();
    await redis.stop();
  });
});

describe("a Redis address that does not work", () => {
  it.each([
    ["http://user:geheim@localhost", "misconfigured", "redis://"],
    ["redis://:geheim@127.0.0.1:1", "unavailable", "127.0.0.1:1"],
  ])("%s is a failure that says what to do, without the password", async (url, code, hint) => {
    const failure = await openQueue({ backend: { kind: "redis", url }, names: NAMES });
    expect(failure).toMatchObject({ code, message: expect.stringContaining(hint) });
    expect(JSON.stringify(failure) + String(failure)).not.toContain("geheim");
  });
});

/** An address behind which there may be another server by the next connection. */
async function startGateway(first: string) {
  let target = new URL(first);
  const sockets = new Set<Socket>();
  const server = createServer((inside) => {
    const outside = connect(Number(target.port), target.hostname);
    for (const socket of [inside, outside]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        inside.destroy();
        outside.destroy();
      });
    }
    inside.pipe(outside).pipe(inside);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo: (url: string) => {
      target = new URL(url);
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}
