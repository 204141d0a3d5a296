import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import type { PollContext } from "../../../src/poll/source.ts";
import { git } from "../../../src/poll/sources/git.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { aPollContext, aPollRequest, newsOf } from "../../support/poll-context.ts";
import { commitOf, type GitWorld, startGit } from "../../upstreams/git.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";

const HOSTS = ["gitlab.com", "gitlab.example.org", "bitbucket.org", "git.example.org", "codeberg.org"];

let world: GitWorld;
let host: StandIn;
let fetcher: Fetcher;
let context: PollContext;

beforeEach(async () => {
  world = { repositories: {} };
  world.repositories["group/tool"] = {
    tags: {
      "v1.0.0": { commit: commitOf("one") },
      "v1.1.0": { commit: commitOf("two"), tagObject: commitOf("tag") },
      "docs-7": { commit: commitOf("docs") },
    },
    branches: { main: commitOf("newest") },
  };
  host = await startGit(world);
  fetcher = aFetcher([host]);
  context = aPollContext(fetcher, { gitHosts: Object.fromEntries(HOSTS.map((name) => [name, { url: host.url }])) });
});

afterEach(async () => {
  await fetcher.close();
  await host.close();
});

type Request = Partial<Parameters<typeof aPollRequest>[0]>;

const poll = (given: Request = {}) => git.poll(aPollRequest({ upstream: "pkg:gitlab/group/tool", ...given }), context);

const changed = async (given: Request = {}) => newsOf(await poll(given));

describe("what the source is for", () => {
  it.each([
    ["pkg:gitlab/group/tool", true],
    ["pkg:gitlab/group/sub/tool?repository_url=gitlab.example.org", true],
    ["pkg:bitbucket/group/tool", true],
    ["pkg:generic/git.example.org/group/tool", true],
    ["pkg:generic/tool?vcs_url=git%2Bhttps://git.example.org/group/tool.git%40abc", true],
    ["pkg:generic/tool?vcs_url=https://git.example.org/group/tool", true],
    ["pkg:generic/tool?vcs_url=svn%2Bhttps://example.org/group/tool", false],
    ["pkg:generic/tool?vcs_url=git%2Bssh://git@example.org/group/tool.git", false],
    ["pkg:generic/tool?repository_url=example.org", false],
    ["pkg:generic/example.org/tool", false],
    ["pkg:generic/platformio/owner/tool", false],
    ["pkg:generic/vagrant/ubuntu/focal64", false],
    ["pkg:gitlab/tool", false],
    ["pkg:github/group/tool", false],
  ])("%s: %s", (purl, expected) => {
    expect(git.matches(purl)).toBe(expected);
  });
});

