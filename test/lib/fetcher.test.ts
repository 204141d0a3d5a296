import { randomBytes } from "node:crypto";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isFailure } from "../../src/lib/failure.ts";
import { createFetcher, type Fetcher, type FetchResponse } from "../../src/lib/fetcher.ts";
import { aFetcher, answered, failed } from "../support/fetcher.ts";
import { type Answer, type Received, type StandIn, startStandIn } from "../upstreams/stand-in.ts";

let routes: Record<string, Answer | ((request: Received) => Answer)>;
let upstream: StandIn;
let other: StandIn;
let fetcher: Fetcher;

beforeEach(async () => {
  routes = { "/": { body: "hello" } };
  const serve = (request: Received): Answer => {
    const route = routes[request.path] ?? { status: 404, body: "no such page" };
    return typeof route === "function" ? route(request) : route;
  };
  upstream = await startStandIn(serve);
  other = await startStandIn(serve);
  fetcher = aFetcher([upstream, other]);
});

afterEach(async () => {
  await fetcher.close();
  await Promise.all([upstream.close(), other.close()]);
});

const text = (response: FetchResponse) => new TextDecoder().decode(response.body);

describe("an answer", () => {
  it("has its status, lower-case headers, its body and where it came from", async () => {
    routes["/page"] = { status: 418, headers: { "X-Tea": "green" }, body: "short and stout" };
    const response = answered(await fetcher.fetch({ url: `${upstream.url}/page` }));
    expect(response).toMatchObject({ status: 418, url: `${upstream.url}/page`, headers: { "x-tea": "green" } });
    expect(text(response)).toBe("short and stout");
  });

  it.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
  ])("is decoded from %s", async (encoding, compress) => {
    routes["/"] = { headers: { "content-encoding": encoding }, body: compress("unpacked") };
    expect(text(answered(await fetcher.fetch({ url: upstream.url })))).toBe("unpacked");
  });

  it("to HEAD has the headers of a compressed body and no body", async () => {
    routes["/"] = { headers: { "content-encoding": "gzip" }, body: gzipSync("x".repeat(1000)) };
    const response = answered(await fetcher.fetch({ url: upstream.url, method: "HEAD", maxBytes: 3 }));
    expect(response.body.length).toBe(0);
    expect(response.headers["content-encoding"]).toBe("gzip");
  });

  it("was asked for with a user agent that says who we are", async () => {
    await fetcher.fetch({ url: upstream.url });
    expect(upstream.requests[0]?.headers["user-agent"]).toMatch(/^Headgate\/\S+ \(\+https:/);
  });

  it("goes to whoever takes it as it comes, also decoded, and is then empty", async () => {
    routes["/"] = { body: "x".repeat(300_000) };
    routes["/packed"] = { headers: { "content-encoding": "gzip" }, body: gzipSync("unpacked") };
    const taken: string[] = [];
    const receive = () => {
      taken.push("");
      return (bytes: Uint8Array) => void taken.push((taken.pop() ?? "") + new TextDecoder().decode(bytes));
    };
    expect(text(answered(await fetcher.fetch({ url: upstream.url, receive })))).toBe("");
    await fetcher.fetch({ url: `${upstream.url}/packed`, receive });
    expect(taken.map((one) => one.length)).toEqual([300_000, 8]);
    expect(failed(await fetcher.fetch({ url: upstream.url, receive, maxBytes: 1_000 })).code).toBe("too-large");
  });

  it("to a POST received its body", async () => {
    routes["/echo"] = (request) => ({ body: request.body });
    expect(text(answered(await fetcher.fetch({ url: `${upstream.url}/echo`, method: "POST", body: "ping" })))).toBe(
      "ping",
    );
  });
});

