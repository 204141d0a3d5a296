import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import type { PollContext } from "../../../src/poll/source.ts";
import { golang } from "../../../src/poll/sources/golang.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { aPollContext, aPollRequest, newsOf } from "../../support/poll-context.ts";
import { aReleaseReader } from "../../support/release-reader.ts";
import { type GoWorld, startGolang } from "../../upstreams/golang.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";

let world: GoWorld;
let proxy: StandIn;
let fetcher: Fetcher;
let context: PollContext;

beforeEach(async () => {
  world = { modules: {} };
  world.modules["golang.org/x/tools"] = {
    versions: {
      "v0.9.0": "2026-08-01T00:00:00Z",
      "v0.10.0": "2026-09-01T00:00:00Z",
      "v0.11.0-rc.1": "2026-10-01T00:00:00Z",
    },
  };
  proxy = await startGolang(world);
  fetcher = aFetcher([proxy]);
  context = aPollContext(fetcher, { golang: { url: proxy.url } });
});

afterEach(async () => {
  await fetcher.close();
  await proxy.close();
});

type Request = Partial<Parameters<typeof aPollRequest>[0]>;

const poll = (given: Request = {}) =>
  golang.poll(aPollRequest({ upstream: "pkg:golang/golang.org/x/tools", ...given }), context);

const changed = async (given: Request = {}) => newsOf(await poll(given));

const paths = () => proxy.requests.map(({ path }) => path);

describe("a Go module", () => {
  it("has its versions, and the commit's date of the newest stable one", async () => {
    const { releases, complete, notChecked } = await changed();
    const common = { publishedBy: "publisher", digests: {}, assets: [] };
    expect(releases).toEqual([
      { version: "0.9.0", tag: "0.9.0", state: "released", ...common },
      { version: "0.10.0", tag: "0.10.0", state: "released", publishedAt: "2026-09-01T00:00:00.000Z", ...common },
      { version: "0.11.0-rc.1", tag: "0.11.0-rc.1", state: "prerelease", ...common },
    ]);
    expect({ complete, notChecked }).toEqual({ complete: true, notChecked: [] });
    expect(paths()).toEqual([
      "/golang.org/x/tools/@v/list",
      "/golang.org/x/tools/@v/v0.10.0.info",
      "/golang.org/x/tools/@v/v0.10.0.mod",
    ]);
  });

  it("has its tags as they are for pins that say how tags are made of versions", async () => {
    const { releases } = await changed({ tagTemplates: ["v{version}"] });
    expect(releases[0]).toMatchObject({ version: "0.9.0", tag: "v0.9.0" });
  });

  it("shows as yanked what its newest version retracts", async () => {
    const mod = "module golang.org/x/tools\n\nretract [v0.9.0, v0.9.9] // loses data\nretract v0.11.0-rc.1\n";
    Object.assign(world.modules["golang.org/x/tools"] ?? {}, { mod });
    expect((await changed()).releases).toMatchObject([
      { version: "0.9.0", state: "yanked", stateReason: "loses data" },
      { version: "0.10.0", state: "released" },
      { version: "0.11.0-rc.1", state: "yanked", stateReason: "retracted by its author" },
    ]);
  });

  it("is asked for with its capitals escaped", async () => {
    world.modules["github.com/Masterminds/semver/v3"] = { versions: { "v3.2.1": "2026-01-01T00:00:00Z" } };
    const { releases } = await changed({ upstream: "pkg:golang/github.com/Masterminds/semver/v3" });
    expect(releases).toMatchObject([{ version: "3.2.1", publishedAt: "2026-01-01T00:00:00.000Z" }]);
    expect(paths()[0]).toBe("/github.com/!masterminds/semver/v3/@v/list");
  });

  it("is found by the path of one of its packages", async () => {
    const { releases } = await changed({ upstream: "pkg:golang/golang.org/x/tools/cmd/goimports" });
    expect(releases).toHaveLength(3);
    expect(paths().slice(0, 3)).toEqual([
      "/golang.org/x/tools/cmd/goimports/@v/list",
      "/golang.org/x/tools/cmd/@v/list",
      "/golang.org/x/tools/@v/list",
    ]);
  });

  it("without tags has the pseudo-version of its newest commit", async () => {
    const version = "v0.0.0-20260901000000-0123456789ab";
    world.modules["example.org/untagged"] = { versions: { [version]: "2026-09-01T00:00:00Z" } };
    const upstream = "pkg:golang/example.org/untagged";
    const { releases, validator = "" } = await changed({ upstream });
    expect(releases).toMatchObject([
      { tag: version.slice(1), state: "prerelease", publishedAt: "2026-09-01T00:00:00.000Z" },
    ]);
    expect(await poll({ upstream, last: { validator } })).toEqual({ state: "unchanged", validator });
  });

  it("tells where pinned versions are, and leaves out those that are not there", async () => {
    expect((await changed({ pinnedRefs: ["v0.9.0", "0.10.0", "v0.8.0"] })).refs).toEqual([
      { name: "v0.9.0", target: "v0.9.0" },
      { name: "0.10.0", target: "v0.10.0" },
    ]);
  });

  it("says unchanged, after one request, until there is a new version", async () => {
    const { validator = "" } = await changed();
    expect(await poll({ last: { validator } })).toEqual({ state: "unchanged", validator });
    expect(proxy.requests).toHaveLength(4);
    Object.assign(world.modules["golang.org/x/tools"]?.versions ?? {}, { "v0.11.0": "2026-11-01T00:00:00Z" });
    expect(await poll({ last: { validator } })).toMatchObject({ state: "changed" });
  });

  it.each([
    [".info", "the date of v0.10.0"],
    [".mod", "retracted versions"],
  ])("whose newest version has no %s to be had says so, and is asked again", async (file, said) => {
    proxy.fail((request) => request.path.endsWith(file), { status: 404 });
    const { notChecked, validator } = await changed();
    expect(notChecked).toEqual([expect.stringContaining(said)]);
    expect(validator).toBeUndefined();
  });

  it("keeps the lines it can read, and says how much it could not", async () => {
    proxy.fail((request) => request.path.endsWith("list"), { body: "v0.9.0\r\n<br>\n\nv0.10.0" });
    const { releases, notChecked, complete } = await changed();
    expect(releases.map(({ tag }) => tag)).toEqual(["0.9.0", "0.10.0"]);
    expect(notChecked).toEqual([expect.stringContaining("1 versions")]);
    expect(complete).toBe(false);
  });

  it("that does not exist is not found, and no path above its repository is asked for", async () => {
    expect(await poll({ upstream: "pkg:golang/github.com/nobody/nothing/cmd" })).toMatchObject({ code: "not-found" });
    expect(paths()).toEqual(["/github.com/nobody/nothing/cmd/@v/list", "/github.com/nobody/nothing/@v/list"]);
  });
});

