import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import { blobId } from "../../../src/lib/trees/blob-id.ts";
import { commitFiles, uncommitted } from "../../../src/lib/trees/commit-files.ts";
import { aFolder } from "../../support/folder.ts";

const PATHS = ["Dockerfile", "a folder/ünder *.txt"];
const [BEFORE, AFTER] = ["FROM alpine:3.22\n", "FROM alpine:3.23\n"];
const files = PATHS.map((path) => ({ path, before: blobId(BEFORE), text: AFTER }));
const message = { headline: "Bump alpine", body: "Dockerfile:1: 3.22 -> 3.23\n\n# not a comment" };

let folder: string;
const git = (...args: string[]) =>
  execFileSync("git", args, { cwd: folder, env: { PATH: process.env.PATH, HOME: folder }, stdio: "pipe" }).toString();
const write = (path: string, text: string) => writeFileSync(join(folder, path), text);

beforeEach(() => {
  folder = aFolder();
  git("init", "-q");
  git("config", "user.name", "Ann");
  git("config", "user.email", "ann@example.org");
  mkdirSync(join(folder, "a folder"));
  for (const path of PATHS) write(path, BEFORE);
  git("add", "-A");
  git("commit", "-q", "-m", "As it was");
});

describe("a change that is committed in a checkout", () => {
  it("is one commit of its files alone, whatever is staged beside them, and no hook runs", async () => {
    writeFileSync(join(folder, ".git/hooks/pre-commit"), "#!/bin/sh\ntouch ran\nexit 1\n", { mode: 0o755 });
    write("mine.txt", "staged\n");
    write("a folder/ünder more.txt", "another file that the pattern would match\n");
    git("add", "-A");
    for (const path of PATHS) write(path, AFTER);
    const commit = await commitFiles(folder, PATHS, message);
    expect(commit).toBe(git("rev-parse", "HEAD").trim());
    expect(git("log", "-1", "--format=%an %B").trim()).toBe(`Ann Bump alpine\n\n${message.body}`);
    expect(git("show", "-z", "--name-only", "--format=").split("\0").filter(Boolean).sort()).toEqual([...PATHS].sort());
    expect(git("diff", "--cached", "-z", "--name-only").split("\0").filter(Boolean)).toHaveLength(2);
    expect(git("status", "--porcelain")).not.toContain("ran");
  });

  it("runs nothing that the checkout's own configuration names, in whichever file of it", async () => {
    const ran = join(folder, "..", `${folder.split("/").at(-1)}-ran`);
    write("evil.sh", `#!/bin/sh\ntouch ${ran}\ncat\n`);
    chmodSync(join(folder, "evil.sh"), 0o755);
    const evil = join(folder, "evil.sh");
    write(".git/more", `[filter "b.c"]\n\tclean = ${evil}\n\trequired = true\n[filter "d"]\n\tprocess = ${evil}\n`);
    git("config", "include.path", "more");
    for (const key of [
      "filter.a.clean",
      "core.fsmonitor",
      "core.sshCommand",
      "gpg.program",
      "core.editor",
      "core.pager",
    ])
      git("config", key, evil);
    git("config", "commit.gpgSign", "true");
    write(".git/info/attributes", "*.sh filter=a\n");
    write(".gitattributes", "Dockerfile filter=a\n*.txt filter=b.c\n*.md filter=d\n");
    write("a.md", "x");
    for (const path of PATHS) write(path, AFTER);
    expect(isFailure(await commitFiles(folder, PATHS, message))).toBe(false);
    expect(existsSync(ran)).toBe(false);
    expect(git("show", "HEAD:Dockerfile")).toBe(AFTER);
    git("config", "filter.e=f.clean", evil);
    expect(await commitFiles(folder, PATHS, message)).toMatchObject({ code: "refused" });
    expect(existsSync(ran)).toBe(false);
  });

  it("is what the last commit does not have yet", async () => {
    expect(await uncommitted(folder, files)).toEqual(files);
    write("Dockerfile", AFTER);
    git("commit", "-q", "-a", "-m", "Half of it");
    expect(await uncommitted(folder, files)).toEqual([files[1]]);
  });

  it("is refused where a file was committed with another content, or is not tracked", async () => {
    write("Dockerfile", "FROM scratch\n");
    git("commit", "-q", "-a", "-m", "Mine");
    const refused = await uncommitted(folder, files);
    expect(refused).toMatchObject({ code: "conflict", message: expect.stringContaining("Dockerfile") });
    const unknown = await uncommitted(folder, [{ path: "none", before: blobId(BEFORE), text: AFTER }]);
    expect(unknown).toMatchObject({ code: "conflict" });
  });

  it("is refused in a folder that is no checkout, and leaves everything in git's own words", async () => {
    const elsewhere = aFolder();
    expect(await uncommitted(elsewhere, files)).toMatchObject({ code: "misconfigured" });
    const nothing = await commitFiles(folder, PATHS, message);
    expect(isFailure(nothing) && nothing.code).toBe("refused");
    expect(readFileSync(join(folder, "Dockerfile"), "utf8")).toBe(BEFORE);
  });
});
