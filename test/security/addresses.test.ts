import type { LookupAddress } from "node:dns";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Failure, isFailure } from "../../src/lib/failure.ts";
import { createFetcher, type Fetcher } from "../../src/lib/fetcher.ts";
import { createGitRemote } from "../../src/lib/git/remote.ts";
import { createAddressGuard, isPublicAddress } from "../../src/lib/http/address-guard.ts";
import type { FetcherOptions } from "../../src/lib/http/fetcher-options.ts";
import type { ResolveAll } from "../../src/lib/http/resolve.ts";
import { createRegistry } from "../../src/lib/registry/client.ts";
import { anAuthority } from "../support/certificates.ts";
import { type ConnectProxy, startConnectProxy, startTlsBefore } from "../upstreams/connect-proxy.ts";
import { type StandIn, startStandIn } from "../upstreams/stand-in.ts";

/** Every way to write an address that is not public, as a stranger could write it into a file that is watched. */
const HOSTS: Readonly<Record<string, readonly string[]>> = {
  "loopback by number": [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "127.0.0.1.",
    "127.255.255.254",
    "%31%32%37.0.0.1",
    "①②⑦.⓪.⓪.①",
    "１２７.０.０.１",
    "127。0。0。1",
    "127．0．0．1",
  ],
  "this host": ["0", "0.0.0.0", "00.0", "0x0", "[::]", "[0:0::0]"],
  "IPv6 loopback": ["[::1]", "[0:0:0:0:0:0:0:1]", "[0000:0000::0001]", "[::0001]"],
  "IPv4 within IPv6": [
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:10.0.0.1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[::ffff:169.254.169.254]",
  ],
  "translated IPv4": ["[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]", "[64:ff9b::169.254.169.254]", "[64:ff9b:1::a00:1]"],
  "6to4 and Teredo": [
    "[2002:7f00:1::]",
    "[2002:a00:1::1]",
    "[2002:a9fe:a9fe::1]",
    "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
  ],
  "private networks": [
    "10.0.0.1",
    "10.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "0xc0a80101",
    "3232235777",
    "100.64.0.1",
  ],
  "unique local": ["[fc00::1]", "[fd12:3456:789a::1]", "[fd00:ec2::254]", "[fd20:ce::254]"],
  "link-local": ["169.254.0.1", "[fe80::1]", "[febf::1]", "[fec0::1]"],
  "metadata services": [
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.170.2",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
  ],
  "multicast, broadcast, reserved, documentation": [
    "224.0.0.1",
    "239.255.255.255",
    "255.255.255.255",
    "240.0.0.1",
    "198.18.0.1",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "[ff02::1]",
    "[2001:db8::1]",
    "[100::1]",
    "[3fff::1]",
    "[5f00::1]",
  ],
  "names of this machine": [
    "localhost",
    "LOCALHOST",
    "localhost.",
    "localhost..",
    "ｌｏｃａｌｈｏｓｔ",
    "a.localhost",
    "a.localhost.",
    "localhost.localdomain",
    "LocalHost.LocalDomain.",
  ],
  "names of this network": [
    "intranet",
    "redis",
    "postgres",
    "metadata",
    "instance-data",
    "kubernetes.default.svc.cluster.local",
    "printer.local",
    "metadata.google.internal",
    "metadata.google.internal.",
    "METADATA.GOOGLE.INTERNAL",
    "instance-data.ec2.internal",
    "host.docker.internal",
    "router.lan",
    "nas.home.arpa",
    "wiki.corp",
    "box.home",
    "db.private",
    "portal.intranet",
    "xn--localhost-.test",
  ],
};

const NOT_WRITABLE = ["[fe80::1%25eth0]", "[fe80::1%eth0]", "127.0.0.1:0x50", "256.1.1.1", "1.2.3.4.5", "0x100000000"];
const FORBIDDEN = [
  "http://example.org/",
  "https://user:password@example.org/",
  "https://user@example.org/",
  "https://:password@example.org/",
  "https://example.org@127.0.0.1/",
  "ftp://example.org/",
  "file:///etc/passwd",
  "gopher://example.org/",
  "data:text/plain,x",
  "javascript:alert(1)",
  "ssh://git@example.org/a/b",
  "git://example.org/a/b",
  "ws://example.org/",
  "unix:///var/run/docker.sock",
  "blob:https://example.org/1",
];

const fetchers: Fetcher[] = [];
afterEach(async () => {
  for (const fetcher of fetchers.splice(0)) await fetcher.close();
});

