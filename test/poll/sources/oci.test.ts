import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOUR, plus } from "../../../src/domain/instant.ts";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import type { PollContext } from "../../../src/poll/source.ts";
import { oci } from "../../../src/poll/sources/oci.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { aPollContext, aPollRequest, newsOf } from "../../support/poll-context.ts";
import { digestOf } from "../../upstreams/oci/manifests.ts";
import { type OciWorld, pushImage } from "../../upstreams/oci/world.ts";
import { startOci } from "../../upstreams/oci.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";

const BASE = "pkg:docker/library/base";
const TOOL = "pkg:docker/example/tool?repository_url=registry.example";
let world: OciWorld;
let server: StandIn;
let fetcher: Fetcher;
let context: PollContext;

beforeEach(async () => {
  world = { repositories: {} };
  for (const name of ["library/base", "example/tool"]) {
    pushImage(world, name, "1.0", { content: "1.0", pushedAt: "2026-09-01T00:00:00Z" });
    pushImage(world, name, "1.1", { content: "1.1", pushedAt: "2026-10-01T00:00:00Z" });
  }
  server = await startOci(world);
  fetcher = aFetcher([server], { retries: 0 });
  context = aPollContext(fetcher, {
    registries: { "docker.io": { url: server.url, hub: server.url }, "registry.example": { url: server.url } },
  });
});

afterEach(async () => {
  await fetcher.close();
  await server.close();
});

async function poll(upstream: string, pinnedRefs: readonly string[] = [], validator?: string) {
  const last = validator === undefined ? {} : { last: { validator } };
  return oci.poll(aPollRequest({ upstream, pinnedRefs, ...last }), context);
}

const changed = async (...given: Parameters<typeof poll>) => newsOf(await poll(...given));