describe("a body", () => {
  it("over the limit is too large", async () => {
    routes["/"] = { body: "x".repeat(2000) };
    expect(failed(await fetcher.fetch({ url: upstream.url, maxBytes: 1999 })).code).toBe("too-large");
    expect(answered(await fetcher.fetch({ url: upstream.url, maxBytes: 2000 })).body.length).toBe(2000);
  });

  it("is decoded also when it is long on the wire, and a long bomb is too large, too", async () => {
    const noise = randomBytes(300_000);
    routes["/"] = { headers: { "content-encoding": "gzip" }, body: gzipSync(noise) };
    const response = await fetcher.fetch({ url: upstream.url });
    expect(isFailure(response) ? response : Buffer.from(response.body).equals(noise)).toBe(true);
    routes["/"] = {
      headers: { "content-encoding": "gzip" },
      body: gzipSync(Buffer.concat([noise, Buffer.alloc(30_000_000)])),
    };
    expect(await fetcher.fetch({ url: upstream.url })).toMatchObject({ code: "too-large" });
  });

  it("is counted after decompression, so that a bomb is too large", async () => {
    const bomb = gzipSync(Buffer.alloc(30_000_000));
    expect(bomb.length).toBeLessThan(100_000);
    routes["/"] = { headers: { "content-encoding": "gzip" }, body: bomb };
    expect(failed(await fetcher.fetch({ url: upstream.url, maxBytes: 1_000_000 })).code).toBe("too-large");
  });

  it.each([
    ["that is not what its encoding says", { "content-encoding": "gzip" }, "plain text"],
    ["whose encoding is cut short", { "content-encoding": "gzip" }, gzipSync("x".repeat(5000)).subarray(0, 20)],
    ["of an encoding nobody asked for", { "content-encoding": "lzma" }, "?"],
    ["that is encoded twice", { "content-encoding": "gzip, gzip" }, gzipSync(gzipSync("x"))],
  ])("%s is unreadable", async (_name, headers, body) => {
    routes["/"] = { headers: headers as Record<string, string>, body };
    expect(failed(await fetcher.fetch({ url: upstream.url })).code).toBe("unreadable");
  });
});

describe("a redirect", () => {
  it("is followed, and the answer says where it came from", async () => {
    routes["/old"] = { status: 301, headers: { location: "/" } };
    expect(answered(await fetcher.fetch({ url: `${upstream.url}/old` })).url).toBe(`${upstream.url}/`);
  });

  it("keeps credentials within an origin", async () => {
    routes["/old"] = { status: 302, headers: { location: "/" } };
    await fetcher.fetch({ url: `${upstream.url}/old`, headers: { Authorization: "Bearer secret" } });
    expect(upstream.requests[1]?.headers.authorization).toBe("Bearer secret");
  });

  it.each(["Authorization", "Cookie", "PRIVATE-TOKEN"])(
    "to another origin drops %s and keeps the rest",
    async (name) => {
      routes["/old"] = { status: 307, headers: { location: other.url } };
      await fetcher.fetch({ url: `${upstream.url}/old`, headers: { [name]: "secret", accept: "text/plain" } });
      expect(other.requests[0]?.headers[name.toLowerCase()]).toBeUndefined();
      expect(other.requests[0]?.headers.accept).toBe("text/plain");
    },
  );

  it("is an answer to a POST, whose body goes nowhere else", async () => {
    routes["/old"] = { status: 307, headers: { location: other.url } };
    expect(answered(await fetcher.fetch({ url: `${upstream.url}/old`, method: "POST", body: "x" })).status).toBe(307);
    expect(other.requests).toHaveLength(0);
  });

  it("is an answer when following was not wanted", async () => {
    routes["/old"] = { status: 302, headers: { location: "/" } };
    expect(answered(await fetcher.fetch({ url: `${upstream.url}/old`, followRedirects: false })).status).toBe(302);
  });

  it("in a circle is refused after five", async () => {
    routes["/old"] = { status: 302, headers: { location: "/old" } };
    expect(failed(await fetcher.fetch({ url: `${upstream.url}/old` })).code).toBe("refused");
    expect(upstream.requests).toHaveLength(6);
  });

  it.each([
    ["a loopback address", "http://127.0.0.1:1/"],
    ["the metadata service", "https://169.254.169.254/latest/meta-data/"],
    ["a file", "file:///etc/passwd"],
    ["plain http", "http://example.org/"],
  ])("to %s is refused", async (_name, location) => {
    routes["/old"] = { status: 302, headers: { location } };
    expect(failed(await fetcher.fetch({ url: `${upstream.url}/old` })).code).toBe("refused");
  });
});

describe("an address", () => {
  it.each([
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::127.0.0.1]/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://10.0.0.1/",
    "https://169.254.169.254/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://0.0.0.0/",
    "https://localhost/",
    "https://metadata.google.internal/",
    "https://user:password@example.org/",
    "http://example.org/",
    "ftp://example.org/",
  ])("such as %s is refused without a connection", async (url) => {
    expect(failed(await fetcher.fetch({ url })).code).toBe("refused");
  });

  it("of this machine is refused on every port but the allowed one", async () => {
    const strict = aFetcher([upstream]);
    expect(failed(await strict.fetch({ url: other.url })).code).toBe("refused");
    expect(answered(await strict.fetch({ url: upstream.url })).status).toBe(200);
    await strict.close();
  });

  it.each([
    ["only private ones", ["10.1.2.3"]],
    ["one private one among public ones", ["93.184.216.34", "127.0.0.1"]],
    ["a private one in IPv6 notation", ["::ffff:192.168.0.1"]],
  ])("is refused when its name resolves to %s", async (_name, addresses) => {
    const resolving = createFetcher({
      userAgent: "test",
      allowPrivate: [],
      retryDelay: 1,
      resolve: (_hostname, _options, callback) =>
        callback(
          null,
          addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
        ),
    });
    const failure = failed(await resolving.fetch({ url: "https://rebound.example/" }));
    expect(failure.code).toBe("refused");
    expect(failure.message).toContain("rebound.example");
    await resolving.close();
  });

  it("that is not a URL is misconfigured", async () => {
    expect(failed(await fetcher.fetch({ url: "pypi.org" })).code).toBe("misconfigured");
  });
});

