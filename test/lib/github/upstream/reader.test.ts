import { afterEach, describe, expect, it } from "vitest";
import { isFailure } from "../../../../src/lib/failure.ts";
import { createGitHubReader, type GitHubReader } from "../../../../src/lib/github/upstream/reader.ts";
import type { RepositorySweep, SweepRequest } from "../../../../src/lib/github/upstream/sweep-answer.ts";
import { type StartedGitHub, startClientOf } from "../../../support/start-github.ts";
import { primaryLimit, tooSlow } from "../../../upstreams/github/answers.ts";
import {
  addRelease,
  addRepository,
  addTag,
  githubWorld,
  pushCommit,
  renameRepository,
} from "../../../upstreams/github/builders.ts";
import type { GithubOptions } from "../../../upstreams/github.ts";

const NOW = "2026-11-20T12:00:00.000Z";
const day = (index: number) => new Date(Date.parse("2026-01-01T00:00:00Z") + index * 86_400_000).toISOString();

let started: StartedGitHub | undefined;
afterEach(async () => {
  await started?.close();
  started = undefined;
});

const aWorld = () => githubWorld({ clock: () => NOW });

async function start(world = aWorld(), options: GithubOptions = {}) {
  started = await startClientOf(world, options);
  return { reader: createGitHubReader(started.github, () => NOW), standIn: started.standIn };
}

function aRequest(name: string, given: Partial<SweepRequest> = {}): SweepRequest {
  const [owner = "", repository = ""] = name.split("/");
  return { owner, name: repository, tagPrefix: "", pinnedTags: [], branches: [], ...given };
}

async function sweep(reader: GitHubReader, name: string, given: Partial<SweepRequest> = {}): Promise<RepositorySweep> {
  const swept = await reader.sweep(aRequest(name, given));
  if (isFailure(swept)) throw swept;
  return swept;
}

/** Repositories with one release each. */
function withRepositories(count: number) {
  const world = aWorld();
  const names = Array.from({ length: count }, (_, index) => `acme/tool-${index}`);
  for (const name of names) addRelease(world, addRepository(world, name), { tag: "v1.0.0" });
  return { world, names };
}

const asked = (operation: string) =>
  (started?.standIn.requests ?? []).filter((request) => request.body.includes(`query ${operation}(`));
const aliases = (operation: string) =>
  asked(operation).map(({ body }) => body.toString().split(":repository(").length - 1);

describe("many sweeps of one tick", () => {
  it("are one request for fifty repositories, once GitHub has shown that it can take it", async () => {
    const { world, names } = withRepositories(50);
    const { reader } = await start(world);
    await Promise.all(names.map((name) => sweep(reader, name)));
    expect(aliases("Sweep")).toEqual([25, 25]);
    const swept = await Promise.all(names.map((name) => sweep(reader, name)));
    expect(aliases("Sweep")).toEqual([25, 25, 50]);
    expect(swept.map((one) => one.nameWithOwner)).toEqual(names);
  });

  it("share one answer when they ask the same", async () => {
    const { reader } = await start(withRepositories(1).world);
    const [first, second] = await Promise.all([sweep(reader, "acme/tool-0"), sweep(reader, "acme/tool-0")]);
    expect(first).toEqual(second);
    expect(aliases("Sweep")).toEqual([1]);
  });

  it("are halved while they are too much for GitHub, and every repository is answered", async () => {
    const { world, names } = withRepositories(25);
    const { reader } = await start(world, { maxAliases: () => 6 });
    const swept = await Promise.all(names.map((name) => sweep(reader, name)));
    expect(swept.map((one) => one.nameWithOwner)).toEqual(names);
    expect(asked("Sweep").map((request) => request.status)).toEqual(expect.arrayContaining([502, 200]));
    expect(aliases("Sweep").slice(0, 3)).toEqual([25, 12, 6]);
  });

  it("fail only for the repository that is missing", async () => {
    const { world, names } = withRepositories(2);
    const { reader } = await start(world);
    const [there, gone, alsoThere] = await Promise.all(
      [names[0], "acme/gone", names[1]].map((name) => reader.sweep(aRequest(String(name)))),
    );
    expect([there, alsoThere]).toMatchObject([{ nameWithOwner: names[0] }, { nameWithOwner: names[1] }]);
    expect(gone).toMatchObject({ code: "not-found", message: expect.stringContaining("acme/gone") });
  });

  it("fail only for the repository that GitHub cannot answer for even alone, which is then asked alone", async () => {
    const { world, names } = withRepositories(8);
    const { reader, standIn } = await start(world);
    standIn.fail((request) => request.body.includes('"tool-3"'), tooSlow());
    const first = await Promise.all(names.map((name) => reader.sweep(aRequest(name))));
    expect(first.map((one) => isFailure(one))).toEqual(names.map((name) => name === "acme/tool-3"));
    const before = asked("Sweep").length;
    await Promise.all(names.map((name) => reader.sweep(aRequest(name))));
    expect(aliases("Sweep").slice(before).at(-1)).toBe(1);
    expect(
      asked("Sweep")
        .slice(before, -1)
        .every((request) => request.status === 200),
    ).toBe(true);
  });

  it("stop at once when GitHub answers for none", async () => {
    const { world, names } = withRepositories(25);
    const { reader, standIn } = await start(world);
    standIn.fail((request) => request.body.includes("query Sweep("), tooSlow());
    const swept = await Promise.all(names.map((name) => reader.sweep(aRequest(name))));
    expect(swept.every((one) => isFailure(one) && one.code === "timeout")).toBe(true);
    expect(aliases("Sweep")).toEqual([25, 12, 6, 3, 1, 1, 1]);
  });

  it("all carry the moment at which a limit ends, after one request", async () => {
    const { world, names } = withRepositories(30);
    const { reader, standIn } = await start(world);
    standIn.fail((request) => request.body.includes("query Sweep("), primaryLimit("2026-11-20T12:59:00.000Z"));
    const swept = await Promise.all(names.map((name) => reader.sweep(aRequest(name))));
    expect(swept.every((one) => isFailure(one) && one.retryAt === "2026-11-20T12:59:01.000Z")).toBe(true);
    expect(asked("Sweep")).toHaveLength(1);
  });
});