describe("an image of a registry", () => {
  it("has a release per tag, with digests of the pinned ones and no dates", async () => {
    const { releases, refs, complete } = await changed(TOOL, ["1.0"]);
    expect(complete).toBe(true);
    expect(refs).toEqual([{ name: "1.0", target: digestOf({ content: "1.0" }) }]);
    const plain = { publishedBy: "registry", state: "released", assets: [] };
    expect(releases).toEqual([
      { version: "1.0", tag: "1.0", digests: { index: digestOf({ content: "1.0" }) }, ...plain },
      { version: "1.1", tag: "1.1", digests: {}, ...plain },
    ]);
  });

  it("tells that a pinned tag moved", async () => {
    const before = await changed(TOOL, ["1.0"]);
    pushImage(world, "example/tool", "1.0", { content: "rebuilt" });
    const after = await changed(TOOL, ["1.0"], before.validator);
    expect(after.refs).not.toEqual(before.refs);
  });

  it("leaves out a pinned tag that does not exist", async () => {
    expect((await changed(TOOL, ["1.0", "9.9"])).refs.map(({ name }) => name)).toEqual(["1.0"]);
  });

  it("counts a pinned tag that the list leaves out", async () => {
    server.fail((request) => request.path.endsWith("/tags/list"), { body: { tags: ["1.1"] } });
    expect((await changed(TOOL, ["1.0"])).releases.map(({ tag }) => tag).sort()).toEqual(["1.0", "1.1"]);
  });

  it("finds a pinned digest by itself", async () => {
    const digest = digestOf({ content: "1.0" });
    const { refs, releases } = await changed(TOOL, [digest]);
    expect(refs).toEqual([{ name: digest, target: digest }]);
    expect(releases).toHaveLength(2);
  });

  it("is unchanged when a second look finds the same, and the same pins are asked about", async () => {
    const { validator } = await changed(TOOL, ["1.0"]);
    expect(await poll(TOOL, ["1.0"], validator)).toEqual({ state: "unchanged", validator });
    expect(await poll(TOOL, ["1.1"], validator)).toMatchObject({ state: "changed" });
  });

  describe("whose tags were listed a short while ago", () => {
    const paths = (from: number) => server.requests.slice(from).map(({ method, path }) => `${method} ${path}`);

    it("is asked where the pinned tag points, and no more", async () => {
      const { validator } = await changed(TOOL, ["1.0"]);
      const before = server.requests.length;
      expect(await poll(TOOL, ["1.0"], validator)).toEqual({ state: "unchanged", validator });
      expect(paths(before)).toEqual(["HEAD /v2/example/tool/manifests/1.0"]);
    });

    it("is listed again when the pinned tag moved or is gone", async () => {
      const { validator } = await changed(TOOL, ["1.0"]);
      pushImage(world, "example/tool", "1.0", { content: "rebuilt" });
      expect((await changed(TOOL, ["1.0"], validator)).refs).toEqual([
        { name: "1.0", target: digestOf({ content: "rebuilt" }) },
      ]);
      delete world.repositories["example/tool"]?.tags["1.0"];
      expect((await changed(TOOL, ["1.0"], validator)).releases.map(({ tag }) => tag)).toEqual(["1.1"]);
    });

    it("is listed again after five hours, which finds new tags", async () => {
      const { validator } = await changed(TOOL, ["1.0"]);
      pushImage(world, "example/tool", "1.2", { content: "1.2" });
      expect(await poll(TOOL, ["1.0"], validator)).toMatchObject({ state: "unchanged" });
      context = { ...context, now: plus(context.now, 5 * HOUR) };
      expect((await changed(TOOL, ["1.0"], validator)).releases.map(({ tag }) => tag)).toContain("1.2");
    });
  });

  it("says so when not all tags could be read", async () => {
    world.pageSize = 1;
    server.fail((request) => request.query.has("last"), { status: 500 });
    const answer = await changed(TOOL);
    expect(answer).toMatchObject({ complete: false, notChecked: [expect.stringContaining("some tags")] });
  });

  it("fails when a pinned tag cannot be looked at, so that it does not seem to be gone", async () => {
    server.fail((request) => request.path.endsWith("/manifests/1.0"), { status: 500 });
    expect(await poll(TOOL, ["1.0"])).toMatchObject({ code: "unavailable" });
  });

  it("keeps a pinned digest where the registry trips over it", async () => {
    const digest = digestOf({ content: "gone" });
    server.fail((request) => request.path.includes("/manifests/"), { status: 500 });
    expect(await changed(TOOL, [digest])).toMatchObject({
      refs: [{ name: digest, target: digest }],
      notChecked: [expect.stringContaining(digest)],
    });
  });

  it.each([
    ["missing", "pkg:docker/example/none?repository_url=registry.example", "not-found"],
    ["private", "pkg:docker/example/secret?repository_url=registry.example", "forbidden"],
  ])("that is %s is a failure", async (_name, upstream, code) => {
    world.repositories["example/secret"] = { tags: { "1.0": { content: "1.0" } }, private: true };
    expect(await poll(upstream)).toMatchObject({ code });
  });
});

describe("an image on Docker Hub", () => {
  it("has the time of the last push and the digest of every tag", async () => {
    expect((await changed(BASE)).releases).toMatchObject([
      { tag: "1.1", publishedAt: "2026-10-01T00:00:00.000Z", digests: { index: digestOf({ content: "1.1" }) } },
      { tag: "1.0", publishedAt: "2026-09-01T00:00:00.000Z", digests: { index: digestOf({ content: "1.0" }) } },
    ]);
  });

  it("costs one request while nothing is pushed, pinned tags included", async () => {
    const { validator } = await changed(BASE, ["1.0"]);
    const before = server.requests.length;
    expect(await poll(BASE, ["1.0"], validator)).toEqual({ state: "unchanged", validator });
    expect(server.requests).toHaveLength(before + 1);
  });

  it("is asked for its list alone, which names the digest of the pinned tag", async () => {
    expect((await changed(BASE, ["1.0"])).refs).toEqual([{ name: "1.0", target: digestOf({ content: "1.0" }) }]);
    expect(server.requests.map(({ path }) => path)).toEqual(["/v2/repositories/library/base/tags"]);
  });

  it("is looked at again when something is pushed", async () => {
    const { validator } = await changed(BASE, ["1.0"]);
    pushImage(world, "library/base", "1.0", { content: "rebuilt", pushedAt: "2026-11-01T00:00:00Z" });
    expect((await changed(BASE, ["1.0"], validator)).refs).toEqual([
      { name: "1.0", target: digestOf({ content: "rebuilt" }) },
    ]);
  });
});
