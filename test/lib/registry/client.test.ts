import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { forEachOf } from "../../../src/lib/concurrency/for-each-of.ts";
import { type Failure, isFailure } from "../../../src/lib/failure.ts";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import { createRegistry, type Registry } from "../../../src/lib/registry/client.ts";
import type { ImageTags } from "../../../src/lib/registry/tags.ts";
import type { RegistryLogin } from "../../../src/lib/registry/token-request.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { digestOf } from "../../upstreams/oci/manifests.ts";
import { type OciWorld, pushImage } from "../../upstreams/oci/world.ts";
import { startOci } from "../../upstreams/oci.ts";
import { type StandIn, startStandIn } from "../../upstreams/stand-in.ts";

let world: OciWorld;
let server: StandIn;
let fetcher: Fetcher;
let registry: Registry;

beforeEach(async () => {
  world = { repositories: {} };
  for (const tag of ["1.0", "1.1", "1.2"]) pushImage(world, "example/tool", tag, { content: tag });
  server = await startOci(world);
  connect();
});

afterEach(async () => {
  await fetcher.close();
  await server.close();
});

function connect(login?: RegistryLogin, others: readonly StandIn[] = []): void {
  fetcher = aFetcher([server, ...others], { retries: 0 });
  registry = createRegistry(fetcher, { "registry.example": { url: server.url } }, () => login);
}

const tags = async () => names(await registry.tags("registry.example", "example/tool"));
const digest = (tag: string) => registry.digest("registry.example", "example/tool", tag);
const asked = (part: string) => server.requests.filter(({ path }) => path.includes(part));

function names(outcome: ImageTags | "unchanged" | Failure): readonly string[] {
  if (isFailure(outcome)) throw outcome;
  if (outcome === "unchanged") throw new Error("expected tags");
  expect(outcome.complete).toBe(true);
  return outcome.tags.map((tag) => tag.name);
}