function strict(given: Partial<FetcherOptions> = {}): Fetcher {
  const fetcher = createFetcher({ userAgent: "test", allowPrivate: [], retries: 0, connectTimeout: 2_000, ...given });
  fetchers.push(fetcher);
  return fetcher;
}

function failed(outcome: unknown): Failure {
  if (!isFailure(outcome)) throw new Error(`it was not refused: ${JSON.stringify(outcome)}`);
  return outcome;
}

/** A resolver that must not be asked. */
const asked: string[] = [];
const recording: ResolveAll = (hostname, _options, done) => {
  asked.push(hostname);
  done(null, [{ address: "127.0.0.1", family: 4 }]);
};

describe.each(Object.entries(HOSTS))("%s", (_kind, hosts) => {
  it.each(hosts)("%s is refused before anything is resolved or connected", async (host) => {
    asked.length = 0;
    const fetcher = strict({ resolve: recording });
    for (const url of [`https://${host}/`, `https://${host}:8443/x`]) {
      expect(failed(await fetcher.fetch({ url }))).toMatchObject({ code: "refused" });
    }
    expect(failed(await createGitRemote(fetcher).listRefs(`https://${host}/a/b`, "refs/"))).toMatchObject({
      code: "refused",
    });
    expect(asked).toEqual([]);
  });
});

describe("what is no address at all", () => {
  it.each(NOT_WRITABLE)("%s is a failure, not an exception", async (host) => {
    expect(failed(await strict({ resolve: recording }).fetch({ url: `https://${host}/` })).code).toMatch(
      /^(?:misconfigured|refused)$/,
    );
  });

  it.each(FORBIDDEN)("%s is refused", async (url) => {
    expect(failed(await strict().fetch({ url })).code).toBe("refused");
    expect(failed(await createGitRemote(strict()).listRefs(url, "refs/")).code).toMatch(/^(?:misconfigured|refused)$/);
  });

  it.each([
    "1.2.3.4.5",
    "256.256.256.256",
    "a.example:99999",
    "-.-.",
    "example..org",
    "[::1]",
    "0x7f.1",
    "localhost:5000",
    "127.0.0.1:5000",
  ])("a registry called %s is a failure of that image alone", async (host) => {
    const registry = createRegistry(strict({ resolve: recording }), {}, () => undefined);
    expect(failed(await registry.tags(host, "a/b")).code).toMatch(/^(?:misconfigured|refused)$/);
  });
});

describe("an address as the resolver gives it", () => {
  const literal = Object.values(HOSTS)
    .flat()
    .filter((host) => URL.canParse(`https://${host}/`))
    .map((host) => new URL(`https://${host}/`).hostname.replace(/^\[|\]$/g, ""))
    .filter((host) => /^[\d.]+$|:/.test(host));

  it("is judged alike however it was written", () => {
    expect(literal.length).toBeGreaterThan(60);
    expect(literal.filter(isPublicAddress)).toEqual([]);
  });

  it.each(["fe80::1%eth0", "fe80::1%1", "::1%lo", "", " 127.0.0.1", "127.0.0.1 ", "127.1", "0x7f.1"])(
    "%j is not public",
    (address) => {
      expect(isPublicAddress(address)).toBe(false);
    },
  );
});

describe("a name that changes where it leads", () => {
  let inside: Server;
  let port: number;
  const hits: string[] = [];
  beforeAll(async () => {
    inside = createServer((request, response) => {
      hits.push(request.url ?? "");
      response.end("the cloud's secrets");
    });
    inside.on("connection", () => hits.push("connection"));
    await new Promise<void>((resolve) => inside.listen(0, "127.0.0.1", resolve));
    port = (inside.address() as AddressInfo).port;
  });
  afterAll(() => inside.close());

  const answering =
    (...turns: readonly (readonly string[])[]): ResolveAll =>
    (_hostname, _options, done) => {
      const turn = turns[Math.min(answered++, turns.length - 1)] ?? [];
      done(
        null,
        turn.map((address): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 })),
      );
    };
  let answered = 0;

  it.each([
    ["a public and then a private address", [["192.0.2.1"], ["127.0.0.1"]]],
    ["both at once", [["1.1.1.1", "127.0.0.1"]]],
    ["the private one first", [["127.0.0.1", "1.1.1.1"]]],
    ["an IPv4 address in IPv6 clothes", [["::ffff:127.0.0.1"]]],
    ["one with a zone", [["fe80::1%lo"]]],
    ["nothing", [[]]],
  ])("to %s never reaches this machine", async (_name, turns) => {
    answered = 0;
    hits.length = 0;
    const fetcher = strict({ resolve: answering(...turns), connectTimeout: 100 });
    for (let turn = 0; turn < 3; turn++) {
      failed(await fetcher.fetch({ url: `https://rebound.example.org:${port}/latest/meta-data/` }));
    }
    expect(answered).toBeGreaterThan(0);
    expect(hits).toEqual([]);
  });

  it("is looked at again after the connection: what the socket says counts, not what the resolver said", () => {
    const guard = createAddressGuard([]);
    expect(guard.refusalOfAddress("rebound.example.org", "127.0.0.1")).toMatchObject({ code: "refused" });
    expect(guard.refusalOfAddress("rebound.example.org", undefined)).toMatchObject({ code: "refused" });
  });
});

