import { constants, createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { isFailure } from "../../src/lib/failure.ts";
import { createFetcher, type Fetcher, type FetchResponse } from "../../src/lib/fetcher.ts";
import type { FetcherOptions } from "../../src/lib/http/fetcher-options.ts";
import { anAuthority } from "../support/certificates.ts";
import { memoryInUse } from "../support/memory.ts";
import { pour, type RawScript, type RawServer, startRaw } from "../upstreams/raw.ts";

/** An upstream, or whoever took it over, writes the bytes of its answers itself. */
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function anUpstream(answer: RawScript["answer"]): Promise<RawServer> {
  const upstream = await startRaw({ answer });
  stops.push(upstream.close);
  return upstream;
}

/** Half a second for each phase, so that what never ends is over soon; for nothing that comes in the end. */
const IMPATIENT = { connectTimeout: 500, headersTimeout: 500, bodyTimeout: 500 };

function aFetcher(hosts: readonly { readonly port: number }[], given: Partial<FetcherOptions> = {}): Fetcher {
  const allowPrivate = hosts.flatMap(({ port }) => [`127.0.0.1:${port}`, `localhost:${port}`]);
  const fetcher = createFetcher({ userAgent: "test", allowPrivate, retries: 0, ...given });
  stops.push(fetcher.close);
  return fetcher;
}

/** What an upstream that answers with these bytes, and then hangs up or not, is taken to have said. */
async function answerTo(text: string, { hangsUp = false } = {}): Promise<FetchResponse | Error> {
  const upstream = await anUpstream((socket) => void (hangsUp ? socket.end(text) : socket.write(text)));
  return aFetcher([upstream]).fetch({ url: `${upstream.url}/page` });
}

const textOf = (answer: FetchResponse | Error) => (isFailure(answer) ? answer.code : said(answer as FetchResponse));
const said = ({ body }: FetchResponse) => Buffer.from(body).toString();
const page = (text: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;

describe("an answer of which it is not clear where it ends", () => {
  it.each([
    ["a length and chunks", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"],
    ["chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n5\r\nhello\r\n0\r\n\r\n"],
    ["two lengths", "Content-Length: 2\r\nContent-Length: 5\r\n\r\nhello"],
    ["a list of lengths", "Content-Length: 2, 5\r\n\r\nhello"],
    ["a length with a sign", "Content-Length: +5\r\n\r\nhello"],
    ["a length below zero", "Content-Length: -5\r\n\r\nhello"],
    ["a length beyond 64 bits", "Content-Length: 18446744073709551621\r\n\r\nhello"],
    ["a size of a chunk beyond 64 bits", "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello\r\n0\r\n\r\n"],
    ["a size of a chunk with a prefix", "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n"],
    ["chunks that end with a line feed", "Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n"],
    ["a header behind a bare carriage return", "X-A: b\rContent-Length: 5\r\nContent-Length: 2\r\n\r\nhello"],
    ["a line that goes on", "X-A: b\r\n Content-Length: 5\r\nContent-Length: 2\r\n\r\nhello"],
    ["a blank before the colon", "Content-Length : 2\r\n\r\nhello"],
    ["a zero byte", "X-A: b\0c\r\nContent-Length: 2\r\n\r\nhello"],
  ])("is none: %s", async (_what, rest) => {
    expect(await answerTo(`HTTP/1.1 200 OK\r\n${rest}`)).toMatchObject({ code: "unreadable" });
  });

  it.each([
    ["by its length", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"],
    ["in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"],
    ["in its headers", "HTTP/1.1 200 OK\r\nContent-"],
  ])("is none when it is cut: %s", async (_what, text) => {
    expect(await answerTo(text, { hangsUp: true })).toMatchObject({ code: "unavailable" });
  });

  it.each(["220 mail.example.org ESMTP\r\n", "<html>", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"])(
    "is none when it is no HTTP: %j",
    async (text) => {
      expect(await answerTo(text, { hangsUp: true })).toMatchObject({ code: "unreadable" });
    },
  );
});

describe("over TLS, where a server would rather speak HTTP/2", () => {
  const authority = anAuthority();

  /** Says half of an answer, and breaks off: by the frame or the end of the connection that its protocol has for that. */
  async function aServerThatBreaksOff(): Promise<number> {
    const server = createSecureServer({ ...authority.certify("localhost"), allowHTTP1: true });
    server.on("sessionError", () => undefined);
    server.on("stream", (stream) => {
      stream.respond({ ":status": 200 });
      stream.write("half of a list\n");
      setTimeout(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR), 20);
    });
    server.on("request", (request, response) => {
      if (request.httpVersion === "2.0") return; // told of it as a stream
      response.write("half of a list\n");
      setTimeout(() => response.destroy(), 20);
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    stops.push(async () => void server.close());
    return (server.address() as AddressInfo).port;
  }

  it("an answer without a length that is cut is a failure, never the whole", async () => {
    const port = await aServerThatBreaksOff();
    const fetcher = aFetcher([{ port }], { certificateAuthorities: [authority.cert] });
    const answers = await Promise.all([1, 2].map((n) => fetcher.fetch({ url: `https://localhost:${port}/${n}` })));
    expect(answers.map(textOf)).toEqual(["unavailable", "unavailable"]);
  });
});

describe("over TLS, where somebody on the way can only cut", () => {
  const authority = anAuthority();

  /** Writes an answer, and ends the connection below TLS, without its word for an end: as somebody does who has no keys. */
  async function ask(answer: string) {
    const upstream = createTlsServer(authority.certify("localhost"), (socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.write(answer, () => socket.destroy()));
    });
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
    stops.push(async () => void upstream.close());
    const { port } = upstream.address() as AddressInfo;
    return aFetcher([{ port }], { certificateAuthorities: [authority.cert] }).fetch({
      url: `https://localhost:${port}/`,
    });
  }

  it("an answer that says no end is none", async () => {
    const answer = await ask("HTTP/1.1 200 OK\r\n\r\nhalf of a list\n");
    expect(answer).toMatchObject({ code: "unreadable", message: expect.stringContaining("where its answer ends") });
  });

  it("one that says it is none either when it is cut, and is one when it is whole", async () => {
    const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    expect(await ask(CHUNKED)).toMatchObject({ code: "unavailable" });
    expect(textOf(await ask(`${CHUNKED}0\r\n\r\n`))).toBe("hello");
  });
});

describe("what comes on a connection besides the answer", () => {
  const poisoned =
    (delay: number): RawScript["answer"] =>
    (socket, request) => {
      const path = request.split(" ")[1] ?? "";
      if (delay === 0) return void socket.write(page(`own ${path}`) + page("poison"));
      socket.write(page(`own ${path}`));
      setTimeout(() => socket.write(page("poison")), delay);
    };

  it.each([
    ["with it", 0],
    ["after it", 5],
  ])("%s is never the answer to the next request", async (_when, delay) => {
    const upstream = await anUpstream(poisoned(delay));
    const fetcher = aFetcher([upstream], { concurrency: 1 });
    const answers: string[] = [];
    for (const path of ["/1", "/2", "/3"]) {
      answers.push(textOf(await fetcher.fetch({ url: upstream.url + path })));
      await expect.poll(upstream.open, { interval: 5 }).toBe(0); // it has come, and was hung up on
    }
    expect(answers).toEqual(["own /1", "own /2", "own /3"]);
    expect(upstream.connections()).toBe(3); // whoever says more than was asked is not spoken to again there
  });

  it("with it is not the answer to one that already waits, nor to one for another service of the same machine", async () => {
    const [one, other] = [await anUpstream(poisoned(0)), await anUpstream((socket) => void socket.write(page("fine")))];
    const fetcher = aFetcher([one, other], { concurrency: 1 });
    const urls = [`${one.url}/1`, `${one.url}/2`, `${other.url}/3`];
    const answers = await Promise.all(urls.map((url) => fetcher.fetch({ url })));
    expect(answers.map(textOf)).toEqual(["own /1", "own /2", "fine"]);
  });

  it.each([
    ["HEAD", 200],
    ["GET", 204],
    ["GET", 304],
  ] as const)("as a body of a %s that has none (%i) is dropped", async (method, status) => {
    const text = `HTTP/1.1 ${status} x\r\nContent-Length: ${page("poison").length}\r\n\r\n${page("poison")}`;
    const upstream = await anUpstream(
      (socket, request) => void socket.write(/^[A-Z]+ \/1 /.test(request) ? text : page("own")),
    );
    const fetcher = aFetcher([upstream], { concurrency: 1 });
    const [first, second] = [
      await fetcher.fetch({ url: `${upstream.url}/1`, method }),
      await fetcher.fetch({ url: `${upstream.url}/2` }),
    ];
    expect(first).toMatchObject({ status, body: { length: 0 } });
    expect(textOf(second)).toBe("own");
  });

  it("before it (RFC 9110, 1xx) says nothing", async () => {
    const early = "HTTP/1.1 103 Early Hints\r\nLocation: https://elsewhere.example/\r\nETag: x\r\n\r\n";
    expect(await answerTo(early + page("own"))).toMatchObject({ status: 200, headers: { "content-length": "3" } });
  });

  it("behind its chunks is no header of it", async () => {
    const chunks = "5\r\nhello\r\n0\r\nETag: x\r\nContent-Encoding: gzip\r\n\r\n";
    const answer = await answerTo(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`);
    expect(answer).toMatchObject({ status: 200, headers: { "transfer-encoding": "chunked" } });
    expect(textOf(answer)).toBe("hello");
  });

  it("is no other protocol that nobody asked for", async () => {
    const text = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n";
    expect(await answerTo(text)).toMatchObject({ code: "unavailable" });
  });
});

describe("an answer without end is given up, and takes little meanwhile", () => {
  const OK = "HTTP/1.1 200 OK\r\n";
  const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
  it.each([
    ["early hints", "", "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100)],
    ["continue", "", "HTTP/1.1 100 Continue\r\n\r\n".repeat(100)],
    ["blank lines", "", "\r\n".repeat(2_000)],
    ["reason", "HTTP/1.1 200 ", "x".repeat(4_000)],
    ["headers", OK, "X-A: b\r\n".repeat(500)],
    ["name of a header", OK, "x".repeat(4_000)],
    ["size of a chunk", CHUNKED, "0".repeat(4_000)],
    ["extension of a chunk", `${CHUNKED}5;`, "x".repeat(4_000)],
    ["trailers", `${CHUNKED}5\r\nhello\r\n0\r\n`, "X-A: b\r\n".repeat(500)],
    ["chunks", CHUNKED, "1\r\na\r\n".repeat(700)],
    ["body", `${OK}\r\n`, "x".repeat(4_000)],
  ])("%s", async (_what, start, rest) => {
    const upstream = await anUpstream((socket) => {
      socket.write(start);
      pour(socket, rest);
    });
    const before = memoryInUse();
    const answer = await aFetcher([upstream], { maxBytes: 1024 * 1024, ...IMPATIENT }).fetch({ url: upstream.url });
    expect(["timeout", "too-large", "unreadable", "unavailable"]).toContain(textOf(answer));
    expect(memoryInUse() - before).toBeLessThan(150 * 1024 * 1024);
  });

  it("also when a byte comes now and then", async () => {
    const upstream = await anUpstream((socket) => {
      socket.write(`${OK}\r\n`);
      const drip = setInterval(() => (socket.destroyed ? clearInterval(drip) : socket.write("x")), 50);
    });
    expect(await aFetcher([upstream], IMPATIENT).fetch({ url: upstream.url })).toMatchObject({ code: "timeout" });
  });
});
