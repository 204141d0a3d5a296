import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import type { PollContext } from "../../../src/poll/source.ts";
import { npm } from "../../../src/poll/sources/npm.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { aPollContext, aPollRequest, newsOf } from "../../support/poll-context.ts";
import { aReleaseReader } from "../../support/release-reader.ts";
import { type NpmWorld, publishToNpm, sha512Of, startNpm } from "../../upstreams/npm.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";

let world: NpmWorld;
let registry: StandIn;
let fetcher: Fetcher;
let context: PollContext;

beforeEach(async () => {
  world = { packages: {} };
  publishToNpm(world, "left-pad", "1.0.0", "2026-09-01T10:00:00.123Z");
  publishToNpm(world, "left-pad", "1.1.0", "2026-10-01T10:00:00.000Z");
  registry = await startNpm(world);
  fetcher = aFetcher([registry]);
  context = aPollContext(fetcher, { npm: { url: registry.url } });
});

afterEach(async () => {
  await fetcher.close();
  await registry.close();
});

async function poll(given: { upstream?: string; pinnedRefs?: string[]; validator?: string | undefined } = {}) {
  const { upstream = "pkg:npm/left-pad", pinnedRefs = [], validator } = given;
  const last = validator === undefined ? {} : { last: { validator } };
  return npm.poll(aPollRequest({ upstream, pinnedRefs, ...last }), context);
}

const changed = async (given: Parameters<typeof poll>[0] = {}) => newsOf(await poll(given));

const release = async (version: string) => (await changed()).releases.find((one) => one.version === version);

describe("a package on npm", () => {
  it("has its versions with the registry's own dates and the digest of the archive", async () => {
    expect(await release("1.0.0")).toEqual({
      version: "1.0.0",
      tag: "1.0.0",
      publishedAt: "2026-09-01T10:00:00.123Z",
      publishedBy: "registry",
      state: "released",
      digests: {},
      assets: [
        {
          name: "left-pad-1.0.0.tgz",
          url: "https://npm.example/left-pad/-/left-pad-1.0.0.tgz",
          digest: `sha512:${sha512Of("left-pad", "1.0.0")}`,
        },
      ],
    });
  });

  it("says which account published a version; a trusted publisher is none", async () => {
    const versions = world.packages["left-pad"]?.versions ?? {};
    Object.assign(versions["1.0.0"] ?? {}, { by: { name: "ann" } });
    Object.assign(versions["1.1.0"] ?? {}, { by: { name: "GitHub Actions", trustedPublisher: { id: "github" } } });
    expect([(await release("1.0.0"))?.evidence, (await release("1.1.0"))?.evidence]).toEqual([
      { account: "ann" },
      undefined,
    ]);
  });

  it("is asked for under its scope, with the slash escaped", async () => {
    publishToNpm(world, "@scope/tool", "2.0.0", "2026-10-01T00:00:00Z");
    const { releases } = await changed({ upstream: "pkg:npm/%40scope/tool" });
    expect(releases).toMatchObject([{ version: "2.0.0", assets: [{ name: "tool-2.0.0.tgz" }] }]);
    expect(registry.requests.map(({ path }) => path)).toEqual(["/@scope%2Ftool"]);
  });

  it.each([
    ["2.0.0-rc.1", "prerelease"],
    ["2.0.0-0", "prerelease"],
    ["2.0.0+build.5", "released"],
  ])("tells %s to be a %s", async (version, state) => {
    publishToNpm(world, "left-pad", version, "2026-11-01T00:00:00Z");
    expect(await release(version)).toMatchObject({ state });
  });

  it.each([
    ["use String.padStart", "deprecated", "use String.padStart"],
    [true, "deprecated", undefined],
    ["", "released", undefined],
    [false, "released", undefined],
  ])("whose version says deprecated: %j is %s", async (deprecated, state, reason) => {
    publishToNpm(world, "left-pad", "1.1.0", "2026-10-01T10:00:00Z").deprecated = deprecated;
    expect(await release("1.1.0")).toMatchObject({ state });
    expect((await release("1.1.0"))?.stateReason).toBe(reason);
    expect(await release("1.0.0")).toMatchObject({ state: "released" });
  });

  it("shows a version that was unpublished as deleted", async () => {
    Object.assign(world.packages["left-pad"] ?? {}, { unpublished: { "1.0.1": "2026-09-02T00:00:00.000Z" } });
    expect(await release("1.0.1")).toMatchObject({ state: "deleted", publishedAt: "2026-09-02T00:00:00.000Z" });
    expect((await changed({ pinnedRefs: ["1.0.1"] })).refs).toEqual([]);
  });

  it("that was unpublished as a whole is gone", async () => {
    Object.assign(world.packages["left-pad"] ?? {}, { gone: "2026-11-02T00:00:00.000Z" });
    expect(await poll()).toMatchObject({ code: "gone", message: expect.stringContaining("unpublished at 2026-11-02") });
  });

  it("that does not exist is not found", async () => {
    expect(await poll({ upstream: "pkg:npm/nothing" })).toMatchObject({ code: "not-found" });
  });

  it("tells where pinned versions and distribution tags are, and leaves out those that are not there", async () => {
    const { refs } = await changed({ pinnedRefs: ["1.0.0", "v1.1.0", "latest", "0.9.0"] });
    const newest = `sha512:${sha512Of("left-pad", "1.1.0")}`;
    expect(refs).toEqual([
      { name: "1.0.0", target: `sha512:${sha512Of("left-pad", "1.0.0")}` },
      { name: "v1.1.0", target: newest },
      { name: "latest", target: newest },
    ]);
  });

  it.each([
    ["with several hashes", { integrity: `sha1-abc sha512-${"A".repeat(86)}==` }, `sha512:${"00".repeat(64)}`],
    ["with an old SHA-1 alone", { shasum: "a".repeat(40) }, `sha1:${"a".repeat(40)}`],
    ["with hashes that are none", { integrity: "sha512-abc", shasum: "?" }, undefined],
  ])("reads the digest of an archive %s", async (_name, hashes, digest) => {
    const dist = { tarball: "https://example.org/x.tgz", ...hashes };
    publishToNpm(world, "left-pad", "1.1.0", "2026-10-01T10:00:00Z").dist = dist;
    expect((await release("1.1.0"))?.assets[0]?.digest).toBe(digest);
  });

  it("keeps what it can read, and says how much it could not", async () => {
    const body = { versions: { "1.0.0": { dist: { tarball: 7 }, deprecated: null }, "1.1.0": null }, time: [] };
    registry.fail(() => true, { body });
    const { releases, notChecked, complete } = await changed();
    expect(releases).toMatchObject([{ version: "1.0.0", state: "released", assets: [] }]);
    expect(releases[0]).not.toHaveProperty("publishedAt");
    expect(notChecked).toEqual([expect.stringContaining("1 versions of left-pad")]);
    expect(complete).toBe(false);
  });
});

