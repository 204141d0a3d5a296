import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import type { PollAnswer, PollContext } from "../../../src/poll/source.ts";
import { git } from "../../../src/poll/sources/git.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { aPollContext, aPollRequest } from "../../support/poll-context.ts";
import { commitOf, type GitWorld, startGit } from "../../upstreams/git.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";

const HOSTS = ["gitlab.com", "gitlab.example.org", "bitbucket.org", "git.example.org"];

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
type Changed = Extract<PollAnswer, { state: "changed" }>;

const poll = (given: Request = {}) => git.poll(aPollRequest({ upstream: "pkg:gitlab/group/tool", ...given }), context);

async function changed(given: Request = {}): Promise<Changed> {
  const answer = await poll(given);
  if (isFailure(answer)) throw answer;
  if (answer.state !== "changed") throw new Error("expected a change");
  return answer;
}

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
    const { releases, complete, notChecked } = await changed({ tagTemplates: ["v{version}"] });
    expect(releases).toEqual([
      {
        version: "1.0.0",
        tag: "v1.0.0",
        publishedBy: "publisher",
        state: "released",
        digests: {},
        assets: [],
        commit: commitOf("one"),
        notesUrl: "https://gitlab.com/group/tool/-/tags/v1.0.0",
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
