import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import { aFetcher } from "../../support/fetcher.ts";

const ANSWER = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/** Answers the first request of each connection, and resets the connection at the second: the other side gave it up. */
let server: Server;
let fetcher: Fetcher;
let url: string;
let connections: number;
let received: number;
/** What becomes of a request: its number on its connection. */
let onRequest: (socket: Socket, number: number) => void;

beforeEach(async () => {
  connections = 0;
  received = 0;
  onRequest = (socket, number) => (number === 1 ? socket.write(ANSWER) : socket.resetAndDestroy());
  server = createServer((socket) => {
    connections++;
    let requests = 0;
    socket.on("error", () => undefined);
    socket.on("data", () => {
      received++;
      onRequest(socket, ++requests);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  fetcher = aFetcher([{ url }], { retries: 0, circuitFailures: 1, concurrency: 1 });
});

afterEach(async () => {
  await fetcher.close();
  server.close();
});

const ask = async (method: "GET" | "POST" = "GET") => {
  const answer = await fetcher.fetch({ url, method });
  return isFailure(answer) ? answer.message : answer.status;
};

describe("a connection that the other side gave up while it was idle", () => {
  it("costs a request that only reads nothing: it is sent again on a new one", async () => {
    for (let request = 0; request < 4; request++) expect(await ask()).toBe(200);
    expect({ connections, received }).toEqual({ connections: 4, received: 7 });
  });

  it("is no trouble of its host, also where a request that writes is not sent again", async () => {
    expect(await ask()).toBe(200);
    expect(await ask("POST")).toContain("could not be reached");
    expect(await ask()).toBe(200);
  });

  it("is told apart from one that was closed quietly", async () => {
    onRequest = (socket) => socket.end(ANSWER);
    expect(await ask()).toBe(200);
    await pause(20);
    expect(await ask()).toBe(200);
  });

  it("is told apart from a host that resets new connections", async () => {
    onRequest = (socket) => socket.resetAndDestroy();
    expect(await ask()).toContain("could not be reached");
    expect(await ask()).toContain("is left alone for a while");
  });

  it("is told apart from a host that breaks off an answer", async () => {
    onRequest = (socket, number) => {
      if (number === 1) return void socket.write(ANSWER);
      socket.write("HTTP/1.1 200 OK\r\ncontent-le", () => setTimeout(() => socket.resetAndDestroy(), 20));
    };
    expect(await ask()).toBe(200);
    expect(await ask()).not.toBe(200);
    expect(await ask()).toContain("is left alone for a while");
  });
});
