import { connect, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isFailure } from "../../src/lib/failure.ts";
import { listen } from "../../src/service/listen.ts";
import { startDashboard, TOKEN } from "../support/dashboard.ts";
import { type Suite, startSuite } from "../support/suite.ts";

/** Whoever reaches the daemon's port, or sits behind the same reverse proxy, writes the bytes of requests itself. */
let suite: Suite;
const servers: Server[] = [];
let port = 0;
/** Of a server that waits for nobody for long, and has few connections. */
let hasty = 0;

/** Serves the suite's dashboard; gives the port. */
async function serve(bounds?: Parameters<typeof listen>[3]): Promise<number> {
  const { app } = startDashboard(suite.flow);
  const server = await listen((request, bindings) => app.fetch(request, bindings), "127.0.0.1", 0, bounds);
  if (isFailure(server)) throw server;
  servers.push(server);
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

beforeAll(async () => {
  suite = await startSuite("{ path: /nowhere, name: suite }");
  port = await serve();
  hasty = await serve({
    ...{ headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 100, mostConnections: 20 },
  });
});
afterAll(async () => {
  for (const server of servers) server.close();
  await suite?.close();
});

type Manner = {
  /** Said again and again, after the text. */
  readonly more?: string;
  /** Which server hears it. */
  readonly at?: number;
  /** The head of an answer is enough: the server may keep the connection for what comes next. */
  readonly head?: boolean;
};

/** What comes back for these bytes until the connection ends. */
async function say(text: string, { more, at = port, head = false }: Manner = {}): Promise<string> {
  const socket = connect(at, "127.0.0.1");
  const over = Promise.withResolvers<void>();
  let heard = "";
  socket.on("data", (chunk: Buffer) => {
    heard += chunk.toString("latin1");
    if (head && heard.includes("\r\n\r\n")) over.resolve();
  });
  socket.on("error", () => undefined);
  socket.once("close", () => over.resolve());
  socket.write(text, "latin1");
  const drip = setInterval(() => more !== undefined && socket.write(more), 50);
  await over.promise;
  clearInterval(drip);
  heard += socket.closed ? "<closed>" : "<open>";
  socket.destroy();
  return heard;
}

const statuses = (heard: string) => [...heard.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));
const HERE = () => `Host: 127.0.0.1:${port}\r\n`;
const WITH_TOKEN = `Authorization: Bearer ${TOKEN}\r\n`;

describe("a request in a request", () => {
  const inner = () => `GET /api/v1/projects HTTP/1.1\r\n${HERE()}${WITH_TOKEN}\r\n`;
  it.each([
    ["a length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"],
    ["two lengths", "Content-Length: 5\r\nContent-Length: 0\r\n"],
    ["chunks under another name", "Transfer-Encoding: xchunked\r\n"],
    ["a blank before the colon", "Content-Length : 5\r\n"],
    ["a bare line feed", "X-A: b\nContent-Length: 5\r\n"],
    ["a line that goes on", "X-A: b\r\n Content-Length: 5\r\n"],
  ])("is not read out of one with %s", async (_what, header) => {
    const heard = await say(`POST /login HTTP/1.1\r\n${HERE()}${header}\r\n0\r\n\r\n${inner()}`);
    expect(statuses(heard)).toEqual([400]);
    expect(heard).toContain("<closed>");
  });

  it("that is too long in its head is refused, and the connection ends", async () => {
    const heard = await say(`GET / HTTP/1.1\r\n${HERE()}X-A: ${"x".repeat(20_000)}\r\n\r\n`);
    expect(statuses(heard)).toEqual([431]);
  });

  it("that is too long in its body is refused before it has come", async () => {
    const heard = await say(
      `POST /login HTTP/1.1\r\n${HERE()}Origin: http://127.0.0.1:${port}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 99999999\r\n\r\n`,
      { head: true },
    );
    expect(statuses(heard)).toEqual([413]);
  });
});