describe("a hostile host in the world", () => {
  const authority = anAuthority();
  let standIn: StandIn;
  let proxy: ConnectProxy;
  let tls: { port: number; close: () => Promise<void> };
  let location = "";
  let challenge = "";
  beforeAll(async () => {
    standIn = await startStandIn(({ path }) => {
      if (path.startsWith("/v2/")) return { status: 401, headers: { "www-authenticate": challenge } };
      return path === "/moved" ? { status: 302, headers: { location } } : { body: "{}" };
    });
    tls = await startTlsBefore(Number(new URL(standIn.url).port), authority.certify("evil.example.org"));
    proxy = await startConnectProxy({ "evil.example.org:443": tls.port });
  });
  afterAll(async () => {
    await Promise.all([proxy.close(), tls.close(), standIn.close()]);
  });
  const outside = () => strict({ proxy: proxy.url, certificateAuthorities: [authority.cert] });

  const targets = Object.values(HOSTS)
    .flat()
    .map((host) => `https://${host}/`);
  it("cannot lead us inside by a redirect, in any notation, and the proxy never hears of it", async () => {
    const fetcher = outside();
    const passed: string[] = [];
    for (const target of [...targets, ...FORBIDDEN]) {
      if (!URL.canParse(target)) continue;
      location = target.replace(/[^\u0020-\u007e]+/g, encodeURIComponent);
      const outcome = await fetcher.fetch({ url: "https://evil.example.org/moved" });
      if (!isFailure(outcome) || outcome.code !== "refused") passed.push(target);
    }
    expect(passed).toEqual([]);
    expect(new Set(proxy.asked.map((one) => one.authority))).toEqual(new Set(["evil.example.org:443"]));
  });

  it("cannot lead us inside by the token service that a registry names", async () => {
    const passed: string[] = [];
    const fetcher = outside();
    for (const target of [...targets, ...FORBIDDEN, "not a url", ""]) {
      challenge = `Bearer realm="${target.replace(/[^\u0020-\u007e]/g, "")}",service="x"`;
      const registry = createRegistry(fetcher, {}, () => ({ username: "robot", password: "hunter2" }));
      const outcome = await registry.tags("evil.example.org", "a/b");
      if (!isFailure(outcome)) passed.push(target);
    }
    expect(passed).toEqual([]);
    expect(new Set(proxy.asked.map((one) => one.authority))).toEqual(new Set(["evil.example.org:443"]));
    expect(
      standIn.requests.filter(({ headers }) =>
        headers.authorization?.includes(Buffer.from("robot:hunter2").toString("base64")),
      ),
    ).toEqual([]);
  });
});

describe("network.allow-private", () => {
  const guard = createAddressGuard(["mirror.internal:8443", "10.1.2.3:443", "[fd00::1]:8080"]);
  it.each([
    "https://mirror.internal:8443/",
    "http://mirror.internal:8443/",
    "https://10.1.2.3/",
    "http://[fd00::1]:8080/",
    "https://[FD00:0::1]:8080/",
  ])("opens %s", (url) => {
    expect(guard.refusalOf(new URL(url))).toBeUndefined();
  });

  it.each([
    "https://mirror.internal/",
    "https://mirror.internal.:8443/",
    "https://a.mirror.internal:8443/",
    "https://mirror.internal.example.internal:8443/",
    "http://10.1.2.3/",
    "https://10.1.2.4/",
    "https://10.1.2.3:8443/",
    "http://[fd00::2]:8080/",
    "https://user:x@mirror.internal:8443/",
    "ftp://mirror.internal:8443/",
  ])("does not open %s", (url) => {
    expect(guard.refusalOf(new URL(url))).toMatchObject({ code: "refused" });
  });
});
