import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { probeRedis } from "../../src/queue/redis.ts";

/** A server that says of itself what it is told to (https://redis.io/docs/latest/develop/reference/protocol-spec/), and says yes to everything else. */
function startServer(info: Record<string, string>): Promise<Server> {
  const text = Object.entries(info)
    .map(([name, value]) => `${name}:${value}`)
    .join("\r\n");
  const answers: Record<string, string> = {
    hello: "-ERR unknown command 'HELLO'\r\n", // as older than 6.0
    info: `$${text.length}\r\n${text}\r\n`,
  };
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      const words =
        chunk
          .toString()
          .toLowerCase()
          .match(/(?<=\$\d+\r\n)(?:hello|info|ping|client)(?=\r\n)/g) ?? [];
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
