import { afterEach, describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import type { Tree } from "../../../src/lib/tree.ts";
import { blobId } from "../../../src/lib/trees/blob-id.ts";
import { type BlobCache, readGitHubTree } from "../../../src/lib/trees/github.ts";
import { type StartedGitHub, startClientOf } from "../../support/start-github.ts";
import { addRepository, githubWorld, pushCommit } from "../../upstreams/github/builders.ts";
import type { GivenFile } from "../../upstreams/github/git-trees.ts";

const NOW = "2026-11-20T12:00:00.000Z";
const TREE = { owner: "acme", name: "project" };

let started: StartedGitHub | undefined;
afterEach(async () => {
  await started?.close();
  started = undefined;
});

function aCache(): BlobCache & { texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    get: async (oid) => texts.get(oid),
    put: async (oid, text) => void texts.set(oid, text),
  };
}

async function start(files: Readonly<Record<string, GivenFile>>) {
  const world = githubWorld({ clock: () => NOW });
  const repository = addRepository(world, "acme/project", { files });
  started = await startClientOf(world);
  const { github, standIn } = started;
  const read = async (given: { branch?: string; cache?: BlobCache } = {}): Promise<Tree> => {
    const tree = await readGitHubTree(github, { ...TREE, cache: aCache(), ...given });
    if (isFailure(tree)) throw tree;
    return tree;
  };
  return { world, repository, standIn, github, read };
}

async function textOf(tree: Tree, path: string) {
  const entry = tree.entries.find((one) => one.path === path);
  if (entry === undefined) throw new Error(`${path} is not listed`);
  return tree.read(entry);
}

describe("a project's files on GitHub", () => {
  it("are listed with mode and blob id, symlinks and submodules included", async () => {
    const { read, repository } = await start({
      "docker/Dockerfile": "FROM debian:12\n",
      "run.sh": { mode: "100755", text: "#!/bin/sh\n" },
      link: { mode: "120000", text: "run.sh" },
      vendor: { commit: "a".repeat(40), mode: "160000" },
    });
    const tree = await read();
    expect(tree).toMatchObject({ branch: "main", commit: repository.refs.get("refs/heads/main"), problems: [] });
    expect(Object.fromEntries(tree.entries.map(({ path, mode }) => [path, mode]))).toEqual({
      "docker/Dockerfile": "100644",
      "run.sh": "100755",
      link: "120000",
      vendor: "160000",
    });
    expect(tree.entries.find((entry) => entry.path === "run.sh")?.oid).toBe(blobId("#!/bin/sh\n"));
  });

  it("are those of the branch that is asked for", async () => {
    const { read, world, repository } = await start({ "a.txt": "main" });
    const commit = pushCommit(world, repository, { branch: "stable", files: { "a.txt": "stable" } });
    const tree = await read({ branch: "stable" });
    expect(tree).toMatchObject({ branch: "stable", commit });
    expect(await textOf(tree, "a.txt")).toBe("stable");
  });

  it("are read many in one request, and not again while they stay the same", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `file-${index}`);
    const { read, standIn } = await start(Object.fromEntries(names.map((name) => [name, `content of ${name}`])));
    const cache = aCache();
    const first = await read({ cache });
    const before = standIn.requests.length;
    const texts = await Promise.all(names.map((name) => textOf(first, name)));
    expect(texts).toEqual(names.map((name) => `content of ${name}`));
    expect(standIn.requests.length - before).toBe(1);
    const again = await read({ cache });
    const between = standIn.requests.length;
    await Promise.all(names.map((name) => textOf(again, name)));
    expect(standIn.requests.length - between).toBe(0);
  });

  it("keep their byte order mark and line ends", async () => {
    const { read } = await start({ "win.txt": { bytes: Buffer.from("\uFEFFa\r\nb") } });
    expect(await textOf(await read(), "win.txt")).toBe("\uFEFFa\r\nb");
  });

  it.each([
    ["binary", Buffer.from("a\0b"), "unreadable"],
    ["not UTF-8", Buffer.from([0x63, 0xe9, 0x0a]), "unreadable"],
    ["over 5 MiB", Buffer.alloc(5 * 1024 * 1024 + 1, 0x61), "too-large"],
  ])("are refused when they are %s", async (_what, bytes, code) => {
    const { read } = await start({ file: { bytes } });
    expect(await textOf(await read(), "file")).toMatchObject({ code });
  });

  it("are read whole when GitHub's GraphQL would cut them", async () => {
    const text = "x".repeat(600 * 1024);
    const { read } = await start({ long: text });
    expect((await textOf(await read(), "long")) === text).toBe(true);
  });

  it("are listed folder by folder when there are too many for one list", async () => {
    const { read, standIn } = await start({ "a/b/one": "1", "a/two": "2", three: "3" });
    const whole = await read();
    const cut = { body: { sha: "0", tree: [], truncated: true } };
    standIn.fail((request) => request.path.includes("/git/trees/") && request.query.has("recursive"), cut, 2);
    const byFolder = await read();
    expect(byFolder.entries).toEqual(whole.entries);
    expect(byFolder.problems).toEqual([]);
  });

  it("are not read through a symlink", async () => {
    const { read } = await start({ link: { mode: "120000", text: "/etc/passwd" } });
    expect(await textOf(await read(), "link")).toMatchObject({ code: "unreadable" });
  });

  it.each([
    ["repository", { ...TREE, name: "gone" }],
    ["branch", { ...TREE, branch: "gone" }],
  ])("are a failure when there is no such %s", async (_what, which) => {
    const { github } = await start({});
    expect(await readGitHubTree(github, { ...which, cache: aCache() })).toMatchObject({ code: "not-found" });
  });
});
