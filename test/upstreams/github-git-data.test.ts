import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Acme, startAcme } from "./github/acme.ts";
import type { RestReply } from "./github/ask.ts";
import { addRepository, addTag, addToken, pushCommit } from "./github/builders.ts";
import { resolveCommit } from "./github/world.ts";

const run = promisify(execFile);
const NOW = "2026-11-20T12:00:00.000Z";

let app: Acme["app"];
let appToken: Acme["appToken"];
let ask: Acme["ask"];
let github: Acme["github"];
let world: Acme["world"];

beforeEach(async () => {
  ({ app, appToken, ask, github, world } = await startAcme(() => NOW));
});

afterEach(() => github.close());

describe("a tree", () => {
  it("has the id that git computes, and so have commit and tag", async () => {
    const folder = await mkdtemp(join(tmpdir(), "stand-in-"));
    const who = { NAME: "maintainer", EMAIL: "maintainer@users.noreply.github.com", DATE: "2024-01-01T00:00:00Z" };
    const env = Object.fromEntries(
      Object.entries(who).flatMap(([key, value]) => [
        [`GIT_AUTHOR_${key}`, value],
        [`GIT_COMMITTER_${key}`, value],
      ]),
    );
    const shell = async (script: string) =>
      (await run("sh", ["-ec", script], { cwd: folder, env: { ...process.env, ...env } })).stdout.trim().split("\n");
    const ids = await shell(`git init -q . && printf 'text\\n' > a.txt && mkdir a && printf x > a/b && printf y > a-b
      chmod +x a/b && git add . && git write-tree && git commit -q -m 'First commit' && git rev-parse HEAD
      git -c tag.gpgSign=false tag -a v1 -m 'Version 1' && git rev-parse v1`);
    await rm(folder, { recursive: true });
    const same = addRepository(world, "acme/same", {
      createdAt: "2024-01-01T00:00:00.000Z",
      files: { "a.txt": "text\n", "a/b": { mode: "100755", text: "x" }, "a-b": "y" },
    });
    const oid = resolveCommit(same, "main") ?? "";
    addTag(same, "v1", { commit: oid, message: "Version 1" });
    const { body } = await ask("GET", `/repos/acme/same/git/commits/${oid}`);
    expect([(body.tree as RestReply["body"]).sha, oid, same.refs.get("refs/tags/v1")]).toEqual(ids);
  });

  it("is cut when it is long, and says so", async () => {
    world.treeLimit = 2;
    const { body } = await ask("GET", "/repos/acme/app/git/trees/main?recursive=1");
    expect(body).toMatchObject({ truncated: true, tree: [{ path: "Dockerfile" }, { path: "scripts" }] });
  });

  it("is listed with modes, ids and sizes", async () => {
    const { body } = await ask("GET", "/repos/acme/app/git/trees/main?recursive=1");
    expect(body.truncated).toBe(false);
    expect(body.tree).toEqual([
      { path: "Dockerfile", mode: "100644", type: "blob", sha: expect.any(String), size: 15 },
      { path: "scripts", mode: "040000", type: "tree", sha: expect.any(String) },
      { path: "scripts/latest", mode: "120000", type: "blob", sha: expect.any(String), size: 6 },
      { path: "scripts/run.sh", mode: "100755", type: "blob", sha: expect.any(String), size: 10 },
      { path: "vendored", mode: "160000", type: "commit", sha: "1".repeat(40) },
    ]);
    const [file] = body.tree as { sha: string }[];
    const blob = await ask("GET", `/repos/acme/app/git/blobs/${file?.sha}`);
    expect(atob(String(blob.body.content))).toBe("FROM debian:12\n");
  });
});

describe("a comparison of commits", () => {
  it("says where the second stands, seen from the first", async () => {
    const first = resolveCommit(app, "main");
    const second = pushCommit(world, app, { branch: "main", files: { a: "1" } });
    const status = async (base: string, head: string) =>
      (await ask("GET", `/repos/acme/app/compare/${base}...${head}?per_page=1`)).body.status;
    expect(await status("main", String(first))).toBe("behind");
    expect(await status("main", String(second))).toBe("identical");
    expect(await status(String(first), "main")).toBe("ahead");
  });
});

describe("the git data API", () => {
  /** Bumps the base image in a commit made of blob, tree, commit and ref. */
  async function bump(token: string) {
    const base = resolveCommit(app, "main") ?? "";
    const at = { token };
    const { body: before } = await ask("GET", `/repos/acme/app/git/commits/${base}`, at);
    const content = btoa("FROM debian:13\n");
    const { body: blob } = await ask("POST", "/repos/acme/app/git/blobs", {
      ...at,
      body: { content, encoding: "base64" },
    });
    const base_tree = (before.tree as RestReply["body"]).sha;
    const changed = [
      { path: "Dockerfile", mode: "100644", type: "blob", sha: blob.sha },
      { path: "scripts/run.sh", mode: "100755", type: "blob", sha: blob.sha },
    ];
    const { body: tree } = await ask("POST", "/repos/acme/app/git/trees", {
      ...at,
      body: { base_tree, tree: changed },
    });
    const message = "Bump debian from 12 to 13";
    const { body: commit } = await ask("POST", "/repos/acme/app/git/commits", {
      ...at,
      body: { message, tree: tree.sha, parents: [base] },
    });
    return commit;
  }

  it("keeps the modes of FILES, and an App's commits are signed by GitHub", async () => {
    const token = await appToken();
    const commit = await bump(token);
    expect(commit.verification).toMatchObject({ verified: true, reason: "valid" });
    const ref = { ref: "refs/heads/headgate/debian", sha: commit.sha };
    expect(await ask("POST", "/repos/acme/app/git/refs", { token, body: ref })).toMatchObject({ status: 201 });
    expect(await ask("POST", "/repos/acme/app/git/refs", { token, body: ref })).toMatchObject({
      status: 422,
      body: { message: "Reference already exists" },
    });
    const { body } = await ask("GET", "/repos/acme/app/git/trees/headgate/debian?recursive=1");
    const modes = (body.tree as { path: string; mode: string }[]).map(({ path, mode }) => `${mode} ${path}`);
    expect(modes).toEqual([
      "100644 Dockerfile",
      "040000 scripts",
      "120000 scripts/latest",
      "100755 scripts/run.sh",
      "160000 vendored",
    ]);
  });

  it("does not sign what a personal token commits, nor what names its author", async () => {
    const commit = await bump(addToken(world));
    expect(commit.verification).toMatchObject({ verified: false, reason: "unsigned" });
    const token = await appToken();
    const author = { name: "Somebody", email: "somebody@example.org" };
    const { body } = await ask("POST", "/repos/acme/app/git/commits", {
      token,
      body: { message: "x", tree: (commit.tree as RestReply["body"]).sha, parents: [], author },
    });
    expect(body.verification).toMatchObject({ verified: false });
  });

  it("moves a branch backwards only by force", async () => {
    const token = addToken(world);
    const first = resolveCommit(app, "main") ?? "";
    pushCommit(world, app, { files: { more: "text" }, branch: "topic" });
    const back = (force: boolean) =>
      ask("PATCH", "/repos/acme/app/git/refs/heads/topic", { token, body: { sha: first, force } });
    expect(await back(false)).toMatchObject({ status: 422, body: { message: "Update is not a fast forward" } });
    expect(await back(true)).toMatchObject({ status: 200, body: { object: { type: "commit", sha: first } } });
  });
});
