import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { Agent } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import { collectAnswer } from "../../../src/lib/http/collect-answer.ts";

const closing: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** What is collected of the answer that a server on loopback gives. */
async function collected(answer: RequestListener, { maxBytes = 1_000, signal = new AbortController().signal } = {}) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const agent = new Agent();
  closing.push(
    () => agent.destroy(),
    () => new Promise((resolve) => server.close(resolve)),
  );
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return collectAnswer(agent, { origin, path: "/", method: "GET", maxBytes, signal });
}

describe("an answer that is kept whole", () => {
  it("has its status, its headers as texts, and its body in one piece", async () => {
    const answer = await collected((_request, response) => {
      response.writeHead(200, { Link: ["<a>", "<b>"], "X-Thing": "1" }).write("one ");
      setTimeout(() => response.end("two"), 20);
    });
    expect(answer).toMatchObject({ status: 200, headers: { link: "<a>, <b>", "x-thing": "1" } });
    expect("body" in answer && Buffer.from(answer.body).toString()).toBe("one two");
  });

  it.each([
    ["small", "word ".repeat(100)],
    ["large", "x".repeat(300_000) + Math.random()],
  ])("is decoded when it is %s", async (_size, text) => {
    const send: RequestListener = (_request, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(text, { level: 0 }));
    const answer = await collected(send, { maxBytes: 1e6 });
    expect("body" in answer && Buffer.from(answer.body).toString()).toBe(text);
  });

  it.each([
    ["announces too much", { "content-length": "5000" }],
    ["sends too much without saying so", {}],
    ["unpacks to too much", { "content-encoding": "gzip" }],
  ])("is too large when it %s", async (_what, headers: Record<string, string>) => {
    const body = "content-encoding" in headers ? gzipSync("x".repeat(5_000)) : "x".repeat(5_000);
    const answer = await collected((_request, response) => void response.writeHead(200, headers).end(body));
    expect(answer).toMatchObject({ code: "too-large" });
  });

  it("is not too large for what a 304 says of the body that it does not send", async () => {
    const answer = await collected((_request, response) =>
      response.writeHead(304, { "content-length": "5000", etag: '"a"' }).end(),
    );
    expect(answer).toMatchObject({ status: 304, headers: { etag: '"a"' }, body: new Uint8Array() });
  });

  it("ends with the reason of its signal, before the headers and in the middle of the body", async () => {
    const late: RequestListener = () => undefined;
    const half: RequestListener = (_request, response) => void response.writeHead(200).write("half");
    for (const answer of [late, half]) {
      const stop = new AbortController();
      setTimeout(() => stop.abort(new Error("enough")), 50);
      await expect(collected(answer, { signal: stop.signal })).rejects.toThrow("enough");
    }
  });
});