describe("a sweep", () => {
  it("reads releases, drafts and prereleases among them, with the commit their tag stands for", async () => {
    const world = aWorld();
    const tool = addRepository(world, "acme/tool");
    const commit = addTag(tool, "v1.0.0", { at: day(1), message: "Release 1.0.0" });
    addRelease(world, tool, { tag: "v1.0.0", createdAt: day(1), publishedAt: day(2) });
    addRelease(world, tool, { tag: "v2.0.0-rc.1", createdAt: day(3), publishedAt: day(4), prerelease: true });
    const { reader } = await start(world);
    const swept = await sweep(reader, "acme/tool");
    expect(swept).toMatchObject({ databaseId: tool.databaseId, archived: false, disabled: false, complete: true });
    expect(swept.releases).toMatchObject([
      { tag: "v2.0.0-rc.1", prerelease: true, immutable: false },
      { tag: "v1.0.0", prerelease: false, publishedAt: day(2), commit },
    ]);
  });

  it("reads pinned names as tags and as branches, annotated tags down to their commit", async () => {
    const world = aWorld();
    const tool = addRepository(world, "acme/tool");
    const annotated = addTag(tool, "v1", { message: "One" });
    const branch = pushCommit(world, tool, { branch: "stable", message: "More" });
    const { reader } = await start(world);
    const names = ["v1", "stable", "gone"];
    const swept = await sweep(reader, "acme/tool", { pinnedTags: names, branches: names });
    expect(swept.pinned).toMatchObject([{ name: "v1", commit: annotated }]);
    expect(swept.branches).toMatchObject([{ name: "stable", commit: branch }]);
  });

  it("reads pages until the pinned tag is seen", async () => {
    const world = aWorld();
    const tool = addRepository(world, "acme/tool");
    for (let index = 0; index < 150; index++) addTag(tool, `v1.${index}`, { at: day(index) });
    const { reader } = await start(world);
    const recent = await sweep(reader, "acme/tool", { pinnedTags: ["v1.140"] });
    expect([recent.complete, recent.tags.length, asked("SweepPages").length]).toEqual([true, 30, 0]);
    const old = await sweep(reader, "acme/tool", { pinnedTags: ["v1.15"] });
    expect([old.complete, old.tags.length, asked("SweepPages").length]).toEqual([true, 150, 2]);
  });

  it("says that it is not complete when the pinned tag is further back than it reads", async () => {
    const world = aWorld();
    const tool = addRepository(world, "acme/tool");
    for (let index = 0; index < 600; index++) addTag(tool, `v1.${index}`, { at: day(index) });
    const { reader } = await start(world);
    const swept = await sweep(reader, "acme/tool", { pinnedTags: ["v1.3"] });
    expect([swept.complete, swept.tags.length, asked("SweepPages").length]).toEqual([false, 530, 5]);
    expect(swept.pinned).toMatchObject([{ name: "v1.3" }]);
  });

  it("reads releases back to the pinned one, which tells prereleases from releases", async () => {
    const world = aWorld();
    const tool = addRepository(world, "acme/tool");
    for (let index = 0; index < 20; index++) {
      addRelease(world, tool, { tag: `v1.${index}`, createdAt: day(index), prerelease: index === 5 });
    }
    const { reader } = await start(world);
    const swept = await sweep(reader, "acme/tool", { pinnedTags: ["v1.2"] });
    expect(swept.releases.find((release) => release.tag === "v1.5")?.prerelease).toBe(true);
    expect(swept.complete).toBe(true);
  });

  it("asks only for tags that begin as the pins' do", async () => {
    const world = aWorld();
    const tool = addRepository(world, "acme/tool");
    for (const tag of ["cli-v1.0", "cli-v1.1", "server-v1.0", "x-cli-v1.0"]) addTag(tool, tag);
    const { reader } = await start(world);
    const swept = await sweep(reader, "acme/tool", { tagPrefix: "cli-v" });
    expect(swept.tags.map((tag) => tag.name).sort()).toEqual(["cli-v1.0", "cli-v1.1"]);
  });

  it("follows a renamed repository and gives its present name", async () => {
    const { world } = withRepositories(1);
    renameRepository(world, "acme/tool-0", "umbrella/tool");
    const { reader } = await start(world);
    expect(await sweep(reader, "acme/tool-0")).toMatchObject({ nameWithOwner: "umbrella/tool" });
  });

  it("asks an Enterprise server only for fields that it knows, and asks once which those are", async () => {
    const { world } = withRepositories(1);
    const { reader, standIn } = await start(world, { edition: "enterprise" });
    const swept = [await sweep(reader, "acme/tool-0"), await sweep(reader, "acme/tool-0")];
    expect(swept[0]?.releases[0]).not.toHaveProperty("immutable");
    expect(standIn.requests.filter((request) => request.body.includes("OptionalFields"))).toHaveLength(1);
  });
});

