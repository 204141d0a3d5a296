import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import type { PollContext } from "../../../src/poll/source.ts";
import { rubygems } from "../../../src/poll/sources/rubygems.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { aPollContext, aPollRequest, newsOf } from "../../support/poll-context.ts";
import { aReleaseReader } from "../../support/release-reader.ts";
import { type GemWorld, gemSha, pushGem, startRubygems } from "../../upstreams/rubygems.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";

let world: GemWorld;
let server: StandIn;
let fetcher: Fetcher;
let context: PollContext;

beforeEach(async () => {
  world = { gems: {} };
  pushGem(world, "fluentd", { number: "1.0.0", createdAt: "2026-09-01T10:00:00.123Z" });
  server = await startRubygems(world);
  fetcher = aFetcher([server]);
  context = aPollContext(fetcher, { rubygems: { url: server.url } });
});

afterEach(async () => {
  await fetcher.close();
  await server.close();
});

type Request = Partial<Parameters<typeof aPollRequest>[0]>;

const poll = (given: Request = {}) => rubygems.poll(aPollRequest({ upstream: "pkg:gem/fluentd", ...given }), context);

const changed = async (given: Request = {}) => newsOf(await poll(given));

describe("a gem", () => {
  it("has its versions with the server's own dates and the digests of all files", async () => {
    pushGem(world, "fluentd", { number: "1.0.0", createdAt: "2026-09-02T00:00:00.000Z", platform: "java" });
    expect((await changed()).releases).toEqual([
      {
        version: "1.0.0",
        tag: "1.0.0",
        publishedAt: "2026-09-01T10:00:00.123Z",
        publishedBy: "registry",
        state: "released",
        digests: {},
        assets: [
          expect.objectContaining({
            name: "fluentd-1.0.0-java.gem",
            digest: `sha256:${gemSha("fluentd", "1.0.0", "java")}`,
          }),
          expect.objectContaining({ name: "fluentd-1.0.0.gem", url: `${server.url}/gems/fluentd-1.0.0.gem` }),
        ],
      },
    ]);
  });

  it("shows prereleases as such", async () => {
    pushGem(world, "fluentd", { number: "2.0.0.rc1", createdAt: "2026-10-01T00:00:00Z" });
    expect((await changed()).releases).toMatchObject([
      { version: "2.0.0.rc1", state: "prerelease" },
      { version: "1.0.0", state: "released" },
    ]);
  });

  it("keeps a pinned version in its place when a platform is added to it", async () => {
    const before = (await changed({ pinnedRefs: ["1.0.0", "0.9"] })).refs;
    expect(before).toEqual([{ name: "1.0.0", target: `sha256:${gemSha("fluentd", "1.0.0")}` }]);
    pushGem(world, "fluentd", { number: "1.0.0", createdAt: "2026-09-02T00:00:00Z", platform: "java" });
    expect((await changed({ pinnedRefs: ["1.0.0", "0.9"] })).refs).toEqual(before);
  });

  it("says unchanged by the server's ETag", async () => {
    const { validator = "" } = await changed();
    expect(await poll({ last: { validator } })).toEqual({ state: "unchanged", validator });
    expect(server.requests.map(({ status }) => status)).toEqual([200, 304]);
  });

  it("keeps what it can read, and says how much it could not", async () => {
    server.fail(() => true, { body: [{ number: "1.0.0", sha: "?", created_at: 7, platform: null }, { number: 1 }, 7] });
    const { releases, notChecked, complete } = await changed();
    expect(releases).toMatchObject([{ version: "1.0.0", state: "released", assets: [{ name: "fluentd-1.0.0.gem" }] }]);
    expect(releases[0]).not.toHaveProperty("publishedAt");
    expect(notChecked).toEqual([expect.stringContaining("2 files")]);
    expect(complete).toBe(false);
  });

  it("that does not exist is not found", async () => {
    expect(await poll({ upstream: "pkg:gem/nothing" })).toMatchObject({ code: "not-found" });
  });

  it("of a private server is asked for there alone", async () => {
    const elsewhere = aPollContext(fetcher, { rubygems: { url: "https://nowhere.invalid" } });
    const upstream = `pkg:gem/fluentd?repository_url=${server.url}/`;
    expect(await rubygems.poll(aPollRequest({ upstream }), elsewhere)).toMatchObject({ state: "changed" });
  });
});

describe("the repository a gem claims", () => {
  it.each([
    [{ source_code_uri: "https://github.com/Fluent/fluentd" }, "pkg:github/fluent/fluentd"],
    [{ source_code_uri: null, homepage_uri: "https://github.com/fluent/fluentd/" }, "pkg:github/fluent/fluentd"],
    [{ changelog_uri: "https://github.com/fluent/fluentd/blob/master/CHANGELOG.md" }, "pkg:github/fluent/fluentd"],
    [{ homepage_uri: "https://www.fluentd.org/" }, undefined],
    [{}, undefined],
  ])("in %j is %s", async (claims, purl) => {
    Object.assign(world.gems.fluentd ?? {}, { claims });
    expect(await rubygems.repository?.("pkg:gem/fluentd", context)).toBe(purl);
  });

  it("is where its notes are looked for", async () => {
    Object.assign(world.gems.fluentd ?? {}, { claims: { source_code_uri: "https://github.com/fluent/fluentd" } });
    const { reader } = aReleaseReader({ "fluent/fluentd v1.0.0": "faster" });
    const details = await rubygems.details?.("pkg:gem/fluentd", ["1.0.0"], { ...context, github: reader });
    expect(details).toMatchObject([{ tag: "1.0.0", notes: "faster" }]);
  });
});
