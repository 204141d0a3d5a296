import { afterEach, describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import { createGitRemote } from "../../../src/lib/git/remote.ts";
import { createGitHubReader } from "../../../src/lib/github/upstream/reader.ts";
import type { PollAnswer, PollRequest } from "../../../src/poll/source.ts";
import { github } from "../../../src/poll/sources/github.ts";
import { type StartedGitHub, startClientOf } from "../../support/start-github.ts";
import { forgeUrls } from "../../support/urls.ts";
import {
  addRelease,
  addRepository,
  addTag,
  githubWorld,
  pushCommit,
  renameRepository,
} from "../../upstreams/github/builders.ts";
import { resolveCommit } from "../../upstreams/github/world.ts";

const NOW = "2026-11-20T12:00:00.000Z";
const PURL = "pkg:github/acme/tool";

let started: StartedGitHub | undefined;
afterEach(async () => {
  await started?.close();
  started = undefined;
});

async function start({ token = true } = {}) {
  const world = githubWorld({ clock: () => NOW });
  const tool = addRepository(world, "acme/tool");
  started = await startClientOf(world);
  const { fetcher, urls, github: client, standIn } = started;
  const context = {
    fetcher,
    github: token ? createGitHubReader(client, () => NOW) : undefined,
    git: createGitRemote(fetcher),
    registry: { tags: unasked, digest: unasked, content: unasked, attached: unasked, announce: () => undefined },
    urls: { github: urls, ...OTHERS },
    now: NOW,
  };
  const ask = (given: Partial<PollRequest> = {}) =>
    github.poll({ upstream: PURL, pinnedRefs: [], tagTemplates: [], ...given }, context);
  const poll = async (given: Partial<PollRequest> = {}) => changed(await ask(given));
  return { world, tool, standIn, context, ask, poll };
}

function changed(answer: Awaited<ReturnType<typeof github.poll>>): Extract<PollAnswer, { state: "changed" }> {
  if (isFailure(answer)) throw answer;
  if (answer.state !== "changed") throw new Error("the poll says that nothing changed");
  return answer;
}

const unasked = () => Promise.reject(new Error("GitHub is no registry"));
const OTHERS = {
  ...forgeUrls("https://forge.invalid"),
  pypi: { url: "" },
  npm: { url: "" },
  rubygems: { url: "" },
  golang: { url: "" },
  maven: { url: "" },
  cargo: { url: "" },
  gitHosts: {},
  registries: {},
  osv: { url: "" },
  depsDev: { url: "" },
  scorecard: { url: "" },
  endoflife: { url: "" },
  trustRoots: { sigstore: "https://tuf.example/sigstore", github: "https://tuf.example/github" },
  officialImages: { url: "" },
  downloads: { pypi: "", npm: "" },
};

describe("what the source is for", () => {
  it.each([
    ["pkg:github/acme/tool", true],
    ["pkg:githubactions/actions/checkout", true],
    ["pkg:pypi/requests", false],
    ["pkg:github/acme", false],
  ])("%s: %s", (purl, matches) => {
    expect(github.matches(purl)).toBe(matches);
  });

  it("asks for the repository that an action in a folder belongs to", async () => {
    const { poll, tool } = await start();
    addTag(tool, "v1");
    expect(await poll({ upstream: "pkg:githubactions/acme/tool/restore" })).toMatchObject({
      releases: [{ tag: "v1" }],
    });
  });
});

describe("a poll with a token", () => {
  it("merges releases and bare tags by tag name", async () => {
    const { poll, world, tool, standIn } = await start();
    addRelease(world, tool, {
      tag: "v1.1.0",
      createdAt: "2026-02-01T00:00:00.000Z",
      publishedAt: "2026-02-03T00:00:00.000Z",
    });
    const bare = addTag(tool, "v1.0.0", { at: "2026-01-01T00:00:00.000Z" });
    const { releases, complete, notChecked } = await poll();
    expect(releases).toEqual([
      {
        version: "1.1.0",
        tag: "v1.1.0",
        publishedAt: "2026-02-03T00:00:00.000Z",
        publishedBy: "publisher",
        state: "released",
        digests: {},
        assets: [],
        commit: tool.refs.get("refs/tags/v1.1.0"),
        notesUrl: `${standIn.url}/acme/tool/releases/tag/v1.1.0`,
      },
      {
        version: "1.0.0",
        tag: "v1.0.0",
        publishedAt: "2026-01-01T00:00:00.000Z",
        publishedBy: "publisher",
        state: "released",
        digests: {},
        assets: [],
        commit: bare,
        notesUrl: `${standIn.url}/acme/tool/releases/tag/v1.0.0`,
      },
    ]);
    expect([complete, notChecked]).toEqual([true, []]);
  });

  it("tells prereleases, and leaves out drafts", async () => {
    const { poll, world, tool } = await start();
    addRelease(world, tool, { tag: "v2.0.0-rc.1", prerelease: true });
    addRelease(world, tool, { tag: "untagged-1", draft: true });
    tool.refs.delete("refs/tags/untagged-1");
    expect((await poll()).releases).toMatchObject([{ version: "2.0.0-rc.1", state: "prerelease" }]);
  });

  it("reports only tags of the pins' templates, with the versions that they stand for", async () => {
    const { poll, tool } = await start();
    for (const tag of ["cli-v1.0", "cli-v1.1", "server-v7.0"]) addTag(tool, tag);
    const { releases } = await poll({ tagTemplates: ["cli-v{version}"] });
    expect(releases.map(({ tag, version }) => [tag, version]).sort()).toEqual([
      ["cli-v1.0", "1.0"],
      ["cli-v1.1", "1.1"],
    ]);
  });

  it("says where pinned tags, branches and versions point now, and is silent about what is not there", async () => {
    const { poll, world, tool } = await start();
    const tag = addTag(tool, "v1.0", { message: "annotated" });
    const branch = pushCommit(world, tool, { branch: "stable", message: "More" });
    const pinnedRefs = ["v1.0", "1.0", "stable", "gone", "0".repeat(40)];
    const { refs } = await poll({ pinnedRefs, tagTemplates: ["v{version}"] });
    expect(refs).toEqual([
      { name: "v1.0", target: tag },
      { name: "1.0", target: tag },
      { name: "stable", target: branch },
    ]);
  });

  it("says that nothing changed when the answer is the same, and notices a tag that moved", async () => {
    const { ask, poll, tool } = await start();
    addTag(tool, "v1.0");
    const { validator } = await poll();
    expect(await ask({ last: { validator: String(validator) } })).toEqual({ state: "unchanged", validator });
    addTag(tool, "v1.0", { at: NOW });
    expect(await ask({ last: { validator: String(validator) } })).toMatchObject({ state: "changed" });
  });

  it("says when the repository has another name now", async () => {
    const { poll, world } = await start();
    renameRepository(world, "acme/tool", "umbrella/tool");
    expect((await poll()).notChecked).toEqual([expect.stringContaining("umbrella/tool")]);
  });

  it("says who answered, so that another repository under the same name is told from the first", async () => {
    const { ask, poll, world } = await start();
    const { validator, identity } = await poll();
    expect(identity).toMatchObject({
      id: expect.stringMatching(/^\d+$/),
      owner: expect.any(String),
      name: "acme/tool",
    });
    world.repositories.delete("acme/tool");
    addRepository(world, "acme/tool");
    const answer = changed(await ask({ last: { validator: String(validator) } }));
    expect(answer.identity?.id).not.toBe(identity?.id);
    expect(answer.identity?.owner).toBe(identity?.owner);
  });

  it("names the tree of pinned tags, lightweight or annotated, and of no others", async () => {
    const { poll, tool } = await start();
    const tree = (tag: string) => {
      const commit = tool.objects.get(resolveCommit(tool, `refs/tags/${tag}`) ?? "");
      return commit?.type === "commit" ? commit.tree : undefined;
    };
    addTag(tool, "v1.0.0");
    addTag(tool, "v1.1.0", { message: "signed by nobody" });
    addTag(tool, "v1.2.0");
    const { releases } = await poll({ pinnedRefs: ["v1.0.0", "v1.1.0"] });
    expect(Object.fromEntries(releases.map((release) => [release.tag, release.tree]))).toEqual({
      "v1.0.0": tree("v1.0.0"),
      "v1.1.0": tree("v1.1.0"),
      "v1.2.0": undefined,
    });
  });

  it("is complete only when everything was read, and lacks nothing once the pinned version was seen", async () => {
    const { poll, tool } = await start();
    for (let index = 0; index < 40; index++) {
      addTag(tool, `v1.${index}`, { at: new Date(Date.parse("2026-01-01") + index * 86_400_000).toISOString() });
    }
    expect(await poll()).toMatchObject({ complete: false, notChecked: [] });
    expect(await poll({ pinnedRefs: ["v1.35"] })).toMatchObject({ complete: false, notChecked: [] });
    expect(await poll({ pinnedRefs: ["v1.2"] })).toMatchObject({ complete: true, notChecked: [] });
  });

  it("is a failure for a repository that is gone, disabled or locked", async () => {
    const { ask, tool } = await start();
    expect(await ask({ upstream: "pkg:github/acme/gone" })).toMatchObject({ code: "not-found" });
    tool.disabled = true;
    expect(await ask()).toMatchObject({ code: "unavailable" });
  });
});

describe("a poll without a token", () => {
  it("takes tags by the git protocol and says what it did not look at", async () => {
    const { poll, tool, standIn } = await start({ token: false });
    const commit = addTag(tool, "v1.0", { message: "annotated" });
    const answer = await poll({ pinnedRefs: ["v1.0"] });
    expect(answer).toMatchObject({
      releases: [{ version: "1.0", tag: "v1.0", commit, notesUrl: `${standIn.url}/acme/tool/releases/tag/v1.0` }],
      refs: [{ name: "v1.0", target: commit }],
      complete: true,
      notChecked: ["release notes and assets: no GitHub token"],
    });
    expect(answer.releases[0]).not.toHaveProperty("publishedAt");
    expect(standIn.requests.every((request) => request.headers.authorization === undefined)).toBe(true);
  });

  it("looks for branches only when a pinned name is no tag", async () => {
    const { poll, world, tool, standIn } = await start({ token: false });
    addTag(tool, "v1.0");
    const branch = pushCommit(world, tool, { branch: "stable", message: "More" });
    await poll({ pinnedRefs: ["v1.0", "0".repeat(40)] });
    const withoutBranches = standIn.requests.length;
    const { refs } = await poll({ pinnedRefs: ["stable"] });
    expect(refs).toEqual([{ name: "stable", target: branch }]);
    expect(standIn.requests.length - withoutBranches).toBeGreaterThan(withoutBranches);
  });

  it("is a failure for a repository that is gone", async () => {
    const { ask } = await start({ token: false });
    expect(await ask({ upstream: "pkg:github/acme/gone" })).toMatchObject({ code: "not-found" });
  });
});

describe("a poll of a repository that was read whole before", () => {
  const day = (number: number) => `2026-10-${String(number).padStart(2, "0")}T00:00:00.000Z`;

  async function startRead() {
    const started = await start();
    for (let number = 1; number <= 6; number++)
      addRelease(started.world, started.tool, {
        tag: `v1.${number}`,
        createdAt: day(number),
        publishedAt: day(number),
      });
    const request = { pinnedRefs: ["v1.2"], tagTemplates: ["v{version}"] };
    const { validator } = await started.poll(request);
    const before = started.standIn.requests.length;
    const again = (given: Partial<PollRequest> = {}) =>
      started.ask({ ...request, last: { validator, at: NOW }, ...given });
    const queries = () => started.standIn.requests.slice(before).map(({ body }) => /query (\w+)/.exec(`${body}`)?.[1]);
    return { ...started, validator, again, queries };
  }

  it("takes a glance, and no more while that sees nothing new", async () => {
    const { again, queries, validator } = await startRead();
    expect(await again()).toEqual({ state: "unchanged", validator });
    expect(queries()).toEqual(["Glance"]);
  });

  it.each<[string, (one: Awaited<ReturnType<typeof startRead>>) => unknown]>([
    ["a release", ({ world, tool }) => void addRelease(world, tool, { tag: "v1.7", createdAt: day(7) })],
    ["a tag of an old commit", ({ tool }) => void addTag(tool, "v1.0.1", { at: day(1) })],
    ["another commit under the pinned tag", ({ tool }) => void addTag(tool, "v1.2", { at: day(9) })],
    ["a new flag of a recent release", ({ tool }) => Object.assign(tool.releases[5] ?? {}, { prerelease: true })],
    ["a tag that is gone", ({ tool }) => void tool.refs.delete("refs/tags/v1.1")],
  ])("reads everything again after %s", async (_what, happen) => {
    const read = await startRead();
    await happen(read);
    expect(await read.again()).toMatchObject({ state: "changed" });
    expect(read.queries()).toEqual(["Glance", "Sweep"]);
  });

  it("reads everything again when other names are pinned", async () => {
    const { again, queries } = await startRead();
    expect(await again({ pinnedRefs: ["v1.3"] })).toMatchObject({ state: "changed" });
    expect(queries()).toEqual(["Glance", "Sweep"]);
  });

  it("reads everything once a day, and keeps in mind that it did", async () => {
    const { world, context, validator, queries } = await startRead();
    const later = { ...context, now: "2026-11-21T12:00:01.000Z" };
    const request = { upstream: PURL, pinnedRefs: ["v1.2"], tagTemplates: ["v{version}"] };
    const answer = await github.poll({ ...request, last: { validator, at: NOW } }, later);
    expect([queries(), world.repositories.size]).toEqual([["Sweep"], 1]);
    expect(answer).toMatchObject({ state: "unchanged" });
    const renewed = isFailure(answer) ? undefined : answer.validator;
    expect(renewed).not.toBe(validator);
    expect(await github.poll({ ...request, last: { validator: renewed, at: NOW } }, later)).toMatchObject({
      state: "unchanged",
    });
    expect(queries()).toEqual(["Sweep", "Glance"]);
  });
});
