import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import type { Tree } from "../../../src/lib/tree.ts";
import { blobId } from "../../../src/lib/trees/blob-id.ts";
import { readLocalTree } from "../../../src/lib/trees/local.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tree-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, content: string | Uint8Array = ""): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function git(...command: string[]): string {
  const identity = ["-c", "user.name=Tester", "-c", "user.email=tester@example.org", "-c", "init.defaultBranch=main"];
  return execFileSync("git", [...identity, ...command], { cwd: root, encoding: "utf8" });
}

function commitAll(): void {
  git("init", "-q");
  git("add", "-A");
  git("commit", "-q", "-m", "first");
}

async function tree(path = root): Promise<Tree> {
  const read = await readLocalTree(path);
  if (isFailure(read)) throw read;
  return read;
}

const paths = (listed: Tree) => listed.entries.map((entry) => entry.path);

async function readOf(path: string) {
  const listed = await tree();
  const entry = listed.entries.find((one) => one.path === path);
  if (entry === undefined) throw new Error(`${path} is not listed`);
  return listed.read(entry);
}

describe.each(["a plain folder", "a git repository"])("the tree of %s", (kind) => {
  const settle = () => (kind === "a plain folder" ? undefined : commitAll());

  it("lists files in the order of their paths, without .git and node_modules", async () => {
    for (const path of ["b/Dockerfile", "a.txt", "node_modules/x/package.json", "b/node_modules/y.js"]) put(path);
    settle();
    expect(paths(await tree())).toEqual(["a.txt", "b/Dockerfile"]);
  });

  it("tells executables and symlinks by mode, and does not follow a link that leads in a circle", async () => {
    put("run.sh");
    put("plain");
    chmodSync(join(root, "run.sh"), 0o755);
    symlinkSync(".", join(root, "circle"));
    settle();
    expect(Object.fromEntries((await tree()).entries.map(({ path, mode }) => [path, mode]))).toEqual({
      circle: "120000",
      plain: "100644",
      "run.sh": "100755",
    });
  });

  it("keeps a byte order mark and CRLF, so that the blob id is git's", async () => {
    put("win.txt", "\uFEFFa\r\nb\r\n");
    settle();
    const text = await readOf("win.txt");
    expect(text).toBe("\uFEFFa\r\nb\r\n");
    expect(blobId(String(text))).toBe(
      execFileSync("git", ["hash-object", "--no-filters", join(root, "win.txt")], { encoding: "utf8" }).trim(),
    );
  });

  it.each([
    ["binary", Buffer.from("a\0b"), "unreadable"],
    ["not UTF-8", Buffer.from([0x63, 0xe9]), "unreadable"],
    ["over 5 MiB", Buffer.alloc(5 * 1024 * 1024 + 1, 0x61), "too-large"],
  ])("refuses a file that is %s", async (_what, content, code) => {
    put("file", content);
    settle();
    expect(await readOf("file")).toMatchObject({ code });
  });

  it("does not read a symlink that points outside", async () => {
    symlinkSync("/etc/passwd", join(root, "link"));
    settle();
    expect(await readOf("link")).toMatchObject({ code: "unreadable" });
  });

  it("does not read through a folder that became a symlink after the listing", async () => {
    put("inner/file", "inside");
    settle();
    const listed = await tree();
    rmSync(join(root, "inner"), { recursive: true });
    mkdirSync(join(root, ".git"), { recursive: true });
    writeFileSync(join(root, ".git/file"), "outside");
    symlinkSync(".git", join(root, "inner"));
    expect(await listed.read({ path: "inner/file", mode: "100644" })).toMatchObject({ code: "unreadable" });
  });

  it("reports a socket and goes on", async () => {
    put("a.txt");
    settle();
    const server = createServer().listen(join(root, "socket"));
    await new Promise((resolve) => server.once("listening", resolve));
    const listed = await tree();
    await new Promise((resolve) => server.close(resolve));
    expect(paths(listed)).toEqual(["a.txt"]);
    if (kind === "a plain folder") expect(listed.problems).toMatchObject([{ path: "socket" }]);
  });

  it("lists a repository inside as a submodule and not its files", async () => {
    put("a.txt");
    settle();
    put("inner/Dockerfile");
    execFileSync("git", ["init", "-q", join(root, "inner")]);
    expect((await tree()).entries).toContainEqual({ path: "inner", mode: "160000" });
    expect(paths(await tree())).not.toContain("inner/Dockerfile");
  });

  it("says not-found for a file that vanished after the listing", async () => {
    put("a.txt");
    settle();
    const listed = await tree();
    rmSync(join(root, "a.txt"));
    expect(await listed.read({ path: "a.txt", mode: "100644" })).toMatchObject({ code: "not-found" });
  });
});

