import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import type { PollContext } from "../../../src/poll/source.ts";
import { pypi } from "../../../src/poll/sources/pypi.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { aPollContext, aPollRequest, newsOf } from "../../support/poll-context.ts";
import { type PypiWorld, publishToPypi, sha256Of, startPypi, yankFromPypi } from "../../upstreams/pypi.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";

let world: PypiWorld;
let index: StandIn;
let fetcher: Fetcher;
let context: PollContext;

beforeEach(async () => {
  world = { projects: {} };
  publishToPypi(world, "holy-grail", "1.0", "2026-09-01T10:00:00.123456Z");
  publishToPypi(world, "holy-grail", "1.1", "2026-10-01T10:00:00Z");
  index = await startPypi(world);
  fetcher = aFetcher([index]);
  context = aPollContext(fetcher, { pypi: { url: index.url } });
});

afterEach(async () => {
  await fetcher.close();
  await index.close();
});

async function poll(given: { upstream?: string; pinnedRefs?: string[]; validator?: string | undefined } = {}) {
  const { upstream = "pkg:pypi/holy-grail", pinnedRefs = [], validator } = given;
  const last = validator === undefined ? {} : { last: { validator } };
  return pypi.poll(aPollRequest({ upstream, pinnedRefs, ...last }), context);
}

const changed = async (given: Parameters<typeof poll>[0] = {}) => newsOf(await poll(given));

const release = async (version: string) => (await changed()).releases.find((one) => one.version === version);