describe("a second poll", () => {
  it("says unchanged, by the registry's ETag", async () => {
    const { validator } = await changed();
    expect(await poll({ validator })).toEqual({ state: "unchanged", validator });
    expect(registry.requests.map(({ status }) => status)).toEqual([200, 304]);
  });

  it("says unchanged where the registry knows no ETag", async () => {
    const body = { versions: { "1.0.0": {} } };
    registry.fail(() => true, { body });
    const { validator } = await changed();
    expect(await poll({ validator })).toEqual({ state: "unchanged", validator });
  });

  it("looks again when another version is pinned", async () => {
    const { validator } = await changed();
    expect(await poll({ validator, pinnedRefs: ["1.0.0"] })).toMatchObject({
      state: "changed",
      refs: [{ name: "1.0.0" }],
    });
  });
});

describe("a private registry", () => {
  it("alone is asked for the names that the configuration gives it", async () => {
    const own = await startNpm(world);
    const asking = aPollContext(aFetcher([registry, own]), {
      npm: { url: registry.url, private: { "@acme/*": own.url } },
    });
    const upstream = "pkg:npm/%40acme/tool";
    expect(await npm.poll(aPollRequest({ upstream }), asking)).toMatchObject({ code: "not-found" });
    expect(own.requests.map(({ path }) => path)).toEqual(["/@acme%2Ftool"]);
    expect(registry.requests).toEqual([]);
    await asking.fetcher.close();
    await own.close();
  });

  it("is asked alone", async () => {
    const elsewhere = aPollContext(fetcher, { npm: { url: "https://nowhere.invalid" } });
    const upstream = `pkg:npm/left-pad?repository_url=${registry.url}/`;
    expect(await npm.poll(aPollRequest({ upstream }), elsewhere)).toMatchObject({ state: "changed", complete: true });
  });
});

describe("the repository a package claims", () => {
  it.each([
    ["git+https://github.com/Acme/tool.git", "pkg:github/acme/tool"],
    ["git://github.com/acme/tool.git#main", "pkg:github/acme/tool"],
    ["git+ssh://git@github.com/acme/tool.git", "pkg:github/acme/tool"],
    ["git@github.com:acme/tool.git", "pkg:github/acme/tool"],
    ["https://github.com/acme/tool/tree/main/packages/x", "pkg:github/acme/tool"],
    ["acme/tool", "pkg:github/acme/tool"],
    ["github:acme/tool", "pkg:github/acme/tool"],
    ["gitlab:acme/tool", undefined],
    ["https://github.com.example.org/acme/tool", undefined],
    [undefined, undefined],
  ])("written %j is %s", async (url, purl) => {
    Object.assign(world.packages["left-pad"] ?? {}, { repository: { type: "git", url } });
    expect(await npm.repository?.("pkg:npm/left-pad", context)).toBe(purl);
  });

  it("may be a text alone", async () => {
    Object.assign(world.packages["left-pad"] ?? {}, { repository: "acme/tool" });
    expect(await npm.repository?.("pkg:npm/left-pad", context)).toBe("pkg:github/acme/tool");
  });

  it("of a package that is not there is a failure", async () => {
    expect(await npm.repository?.("pkg:npm/nothing", context)).toMatchObject({ code: "not-found" });
  });
});

describe("notes of a package", () => {
  it("are looked for in the repository it claims, under the tags that publishers use", async () => {
    Object.assign(world.packages["left-pad"] ?? {}, { repository: "acme/tool" });
    const { reader, asked } = aReleaseReader({ "acme/tool left-pad@1.1.0": "more padding" });
    const details = await npm.details?.("pkg:npm/left-pad", ["1.1.0"], { ...context, github: reader });
    expect(details).toMatchObject([{ tag: "1.1.0", notes: "more padding" }]);
    expect(asked).toEqual(["acme/tool v1.1.0", "acme/tool 1.1.0", "acme/tool left-pad@1.1.0"]);
  });

  it("are not there where it claims none", async () => {
    expect(await npm.details?.("pkg:npm/left-pad", ["1.1.0"], context)).toEqual([]);
  });
});