describe("a repository on a git host", () => {
  it("has its tags with the commits they stand for, and says what git does not tell", async () => {
    const upstream = "pkg:bitbucket/group/tool";
    const { releases, complete, notChecked } = await changed({ upstream, tagTemplates: ["v{version}"] });
    expect(releases).toEqual([
      {
        version: "1.0.0",
        tag: "v1.0.0",
        publishedBy: "publisher",
        state: "released",
        digests: {},
        assets: [],
        commit: commitOf("one"),
      },
      expect.objectContaining({ version: "1.1.0", commit: commitOf("two") }),
    ]);
    expect(complete).toBe(true);
    expect(notChecked).toEqual([expect.stringContaining("release notes")]);
  });

  it.each([
    ["pkg:bitbucket/group/tool"],
    ["pkg:generic/git.example.org/group/tool"],
    ["pkg:gitlab/group/tool?repository_url=gitlab.example.org"],
    ["pkg:gitlab/group/tool?repository_url=https://gitlab.example.org/"],
    ["pkg:generic/tool?vcs_url=git%2Bhttps://git.example.org/group/tool.git%40v1.0.0"],
  ])("is found as %s", async (upstream) => {
    expect((await changed({ upstream })).releases.map(({ tag }) => tag)).toEqual(["docs-7", "v1.0.0", "v1.1.0"]);
  });

  it("is found in a group of a group", async () => {
    world.repositories["group/sub/tool"] = { tags: { "2.0": { commit: commitOf("sub") } } };
    expect((await changed({ upstream: "pkg:gitlab/group/sub/tool" })).releases).toMatchObject([{ version: "2.0" }]);
  });

  it.each(["required", "refused"] as const)("is found where .git behind its path is %s", async (suffix) => {
    Object.assign(world.repositories["group/tool"] ?? {}, { suffix });
    expect((await changed({ upstream: "pkg:generic/git.example.org/group/tool" })).releases).toHaveLength(3);
  });

  it("tells where pinned tags, versions and branches are, and leaves out what is not there", async () => {
    const pinnedRefs = ["v1.0.0", "1.1.0", "main", "v0.9.0"];
    const { refs } = await changed({ tagTemplates: ["v{version}"], pinnedRefs });
    expect(refs).toEqual([
      { name: "v1.0.0", target: commitOf("one") },
      { name: "1.1.0", target: commitOf("two") },
      { name: "main", target: commitOf("newest") },
    ]);
  });

  it("is not asked for branches when all that is pinned is a tag", async () => {
    await changed({ pinnedRefs: ["v1.0.0"] });
    expect(host.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  it("says unchanged until a tag or a pinned branch moves", async () => {
    const pinnedRefs = ["main"];
    world.forge = { kind: "gitlab", releases: { "group/tool": [] } };
    const { validator } = await changed({ pinnedRefs });
    const last = validator === undefined ? {} : { last: { validator } };
    expect(await poll({ pinnedRefs, ...last })).toEqual({ state: "unchanged", validator });
    Object.assign(world.repositories["group/tool"]?.branches ?? {}, { main: commitOf("newer") });
    expect(await poll({ pinnedRefs, ...last })).toMatchObject({
      state: "changed",
      refs: [{ name: "main", target: commitOf("newer") }],
    });
  });

  it.each([401, 404] as const)("that is not there, or private, is not found (%i)", async (missing) => {
    world.missing = missing;
    expect(await poll({ upstream: "pkg:gitlab/group/nothing" })).toMatchObject({ code: "not-found" });
  });
});

const asset = { name: "tool_linux_amd64.tar.gz", size: 12 };
const forges = [
  ["gitlab", "pkg:gitlab/group/tool", "https://gitlab.example/group/tool/-/releases/v1.1.0"],
  ["gitea", "pkg:generic/codeberg.org/group/tool", "https://gitea.example/group/tool/releases/tag/v1.1.0"],
] as const;

describe.each(forges)("a repository on %s", (kind, upstream, page) => {
  beforeEach(() => {
    const later = { prerelease: true, upcoming: true };
    world.forge = {
      kind,
      releases: {
        "group/tool": [
          { tag: "v1.1.0", publishedAt: "2026-10-01T09:00:00Z", notes: "Faster.", assets: [asset], ...later },
          { tag: "v1.0.0", publishedAt: "2026-09-01T09:00:00Z" },
        ],
      },
    };
  });

  const tagTemplates = ["v{version}"];
  const api = () => host.requests.filter(({ path }) => path.startsWith("/api/"));

  it("has the dates and pages of its releases, and nothing is left unsaid", async () => {
    const { releases, notChecked } = await changed({ upstream, tagTemplates });
    expect(releases).toEqual([
      expect.objectContaining({ version: "1.0.0", state: "released", publishedAt: "2026-09-01T09:00:00.000Z" }),
      expect.objectContaining({ version: "1.1.0", state: "prerelease", notesUrl: page }),
    ]);
    expect(notChecked).toEqual([]);
  });

  it("is read page by page until the pinned version is seen, on no other host than its own", async () => {
    Object.assign(world.forge ?? {}, { pageSize: 1 });
    await changed({ upstream, tagTemplates, pinnedRefs: ["1.1.0"] });
    expect(api()).toHaveLength(1);
    await changed({ upstream, tagTemplates, pinnedRefs: ["1.0.0"] });
    expect(api()).toHaveLength(3);
  });

  it("is asked for releases only when its tags changed", async () => {
    const { validator } = await changed({ upstream, tagTemplates });
    expect(await poll({ upstream, tagTemplates, last: { validator: validator ?? "" } })).toMatchObject({
      state: "unchanged",
    });
    expect(api()).toHaveLength(1);
  });

  it("falls back to its tags where the API does not answer, says so, and asks again", async () => {
    host.fail(({ path }) => path.startsWith("/api/"), { status: 403 });
    const { releases, notChecked, validator } = await changed({ upstream, tagTemplates });
    expect(releases).toHaveLength(2);
    expect(notChecked).toEqual([expect.stringMatching(/^dates, release notes and assets: .*403/)]);
    expect(validator).toBeUndefined();
  });

  it("has notes and assets of the releases that are asked for, and none of bare tags", async () => {
    const details = await git.details?.(upstream, ["v1.1.0", "docs-7"], context);
    expect(details).toEqual([
      expect.objectContaining({ tag: "v1.1.0", notes: "Faster.", url: page, author: "maintainer" }),
    ]);
    expect(details).toMatchObject([{ assets: [{ name: asset.name, url: expect.stringContaining(asset.name) }] }]);
  });
});

it("a host whose name does not say what it runs is told by the configuration", async () => {
  world.forge = {
    kind: "gitlab",
    releases: { "group/tool": [{ tag: "v1.0.0", publishedAt: "2026-09-01T09:00:00Z" }] },
  };
  const upstream = "pkg:generic/git.example.org/group/tool";
  expect((await changed({ upstream })).notChecked).toHaveLength(1);
  context = aPollContext(fetcher, { gitHosts: { "git.example.org": { url: host.url, forge: "gitlab" } } });
  const { releases, notChecked } = await changed({ upstream });
  expect(notChecked).toEqual([]);
  expect(releases).toContainEqual(expect.objectContaining({ publishedAt: "2026-09-01T09:00:00.000Z" }));
});