describe("the repository of a Go module", () => {
  it.each([
    ["pkg:golang/github.com/Owner/name/v2", "pkg:github/owner/name"],
    ["pkg:golang/github.com/owner/name/folder", "pkg:github/owner/name"],
    ["pkg:golang/golang.org/x/tools", "pkg:github/golang/tools"],
    ["pkg:golang/example.org/elsewhere", undefined],
  ])("%s is %s", async (purl, repository) => {
    Object.assign(world.modules["golang.org/x/tools"] ?? {}, { repository: "https://github.com/golang/tools" });
    const versions = { "v1.0.0": "2026-01-01T00:00:00Z" };
    world.modules["example.org/elsewhere"] = { versions, repository: "https://git.example.org/elsewhere" };
    expect(await golang.repository?.(purl, context)).toBe(repository);
  });

  it.each([
    ["pkg:golang/github.com/owner/name/v2", "owner/name v2.0.0"],
    ["pkg:golang/github.com/owner/name/folder/v2", "owner/name folder/v2.0.0"],
    ["pkg:golang/github.com/owner/name/folder/v2", "owner/name v2.0.0"],
  ])("of %s has its notes at %s", async (purl, key) => {
    const { reader } = aReleaseReader({ [key]: "faster" });
    const details = await golang.details?.(purl, ["2.0.0"], { ...context, github: reader });
    expect(details).toMatchObject([{ tag: "2.0.0", notes: "faster" }]);
  });
});

it.each([
  ["golang.org/x/*", "pkg:golang/golang.org/x/tools"],
  ["golang.org", "pkg:golang/golang.org/x/tools"],
  ["*.example.org/team", "pkg:golang/git.example.org/team/tool/v2"],
])("asks no proxy about a module that %s makes private", async (pattern, upstream) => {
  const own = aPollContext(fetcher, { golang: { url: proxy.url, private: [pattern] } });
  expect(await golang.poll(aPollRequest({ upstream }), own)).toMatchObject({ code: "misconfigured" });
  expect(isFailure(await golang.repository?.(upstream, own))).toBe(true);
  expect(proxy.requests).toEqual([]);
});

it("asks about modules that only begin like a private one", async () => {
  const own = aPollContext(fetcher, { golang: { url: proxy.url, private: ["golang.org/x/tool", "golang.org/*/*/*"] } });
  expect(await golang.poll(aPollRequest({ upstream: "pkg:golang/golang.org/x/tools" }), own)).toMatchObject({
    state: "changed",
  });
});