describe("a name that is not ours", () => {
  it.each([
    ["alone", () => "GET /login HTTP/1.1\r\nHost: attacker.example\r\n\r\n"],
    ["before ours", () => `GET /login HTTP/1.1\r\nHost: attacker.example\r\n${HERE()}\r\n`],
    [
      "with ours as what was forwarded",
      () =>
        "GET /login HTTP/1.1\r\nHost: attacker.example\r\nX-Forwarded-Host: 127.0.0.1\r\nForwarded: host=127.0.0.1\r\n\r\n",
    ],
    ["with ours before an at sign", () => "GET /login HTTP/1.1\r\nHost: 127.0.0.1@attacker.example\r\n\r\n"],
    ["with ours in front", () => "GET /login HTTP/1.1\r\nHost: 127.0.0.1.attacker.example\r\n\r\n"],
  ])("gets no page: %s", async (_what, text) => {
    const [status] = statuses(await say(text(), { head: true }));
    expect([400, 421]).toContain(status);
  });

  it("in the request line counts for nothing, and leads nowhere", async () => {
    const heard = await say(`GET http://attacker.example/candidates HTTP/1.1\r\n${HERE()}\r\n`, { head: true });
    expect(heard).not.toMatch(/^location:.*attacker/im);
  });

  it("without any there is no page", async () => {
    const [status] = statuses(await say("GET /login HTTP/1.0\r\n\r\n", { head: true }));
    expect([400, 421]).toContain(status);
  });
});

describe("a path that is spelled in another way", () => {
  it.each([
    "//api/v1/projects",
    "/api//v1/projects",
    "/%61pi/v1/projects",
    "/api%2Fv1%2Fprojects",
    "/API/V1/PROJECTS",
    "/api/v1/projects/",
    "/api/v1/projects;x=/login",
    "/api/v1/projects%00",
    "/login/../api/v1/projects",
    "/login/%2e%2e/api/v1/projects",
    "/letters/..%2f..%2fapi/v1/projects",
    "/assets/..%2f..%2fpackage.json",
    "/assets/../../package.json",
    "/healthz/../metrics",
    "/healthz/../candidates",
    "/candidates\\..\\api\\v1\\projects",
    "/%252e%252e/api/v1/projects",
    `/api/v1/projects?token=${TOKEN}`,
    `/api/v1/projects?authorization=Bearer%20${TOKEN}`,
    `/metrics?access_token=${TOKEN}`,
    `/?token=${TOKEN}`,
  ])("opens nothing without a login: %s", async (path) => {
    const heard = await say(`GET ${path} HTTP/1.1\r\n${HERE()}Connection: close\r\n\r\n`);
    expect([303, 400, 401, 404, 410]).toContain(statuses(heard)[0]);
    expect(heard).not.toMatch(/"suite"|headgate_|"dependencies"/);
    expect(heard).not.toMatch(/^location: (?!\/login)/im);
  });

  it("writes no secret of its own into where the login leads on to", async () => {
    const heard = await say(
      `GET /candidates?q=x%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\n${HERE()}Connection: close\r\n\r\n`,
    );
    expect(heard).not.toMatch(/^set-cookie/im);
  });
});

describe("a proxy on this machine", () => {
  const guess = (headers: string) =>
    say(`GET /api/v1/projects HTTP/1.1\r\n${HERE()}Authorization: Bearer wrong\r\n${headers}Connection: close\r\n\r\n`);

  it.each([
    "X-Forwarded-Proto: https\r\n",
    "X-Forwarded-Host: a\r\n",
    "Via: 1.1 proxy\r\n",
    "X-Real-IP: 192.0.2.1\r\n",
    "CF-Connecting-IP: 192.0.2.1\r\n",
  ])("guesses for others, whichever way it says so: %s", async (headers) => {
    const all = await Promise.all(Array.from({ length: 12 }, () => guess(headers)));
    expect(all.flatMap(statuses)).toContain(429);
    const own = await say(`GET /api/v1/projects HTTP/1.1\r\n${HERE()}${WITH_TOKEN}Connection: close\r\n\r\n`);
    expect(statuses(own)).toEqual([200]); // commands of this machine are not locked out by it
  });
});

describe("somebody who is slow on purpose", () => {
  it.each([
    ["says nothing", "", undefined],
    ["says a header now and then", "GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\n", "X-A: b\r\n"],
    ["says a body now and then", "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 60000\r\n\r\n", "x"],
  ])("and %s is hung up on", async (_what, text, more) => {
    const heard = await say(text, { at: hasty, ...(more !== undefined && { more }) });
    expect(heard).toContain("<closed>");
  });

  it("many times over keeps no more than a bounded number of connections, and others are served when they are over", async () => {
    const idle = await Promise.all(Array.from({ length: 60 }, () => say("", { at: hasty })));
    expect(idle.filter((heard) => heard.includes("<closed>"))).toHaveLength(60);
    const healthz = `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${hasty}\r\nConnection: close\r\n\r\n`;
    await expect.poll(async () => statuses(await say(healthz, { at: hasty }))).toEqual([200]);
  });
});