describe("the tags of an image", () => {
  it.each(["relative", "absolute", "wrong-prefix"] as const)(
    "are read over all pages that are linked as %s",
    async (nextLink) => {
      Object.assign(world, { pageSize: 1, nextLink });
      expect(await tags()).toEqual(["1.0", "1.1", "1.2"]);
    },
  );

  it("may come oldest first, or all at once from a registry that ignores the page size", async () => {
    Object.assign(world, { oldestFirst: true, pageSize: 2 });
    pushImage(world, "example/tool", "0.9", { content: "late" });
    expect(await tags()).toEqual(["1.0", "1.1", "1.2", "0.9"]);
    world.ignorePageSize = true;
    expect(await tags()).toHaveLength(4);
  });

  it("are none where the registry says null", async () => {
    world.repositories["example/tool"] = { tags: {} };
    expect(await tags()).toEqual([]);
  });

  it("leave out those that only carry signatures", async () => {
    pushImage(world, "example/tool", `sha256-${"a".repeat(64)}.sig`, { content: "signature" });
    pushImage(world, "example/tool", `sha256-${"b".repeat(64)}`, { content: "referrers" });
    pushImage(world, "example/tool", "sha256-rewrite", { content: "a version of its own kind" });
    expect(await tags()).toEqual(["1.0", "1.1", "1.2", "sha256-rewrite"]);
  });

  it("are incomplete, with the reason, when a later page fails", async () => {
    world.pageSize = 2;
    server.fail((request) => request.query.has("last"), { status: 500 });
    expect(await registry.tags("registry.example", "example/tool")).toMatchObject({
      tags: [{ name: "1.0" }, { name: "1.1" }],
      complete: false,
      problem: { code: "unavailable" },
    });
  });

  it("end when a registry links its pages in a circle", async () => {
    const link = '</v2/example/tool/tags/list?last=x>; rel="next"';
    server.fail((request) => request.path.endsWith("/tags/list"), { headers: { link }, body: { tags: ["1.0"] } });
    expect(await registry.tags("registry.example", "example/tool")).toMatchObject({ complete: false });
  });

  it("are asked for once by everybody who asks at the same time", async () => {
    await Promise.all([tags(), tags(), tags()]);
    expect(asked("/tags/list").filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe("the digest of a tag", () => {
  it("is the registry's word to HEAD, so that nothing is pulled", async () => {
    expect(await digest("1.0")).toBe(digestOf({ content: "1.0" }));
    expect(asked("/manifests/").map(({ method }) => method)).toEqual(["HEAD", "HEAD"]);
    expect(asked("/manifests/")[0]?.headers.accept).toMatch(
      /image\.index.*manifest\.list.*image\.manifest.*manifest\.v2/,
    );
  });

  it("is the hash of the manifest where HEAD does not say", async () => {
    world.digestlessHead = true;
    expect(await digest("1.0")).toBe(digestOf({ content: "1.0" }));
  });

  it("moves when another image is pushed under the tag", async () => {
    pushImage(world, "example/tool", "1.0", { content: "rebuilt", multiPlatform: false });
    expect(await digest("1.0")).toBe(digestOf({ content: "rebuilt", multiPlatform: false }));
  });

  it("is not found for a tag that does not exist", async () => {
    expect(await digest("9.9")).toMatchObject({ code: "not-found" });
  });

  it.each(["../../../token", "1.0?x", "", "sha256:short"])("of the impossible tag %j is asked nowhere", async (tag) => {
    expect(await digest(tag)).toMatchObject({ code: "misconfigured" });
    expect(server.requests).toHaveLength(0);
  });
});

describe("a token", () => {
  it("serves until it expires, and is asked for without a detour for the next image", async () => {
    pushImage(world, "example/other", "1.0", { content: "other" });
    for (const tag of ["1.0", "1.1", "1.2"]) await digest(tag);
    expect(asked("/token")).toHaveLength(1);
    await registry.digest("registry.example", "example/other", "1.0");
    expect(asked("/token")).toHaveLength(2);
    expect(asked("/manifests/").filter(({ status }) => status === 401)).toHaveLength(1);
  });

  it("that the registry no longer takes is replaced once", async () => {
    await digest("1.0");
    server.fail((request) => request.path.includes("/manifests/"), { status: 401, headers: challenge(server.url) }, 1);
    expect(await digest("1.0")).toBe(digestOf({ content: "1.0" }));
    expect(asked("/token")).toHaveLength(2);
  });

  it("that helps nothing is an unauthorized failure", async () => {
    server.fail((request) => request.path.includes("/manifests/"), { status: 401, headers: challenge(server.url) });
    expect(await digest("1.0")).toMatchObject({ code: "unauthorized" });
  });

  it("is asked for with the login, which opens private images", async () => {
    world.users = { reader: "password" };
    world.repositories["example/tool"] = { tags: { "1.0": { content: "1.0" } }, private: true };
    expect(await digest("1.0")).toMatchObject({ code: "forbidden" });
    await fetcher.close();
    connect({ username: "reader", password: "password" });
    expect(await digest("1.0")).toBe(digestOf({ content: "1.0" }));
  });

  it("is asked for without the login when the registry names somebody else's token service", async () => {
    const foreign = await startStandIn(() => ({ body: { token: "token-0" } }));
    world.realm = `${foreign.url}/token`;
    await fetcher.close();
    connect({ username: "reader", password: "password" }, [foreign]);
    await digest("1.0");
    expect(foreign.requests).not.toHaveLength(0);
    expect(foreign.requests.map(({ headers }) => headers.authorization)).toEqual(foreign.requests.map(() => undefined));
    await foreign.close();
  });

  it("is not needed everywhere", async () => {
    world.tokenRequired = false;
    expect(await tags()).toHaveLength(3);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ["fails", { status: 503, headers: { "retry-after": "60" } }, "unavailable"],
    ["answers a page", { body: "<html>" }, "unreadable"],
    ["answers no token", { body: {} }, "unreadable"],
  ])("is a failure when its service %s", async (_name, answer, code) => {
    server.fail((request) => request.path === "/token", answer);
    expect(await digest("1.0")).toMatchObject({ code });
  });
});

describe("many images of one registry", () => {
  const many = Array.from({ length: 100 }, (_, index) => `example/tool-${index}`);
  beforeEach(() => {
    for (const name of many) pushImage(world, name, "1.0", { content: name });
  });
  const all = () => Promise.all(many.map((name) => registry.digest("registry.example", name, "1.0")));
  const right = many.map((name) => digestOf({ content: name }));
  const refused = () => server.requests.filter(({ status }) => status === 401);

  it("share tokens, and one of them learns for all what the registry wants", async () => {
    expect(await all()).toEqual(right);
    expect([asked("/token").length, refused().length]).toEqual([3, 1]);
    expect(await all()).toEqual(right);
    expect(asked("/token")).toHaveLength(3);
  });

  it("are told apart when one of them may not be read and the token service then refuses all", async () => {
    Object.assign(world.repositories["example/tool-7"] ?? {}, { private: true });
    world.strictTokens = true;
    const digests = await all();
    expect(digests.map((one) => (isFailure(one) ? one.code : "read")).filter((one) => one !== "read")).toEqual([
      "forbidden",
    ]);
    expect(digests.filter((one) => !isFailure(one))).toEqual(right.filter((_, index) => index !== 7));
    expect(asked("/token").length).toBeLessThan(25);
  });

  it("get a token of their own where a shared one does not cover them", async () => {
    Object.assign(world.repositories["example/tool-7"] ?? {}, { private: true });
    expect((await all()).filter((one) => isFailure(one))).toMatchObject([{ code: "forbidden" }]);
    expect(asked("/token").filter(({ query }) => query.getAll("scope").length === 1)).toHaveLength(1);
  });

  it("are asked about one by one where the token service wants that", async () => {
    world.oneScope = true;
    expect(await all()).toEqual(right);
    const before = asked("/token").length;
    const others = Array.from({ length: 20 }, (_, index) => `example/other-${index}`);
    for (const name of others) pushImage(world, name, "1.0", { content: name });
    await Promise.all(others.map((name) => registry.digest("registry.example", name, "1.0")));
    const later = asked("/token").slice(before);
    expect(later.map(({ query }) => query.getAll("scope").length)).toEqual(others.map(() => 1));
  });

  it("share tokens as well when they are asked about a few at a time, if they were announced", async () => {
    for (const name of many) registry.announce("registry.example", name);
    await forEachOf(many, 3, async (name) => {
      expect(await registry.digest("registry.example", name, "1.0")).toBe(digestOf({ content: name }));
    });
    expect([asked("/token").length, refused().length]).toEqual([3, 1]);
    expect(asked("/token").map(({ query }) => query.getAll("scope").length)).toEqual([40, 40, 20]);
  });

  it.each([
    ["heeds one scope of a token and says nothing", { firstScopeOnly: true }],
    ["wants one scope at a time", { oneScope: true }],
  ])("cost a token each, and little more, where the service %s", async (_name, manner) => {
    Object.assign(world, manner);
    for (const name of many) registry.announce("registry.example", name);
    await forEachOf(many, 3, async (name) => {
      expect(await registry.digest("registry.example", name, "1.0")).toBe(digestOf({ content: name }));
    });
    expect(asked("/token").length).toBeLessThan(many.length + 85);
    expect(server.requests.filter(({ status }) => status === 403).length).toBeLessThan(4);
    const late = asked("/token").slice(-50);
    expect(late.map(({ query }) => query.getAll("scope").length)).toEqual(late.map(() => 1));
  });

  it("share shorter tokens where long ones are refused as too long a header", async () => {
    world.mostScopes = 25;
    for (const name of many) registry.announce("registry.example", name);
    await forEachOf(many, 3, async (name) => {
      expect(await registry.digest("registry.example", name, "1.0")).toBe(digestOf({ content: name }));
    });
    expect(asked("/token").length).toBeLessThan(12);
    expect(server.requests.filter(({ status }) => status === 431).length).toBeLessThan(4);
  });

  it("are not kept waiting by a first request that fails", async () => {
    server.fail(() => true, "reset", 1);
    const digests = await all();
    expect(digests.filter((one) => isFailure(one))).toHaveLength(1);
  });
});

describe("Docker Hub", () => {
  const hub = () => createRegistry(fetcher, { "docker.io": { url: server.url, hub: server.url } });

  it("gives tags with their last push and digest, over all pages", async () => {
    world.pageSize = 2;
    pushImage(world, "library/base", "12", { content: "12", pushedAt: "2026-11-19T01:02:03.5Z" });
    pushImage(world, "library/base", "13", { content: "13", pushedAt: "2026-11-20T01:02:03.5Z" });
    pushImage(world, "library/base", "11", { content: "11", pushedAt: "2026-11-18T01:02:03.5Z" });
    expect(await hub().tags("docker.io", "base")).toEqual({
      complete: true,
      validator: "3 2026-11-20T01:02:03.500Z",
      tags: [
        { name: "13", pushedAt: "2026-11-20T01:02:03.500Z", digest: digestOf({ content: "13" }) },
        { name: "12", pushedAt: "2026-11-19T01:02:03.500Z", digest: digestOf({ content: "12" }) },
        { name: "11", pushedAt: "2026-11-18T01:02:03.500Z", digest: digestOf({ content: "11" }) },
      ],
    });
    expect(asked("/token")).toHaveLength(0);
  });

  it("is asked for one page while nothing was pushed or removed", async () => {
    world.pageSize = 2;
    for (const day of [10, 11, 12])
      pushImage(world, "library/base", `${day}`, { content: `${day}`, pushedAt: `2026-11-${day}T00:00:00Z` });
    const first = await hub().tags("docker.io", "base");
    const validator = isFailure(first) || first === "unchanged" ? undefined : first.validator;
    expect(await hub().tags("docker.io", "base", validator)).toBe("unchanged");
    expect(asked("/tags")).toHaveLength(3);
    pushImage(world, "library/base", "10", { content: "rebuilt", pushedAt: "2026-11-19T00:00:00Z" });
    expect(await hub().tags("docker.io", "base", validator)).toMatchObject({ complete: true });
    delete world.repositories["library/base"]?.tags["11"];
    expect(await hub().tags("docker.io", "base", validator)).toMatchObject({ complete: true });
  });

  it("has no validator when it does not answer newest first", async () => {
    const results = ["2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"].map((at, index) => ({
      name: `${index}`,
      last_updated: at,
    }));
    server.fail((request) => request.path.endsWith("/tags"), { body: { count: 2, next: null, results } });
    expect(await hub().tags("docker.io", "example/tool")).not.toHaveProperty("validator");
  });

  it.each(["", "docker.io", "index.docker.io", "registry-1.docker.io"])("is what the host %j means", async (host) => {
    pushImage(world, "library/base", "12", { content: "12" });
    expect(await hub().digest(host, "base", "12")).toBe(digestOf({ content: "12" }));
  });

  it("keeps the tags whose fields are odd, and drops what is no tag", async () => {
    server.fail((request) => request.path.endsWith("/tags"), {
      body: { next: null, results: [{ name: "1.0", digest: null, last_updated: "yesterday" }, { digest: "x" }, null] },
    });
    expect(await hub().tags("docker.io", "example/tool")).toEqual({ complete: true, tags: [{ name: "1.0" }] });
  });
});

it.each([
  ["registry.example", "Example/Tool"],
  ["registry.example", "example/../../token"],
  ["registry.example/evil", "tool"],
  ["user@registry.example", "tool"],
])("the impossible image name %s/%s is asked nowhere", async (host, repository) => {
  expect(await registry.tags(host, repository)).toMatchObject({ code: "misconfigured" });
  expect(server.requests).toHaveLength(0);
});

function challenge(url: string): Record<string, string> {
  return { "www-authenticate": `Bearer realm="${url}/token",service="s",scope="repository:example/tool:pull"` };
}

describe("proofs beside an image", () => {
  const attached = (digestText: string) => registry.attached("registry.example", "example/tool", digestText);
  const beside = (suffix: string) =>
    pushImage(world, "example/tool", `${digestOf({ content: "1.0" }).replace(":", "-")}${suffix}`, { content: suffix });

  it("are told by their kind, without a pull", async () => {
    beside(".sig");
    beside("");
    expect(await attached(digestOf({ content: "1.0" }))).toEqual(["sig", "bundle"]);
    expect(asked("/manifests/").every(({ method }) => method === "HEAD")).toBe(true);
    expect(await attached(digestOf({ content: "1.1" }))).toEqual([]);
  });

  it("that could not be looked for are a failure, not none", async () => {
    server.fail((request) => request.path.endsWith(".att"), { status: 429 });
    expect(await attached(digestOf({ content: "1.0" }))).toMatchObject({ code: "rate-limited" });
    expect(await attached("1.0")).toMatchObject({ code: "misconfigured" });
  });
});