describe("the detail of a release", () => {
  async function detailOf(edition: "current" | "enterprise", tag: string) {
    const world = aWorld();
    const tool = addRepository(world, "acme/tool");
    const assets = ["tool.tar.gz", { name: "old.tar.gz", digest: null }];
    addRelease(world, tool, { tag: "v1.0.0", notes: "## Fixes\n\nMany.", author: "maintainer", assets });
    addTag(tool, "v0.9", { message: "Release 0.9" });
    const { reader } = await start(world, { edition });
    return reader.releaseDetail("acme", "tool", tag);
  }

  it.each(["current", "enterprise"] as const)(
    "has notes, author and assets with digests on a server that is %s",
    async (edition) => {
      expect(await detailOf(edition, "v1.0.0")).toMatchObject({
        tag: "v1.0.0",
        notes: "## Fixes\n\nMany.",
        author: "maintainer",
        assets: [
          { name: "tool.tar.gz", digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), size: expect.any(Number) },
          { name: "old.tar.gz" },
        ],
      });
      expect((await detailOf(edition, "v1.0.0")) as object).not.toHaveProperty("assets.1.digest");
    },
  );

  it("is the tag's own message where there is no release", async () => {
    expect(await detailOf("current", "v0.9")).toMatchObject({
      notes: expect.stringContaining("Release 0.9"),
      url: expect.stringMatching(/\/acme\/tool\/releases\/tag\/v0\.9$/),
      assets: [],
    });
  });

  it("is a failure where there is neither release nor tag", async () => {
    expect(await detailOf("current", "v9")).toMatchObject({
      code: "not-found",
      message: expect.stringContaining("v9"),
    });
  });

  it("has all assets of a release with more than one page of them", async () => {
    const world = aWorld();
    const assets = Array.from({ length: 230 }, (_, index) => `file-${index}`);
    addRelease(world, addRepository(world, "acme/tool"), { tag: "v1", assets });
    const { reader } = await start(world);
    const detail = await reader.releaseDetail("acme", "tool", "v1");
    expect(isFailure(detail) ? detail : detail.assets.map((asset) => asset.name)).toEqual(assets);
  });
});