describe("a project on PyPI", () => {
  it("has its versions with the index's own dates and the digests of all files", async () => {
    expect(await release("1.0")).toEqual({
      version: "1.0",
      tag: "1.0",
      publishedAt: "2026-09-01T10:00:00.123Z",
      publishedBy: "registry",
      state: "released",
      digests: {},
      assets: [
        expect.objectContaining({
          name: "holy_grail-1.0.tar.gz",
          digest: `sha256:${sha256Of("holy_grail-1.0.tar.gz")}`,
        }),
        expect.objectContaining({ name: "holy_grail-1.0-py3-none-any.whl", size: 1337 }),
      ],
    });
  });

  it("was published when the first of a version's files was", async () => {
    publishToPypi(world, "holy-grail", "2.0", "2026-11-01T00:00:00Z", [
      { filename: "holy_grail-2.0-py3-none-any.whl", uploadedAt: "2026-11-01T05:00:00Z" },
      { filename: "holy_grail-2.0.tar.gz", uploadedAt: "2026-11-01T03:00:00Z" },
    ]);
    expect(await release("2.0")).toMatchObject({ publishedAt: "2026-11-01T03:00:00.000Z" });
  });

  it.each([
    ["without a reason", true as const, undefined],
    ["with a reason", "broken metadata", "broken metadata"],
  ])("shows a version that was yanked %s", async (_name, yanked, stateReason) => {
    yankFromPypi(world, "holy-grail", "1.1", yanked);
    expect(await release("1.1")).toMatchObject({ state: "yanked" });
    expect((await release("1.1"))?.stateReason).toBe(stateReason);
    expect(await release("1.0")).toMatchObject({ state: "released" });
  });

  it("is found under any spelling of its name", async () => {
    expect((await changed({ upstream: "pkg:pypi/Holy_Grail" })).releases).toHaveLength(2);
    expect(index.requests).toHaveLength(1);
  });

  it("keeps the publisher's spelling of versions, and versions that are none", async () => {
    publishToPypi(world, "holy-grail", "0.5.13-hg", "2026-01-01T00:00:00Z", [
      { filename: "holy_grail-0.5.13-hg.tar.gz" },
    ]);
    publishToPypi(world, "holy-grail", "2.0.0-RC.1", "2026-11-01T00:00:00Z", [
      { filename: "holy_grail-2.0.0rc1.tar.gz" },
    ]);
    expect((await changed()).releases.map((one) => one.version)).toEqual(["1.0", "1.1", "0.5.13-hg", "2.0.0-RC.1"]);
  });

  it("tells where pinned versions are, and leaves out those that are gone", async () => {
    const { refs } = await changed({ pinnedRefs: ["1.0.0", "0.9"] });
    expect(refs).toEqual([{ name: "1.0.0", target: `sha256:${sha256Of("holy_grail-1.0.tar.gz")}` }]);
  });

  it("keeps a pinned version in its place when a wheel is added to it", async () => {
    const before = (await changed({ pinnedRefs: ["1.0"] })).refs;
    world.projects["holy-grail"]?.versions["1.0"]?.files.unshift({
      filename: "holy_grail-1.0-cp314-cp314-win_amd64.whl",
      uploadedAt: "2026-11-19T00:00:00Z",
    });
    expect((await changed({ pinnedRefs: ["1.0"] })).refs).toEqual(before);
  });

  it("that is archived says so with its versions, which still count", async () => {
    Object.assign(world.projects["holy-grail"] ?? {}, { status: "archived" });
    expect(await release("1.1")).toMatchObject({ state: "released", stateReason: "the project is archived" });
  });

  it("that is quarantined says so and names no version, so that none seems deleted", async () => {
    Object.assign(world.projects["holy-grail"] ?? {}, { status: "quarantined" });
    expect(await poll({ pinnedRefs: ["1.0"] })).toMatchObject({
      state: "changed",
      releases: [],
      complete: false,
      identity: { standing: { status: "quarantined" } },
      notChecked: [expect.stringContaining("quarantined")],
    });
  });

  it("that does not exist is not found", async () => {
    expect(await poll({ upstream: "pkg:pypi/nothing" })).toMatchObject({ code: "not-found" });
  });

  it("keeps what it can read and counts the rest", async () => {
    index.fail(() => true, {
      headers: { "content-type": "application/vnd.pypi.simple.v1+json" },
      body: JSON.stringify({
        meta: { "api-version": "1.9", "_last-serial": "?" },
        versions: null,
        files: [
          { filename: "holy_grail-1.0.tar.gz", url: "x", hashes: null, "upload-time": "then", yanked: null },
          {},
          7,
        ],
      }),
    });
    const { releases, notChecked } = await changed();
    expect(releases).toMatchObject([
      { version: "1.0", state: "released", assets: [{ name: "holy_grail-1.0.tar.gz" }] },
    ]);
    expect(releases[0]).not.toHaveProperty("publishedAt");
    expect(notChecked).toEqual([expect.stringContaining("2 files")]);
  });

  it("of another major version of the API is unreadable", async () => {
    index.fail(() => true, {
      headers: { "content-type": "application/vnd.pypi.simple.v2+json" },
      body: JSON.stringify({ meta: { "api-version": "2.0" }, files: [] }),
    });
    expect(await poll()).toMatchObject({ code: "unreadable" });
  });
});

describe("a second poll", () => {
  it("costs a 304 while nothing moved", async () => {
    const { validator } = await changed();
    expect(await poll({ validator })).toEqual({ state: "unchanged", validator });
    expect(index.requests.map(({ status }) => status)).toEqual([200, 304]);
  });

  it("sees what was published in between", async () => {
    const { validator } = await changed();
    publishToPypi(world, "holy-grail", "1.2", "2026-11-01T00:00:00Z");
    const next = await changed({ validator });
    expect(next.releases).toHaveLength(3);
    expect(next.validator).not.toBe(validator);
  });

  it("does not believe a cache that is older than what was seen", async () => {
    const { validator } = await changed();
    Object.assign(world.projects["holy-grail"] ?? {}, { serial: 1, versions: {} });
    expect(await poll({ validator })).toEqual({ state: "unchanged", validator });
  });
});