describe("a failing host", () => {
  it.each([502, 503, 504])("that answers %s twice is asked a third time", async (status) => {
    upstream.fail(() => true, { status }, 2);
    expect(answered(await fetcher.fetch({ url: upstream.url })).status).toBe(200);
    expect(upstream.requests).toHaveLength(3);
  });

  it("that keeps answering 502 is asked three times, and its answer is returned", async () => {
    upstream.fail(() => true, { status: 502 });
    expect(answered(await fetcher.fetch({ url: upstream.url })).status).toBe(502);
    expect(upstream.requests).toHaveLength(3);
  });

  it("that cuts the connection is asked again", async () => {
    upstream.fail(() => true, "reset", 2);
    expect(answered(await fetcher.fetch({ url: upstream.url })).status).toBe(200);
  });

  it("that fails again and again is given ever longer pauses", async () => {
    const patient = aFetcher([upstream], { retries: 2, retryDelay: 60 });
    upstream.fail(() => true, { status: 502 });
    await patient.fetch({ url: upstream.url });
    const [first = 0, second = 0, third = 0] = upstream.requests.map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(29); // half of the pause is fixed, half is chance
    expect(third - second).toBeGreaterThanOrEqual(59);
    await patient.close();
  });

  it("that sends more than was allowed is cut off, not read to its end", async () => {
    upstream.fail(() => true, { flood: 200_000_000 });
    const before = process.memoryUsage().arrayBuffers;
    expect(failed(await fetcher.fetch({ url: upstream.url, maxBytes: 1_000_000 })).code).toBe("too-large");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
  });

  it("that keeps cutting the connection is unavailable", async () => {
    upstream.fail(() => true, "reset");
    expect(failed(await fetcher.fetch({ url: upstream.url })).code).toBe("unavailable");
  });

  it("is not sent a POST twice, unless the POST only reads", async () => {
    upstream.fail(() => true, { status: 502 });
    await fetcher.fetch({ url: upstream.url, method: "POST", body: "x" });
    expect(upstream.requests).toHaveLength(1);
    await fetcher.fetch({ url: upstream.url, method: "POST", body: "x", repeatable: true });
    expect(upstream.requests).toHaveLength(4);
  });

  it("that hangs is a time-out", async () => {
    upstream.fail(() => true, "hang");
    expect(failed(await fetcher.fetch({ url: upstream.url, timeout: 150 })).code).toBe("timeout");
  });

  it("can be given up by the caller", async () => {
    upstream.fail(() => true, "hang");
    const giveUp = new AbortController();
    setTimeout(() => giveUp.abort(), 50);
    const failure = failed(await fetcher.fetch({ url: upstream.url, signal: giveUp.signal }));
    expect(failure.message).toContain("cancelled");
  });
});

describe("a failure's message", () => {
  it("names host and path, never the query or a header", async () => {
    upstream.fail(() => true, "reset");
    const failure = failed(
      await fetcher.fetch({ url: `${upstream.url}/page?token=secret`, headers: { authorization: "Bearer secret" } }),
    );
    expect(failure.message).toContain("/page");
    expect(failure.message).not.toContain("secret");
  });
});

describe("a POST that only reads", () => {
  const post = { method: "POST", body: "{}" } as const;

  it("is sent again when its connection was lost, and keeps an answer that it got", async () => {
    const patient = aFetcher([upstream], { retries: 2, retryDelay: 1 });
    upstream.fail(() => true, "reset", 1);
    expect(answered(await patient.fetch({ url: upstream.url, ...post, repeatable: "when-lost" })).status).toBe(200);
    upstream.fail(() => true, { status: 502 }, 1);
    expect(answered(await patient.fetch({ url: upstream.url, ...post, repeatable: "when-lost" })).status).toBe(502);
    await patient.close();
  });

  it("is never sent again when nobody said that it only reads", async () => {
    const patient = aFetcher([upstream], { retries: 2, retryDelay: 1 });
    upstream.fail(() => true, "reset", 1);
    expect(failed(await patient.fetch({ url: upstream.url, ...post })).code).toBe("unavailable");
    await patient.close();
  });
});