describe("the facts of a repository", () => {
  it("are what project trust asks for", async () => {
    const world = aWorld();
    const files = { "SECURITY.md": "Write to us." };
    const tool = addRepository(world, "acme/tool", {
      stars: 321,
      forks: 12,
      watchers: 7,
      licence: "MIT",
      ownerVerified: true,
      createdAt: day(0),
      files,
    });
    pushCommit(world, tool, { at: "2026-11-01T00:00:00.000Z" });
    pushCommit(world, tool, { at: "2026-11-02T00:00:00.000Z" });
    addTag(tool, "v1.0.0", { at: day(1), verification: { reason: "valid" } });
    addRelease(world, tool, { tag: "v1.0.0", createdAt: day(1), publishedAt: day(2), assets: ["a.tgz", "a.tgz.asc"] });
    addTag(tool, "v1.1.0", { at: day(3), verification: { reason: "unsigned" } });
    addRelease(world, tool, { tag: "v1.1.0", createdAt: day(3), publishedAt: day(4), assets: ["a.tgz"] });
    const { reader } = await start(world);
    expect(await reader.facts("acme", "tool")).toMatchObject({
      nameWithOwner: "acme/tool",
      databaseId: tool.databaseId,
      archived: false,
      createdAt: day(0),
      stars: 321,
      forks: 12,
      watchers: 7,
      recentCommits: 2,
      releaseDates: [day(4), day(2)],
      securityPolicy: true,
      licence: "MIT",
      verifiedOwner: true,
      signatures: [
        { tag: "v1.1.0", valid: false, byForge: false, signatureAssets: [] },
        { tag: "v1.0.0", valid: true, byForge: false, signatureAssets: ["a.tgz.asc"] },
      ],
    });
  });

  it("say who writes commits, how issues are answered, what cannot be changed and which packages are made from it", async () => {
    const said = (createdAt: string, authorAssociation: "NONE" | "MEMBER") => ({ createdAt, authorAssociation });
    const world = aWorld();
    const tool = addRepository(world, "acme/tool", {
      files: { "pyproject.toml": '[project]\nname = "Tool"\n', "package.json": '{"name":"@acme/tool"}' },
      companies: { ada: "Acme" },
      issues: [
        {
          ...said(day(300), "NONE"),
          updatedAt: day(320),
          comments: [said(day(301), "NONE"), said(day(302), "MEMBER")],
        },
        { ...said(day(0), "MEMBER"), updatedAt: day(1), comments: [] },
      ],
      createdAt: day(0),
    });
    pushCommit(world, tool, { author: "ada", at: day(300) });
    pushCommit(world, tool, { author: "renovate[bot]", at: day(301) });
    addRelease(world, tool, { tag: "v1", createdAt: day(1), publishedAt: day(2), immutable: true });
    const { reader } = await start(world);
    expect(await reader.facts("acme", "tool")).toMatchObject({
      ownerId: expect.any(Number),
      authors: [
        { person: "renovatebot@users.noreply.github.com", robot: true },
        { person: "ada", robot: false, company: "Acme" },
        { person: "maintainer", robot: false },
      ],
      issues: [{ createdAt: day(300), byMember: false, answeredAt: day(302) }],
      immutable: [{ tag: "v1", immutable: true }],
      packages: ["pypi:tool", "npm:@acme/tool"],
    });
  });

  it("are dated by tags where there are no releases", async () => {
    const world = aWorld();
    const tool = addRepository(world, "acme/tool");
    addTag(tool, "v1", { at: day(1), verification: { reason: "valid", byGithub: true } });
    addTag(tool, "v2", { at: day(2), message: "Two" });
    const { reader } = await start(world);
    expect(await reader.facts("acme", "tool")).toMatchObject({
      releaseDates: [day(2), day(1)],
      signatures: [
        { tag: "v2", valid: false },
        { tag: "v1", valid: true, byForge: true },
      ],
    });
  });

  it("are asked for apart from sweeps, and together for many repositories", async () => {
    const { world, names } = withRepositories(10);
    const { reader } = await start(world);
    await Promise.all(names.flatMap((name) => [reader.facts("acme", name.slice(5)), sweep(reader, name)]));
    expect([aliases("Facts"), aliases("Sweep")]).toEqual([[10], [10]]);
  });
});