describe("the tree of a git repository", () => {
  it("knows commit and branch, and has neither for a plain folder", async () => {
    put("a.txt");
    expect(await tree()).not.toHaveProperty("commit");
    commitAll();
    expect(await tree()).toMatchObject({ commit: git("rev-parse", "HEAD").trim(), branch: "main" });
    git("checkout", "-q", "--detach");
    expect(await tree()).not.toHaveProperty("branch");
  });

  it("leaves out ignored and deleted files, and takes in those not added yet", async () => {
    for (const path of ["kept", "deleted", ".venv/requirements.txt"]) put(path);
    put(".gitignore", ".venv\n");
    commitAll();
    rmSync(join(root, "deleted"));
    put("new");
    expect(paths(await tree())).toEqual([".gitignore", "kept", "new"]);
  });

  it("reads what is in the folder, not what was committed", async () => {
    put("a.txt", "old");
    commitAll();
    put("a.txt", "new");
    expect(await readOf("a.txt")).toBe("new");
  });

  it("can be a folder below the repository's own, even one that the repository ignores", async () => {
    put("top.txt");
    put("sub/a.txt");
    put("ignored/b.txt");
    put(".gitignore", "ignored\n");
    commitAll();
    expect(paths(await tree(join(root, "sub")))).toEqual(["a.txt"]);
    expect(paths(await tree(join(root, "ignored")))).toEqual(["b.txt"]);
  });

  it.each([
    ["whose folder is there", () => mkdirSync(join(root, "vendor/parser"), { recursive: true })],
    ["that was never checked out", () => undefined],
    ["when everything is packed", () => git("gc", "-q")],
  ])("names the commit that it records of a submodule %s", async (_how, happen) => {
    put("a.txt");
    commitAll();
    git("update-index", "--add", "--cacheinfo", `160000,${COMMIT},vendor/parser`);
    git("commit", "-q", "-m", "add a submodule");
    happen();
    expect((await tree()).entries).toContainEqual({ path: "vendor/parser", mode: "160000", oid: COMMIT });
  });

  it("names the commits of submodules in a linked working folder, too", async () => {
    put("a.txt");
    commitAll();
    git("update-index", "--add", "--cacheinfo", `160000,${COMMIT},parser`);
    git("commit", "-q", "-m", "add a submodule");
    git("worktree", "add", "-q", join(root, "linked"));
    expect((await tree(join(root, "linked"))).entries).toContainEqual({ path: "parser", mode: "160000", oid: COMMIT });
  });

  it("executes nothing that its configuration names", async () => {
    put("a.txt");
    commitAll();
    put("evil.sh", `#!/bin/sh\ntouch ${join(root, "executed")}\n`);
    chmodSync(join(root, "evil.sh"), 0o755);
    for (const key of ["core.fsmonitor", "core.pager", "filter.x.clean", "core.sshCommand"]) {
      git("config", key, join(root, "evil.sh"));
    }
    put(".gitattributes", "* filter=x\n");
    expect(paths(await tree())).toEqual([".gitattributes", "a.txt", "evil.sh"]);
  });
});

describe("a path that is no checkout", () => {
  it("is a failure that says so", async () => {
    put("file");
    expect(await readLocalTree(join(root, "absent"))).toMatchObject({ code: "not-found" });
    expect(await readLocalTree(join(root, "file"))).toMatchObject({ code: "misconfigured" });
  });
});
