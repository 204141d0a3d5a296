import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import { asFetch } from "../../../src/lib/http/fetch-adapter.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { type Answer, type Received, type StandIn, startStandIn } from "../../upstreams/stand-in.ts";

let answer: (request: Received) => Answer;
let server: StandIn;
let fetcher: Fetcher;
let fetchLike: typeof fetch;

beforeEach(async () => {
  answer = () => ({ body: { ok: true } });
  server = await startStandIn((request) => answer(request));
  fetcher = aFetcher([server], { retries: 0 });
  fetchLike = asFetch(fetcher);
});

afterEach(async () => {
  await fetcher.close();
  await server.close();
});

describe("a fetcher used as fetch", () => {
  it("gives a response with status, headers, address and body", async () => {
    answer = () => ({ status: 201, headers: { "x-a": "b" }, body: { ok: true } });
    const response = await fetchLike(`${server.url}/path`);
    expect([response.status, response.headers.get("x-a"), response.url]).toEqual([201, "b", `${server.url}/path`]);
    expect(await response.json()).toEqual({ ok: true });
  });

  it("does not claim that a decoded body is still encoded", async () => {
    answer = () => ({ headers: { "content-encoding": "gzip" }, body: gzipSync("unpacked") });
    const response = await fetchLike(server.url);
    expect(response.headers.has("content-encoding")).toBe(false);
    expect(await response.text()).toBe("unpacked");
  });

  it.each([204, 304])("gives a %i without a body", async (status) => {
    answer = () => ({ status });
    expect((await fetchLike(server.url)).body).toBeNull();
  });

  it.each<[string, (url: string) => Promise<Response>]>([
    ["from its options", (url) => fetchLike(url, { method: "post", headers: { "X-A": "b" }, body: "ping" })],
    ["from a request", (url) => fetchLike(new Request(url, { method: "POST", headers: { "X-A": "b" }, body: "ping" }))],
    [
      "as bytes",
      (url) => fetchLike(new URL(url), { method: "POST", headers: [["X-A", "b"]], body: Buffer.from("ping") }),
    ],
  ])("sends method, headers and body %s", async (_name, send) => {
    await send(server.url);
    expect(server.requests[0]).toMatchObject({ method: "POST", headers: { "x-a": "b" } });
    expect(server.requests[0]?.body.toString()).toBe("ping");
  });

  it("leaves redirects alone when told to", async () => {
    answer = () => ({ status: 302, headers: { location: "/elsewhere" } });
    expect((await fetchLike(server.url, { redirect: "manual" })).status).toBe(302);
    expect(server.requests).toHaveLength(1);
  });

  it("throws the failure where there is no answer", async () => {
    await expect(fetchLike("https://127.0.0.1:1/")).rejects.toMatchObject({ name: "Failure", code: "refused" });
  });
});