describe("a private index", () => {
  it("alone is asked for the names that the configuration gives it, with the login of its host", async () => {
    const own = await startPypi(world);
    const [prefix, authorization] = [`${new URL(own.url).host}/`, "Basic bWU6c2VjcmV0"];
    const careful = aFetcher([index, own], { logins: [{ prefix, authorization }] });
    const privately = { "holy-*": `${own.url}/simple` };
    const asking = aPollContext(careful, { pypi: { url: index.url, private: privately } });
    const request = (upstream: string) => pypi.poll(aPollRequest({ upstream }), asking);
    expect(await request("pkg:pypi/holy-grail")).toMatchObject({ releases: [{ version: "1.0" }, { version: "1.1" }] });
    expect(await request("pkg:pypi/holy-hand-grenade")).toMatchObject({ code: "not-found" });
    expect(await pypi.repository?.("pkg:pypi/holy-grail", asking)).toBeUndefined();
    expect(own.requests.map(({ headers }) => headers.authorization)).toEqual([authorization, authorization]);
    expect(index.requests).toEqual([]);
    await careful.close();
    await own.close();
  });

  const upstream = () => `pkg:pypi/holy-grail?repository_url=${encodeURIComponent(`${index.url}/simple/`)}`;

  it("of HTML gives versions, digests and yanks, and no dates", async () => {
    world.htmlOnly = true;
    yankFromPypi(world, "holy-grail", "1.1", 'says "no" & more');
    const { releases } = await changed({ upstream: upstream() });
    expect(releases.map(({ version, state, stateReason }) => ({ version, state, stateReason }))).toEqual([
      { version: "1.0", state: "released", stateReason: undefined },
      { version: "1.1", state: "yanked", stateReason: 'says "no" & more' },
    ]);
    expect(releases[0]?.assets[0]?.digest).toBe(`sha256:${sha256Of("holy_grail-1.0.tar.gz")}`);
    expect(releases[0]).not.toHaveProperty("publishedAt");
  });

  it("that answers a page without files is unreadable, not empty", async () => {
    index.fail(() => true, { headers: { "content-type": "text/html" }, body: '<a href="/login">Log in</a>' });
    expect(await poll({ upstream: upstream() })).toMatchObject({ code: "unreadable" });
  });

  it("that does not know a project is not helped out by PyPI", async () => {
    const elsewhere = "pkg:pypi/holy-grail?repository_url=https://127.0.0.1:9/simple";
    expect(await poll({ upstream: elsewhere })).toMatchObject({ code: "refused" });
    expect(index.requests).toHaveLength(0);
  });
});

describe("the repository that a project claims", () => {
  const claimed = (info: Record<string, unknown>, purl = "pkg:pypi/holy-grail") => {
    Object.assign(world.projects["holy-grail"] ?? {}, { info });
    return pypi.repository?.(purl, context);
  };

  it.each([
    [
      "the source, whatever else is linked",
      { Homepage: "https://github.com/a/site", "Source Code": "https://github.com/b/tool" },
      "pkg:github/b/tool",
    ],
    [
      "an address below the repository",
      { Changelog: "https://github.com/Knights/Grail/releases" },
      "pkg:github/knights/grail",
    ],
    ["a clone address", { Repository: "https://github.com/knights/grail.git" }, "pkg:github/knights/grail"],
    ["a page of donations", { Funding: "https://github.com/sponsors/knights" }, undefined],
    ["somebody else's host", { Source: "https://github.com.evil.example/knights/grail" }, undefined],
    ["what is no text", { Source: 7 }, undefined],
    ["nothing", null, undefined],
  ])("is read from %s", async (_name, project_urls, expected) => {
    expect(await claimed({ project_urls })).toBe(expected);
  });

  it("may be its home page", async () => {
    expect(await claimed({ project_urls: null, home_page: "https://github.com/knights/grail" })).toBe(
      "pkg:github/knights/grail",
    );
  });

  it("is not asked of PyPI for a package of a private index", async () => {
    expect(await claimed({}, "pkg:pypi/holy-grail?repository_url=https://pypi.example/simple")).toBeUndefined();
    expect(index.requests).toHaveLength(0);
  });

  it("is a failure where there is no such project", async () => {
    expect(await claimed({}, "pkg:pypi/nothing")).toMatchObject({ code: "not-found" });
  });
});
