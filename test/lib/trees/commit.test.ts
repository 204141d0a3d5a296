import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import { commitAt, readCommitTree } from "../../../src/lib/trees/commit.ts";
import { aFolder } from "../../support/folder.ts";

function aHistory(): string {
  const folder = aFolder({ "a.txt": "one\n", "run.sh": "#!/bin/sh\n" });
  const git = (date: string, ...args: string[]) =>
    execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@b.c", ...args], {
      stdio: "ignore",
      env: { PATH: process.env.PATH, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
    });
  git("2026-01-01T00:00:00Z", "init", "-q");
  git("2026-01-01T00:00:00Z", "add", ".");
  git("2026-01-01T00:00:00Z", "commit", "-qm", "first");
  git("2026-01-01T00:00:00Z", "tag", "v1");
  writeFileSync(join(folder, "a.txt"), "two\n");
  git("2026-02-01T00:00:00Z", "commit", "-qam", "second");
  rmSync(join(folder, "a.txt"));
  return folder;
}

it("reads files as a tag or a date had them, whatever is checked out", async () => {
  const folder = aHistory();
  for (const [when, text] of [
    ["v1", "one\n"],
    ["2026-01-15", "one\n"],
    ["2026-03-01", "two\n"],
    ["HEAD", "two\n"],
  ] as const) {
    const commit = await commitAt(folder, when);
    const tree = isFailure(commit) ? commit : await readCommitTree(folder, commit);
    if (isFailure(tree)) throw tree;
    const [first] = tree.entries;
    expect(tree.entries.map(({ path, mode }) => `${path} ${mode}`)).toEqual(["a.txt 100644", "run.sh 100755"]);
    expect(first && (await tree.read(first)), when).toBe(text);
  }
});

it.each(["no-such-tag", "2025-01-01", "--help", "-1"])("says that there is no commit at %s", async (when) => {
  expect(await commitAt(aHistory(), when)).toMatchObject({ code: "misconfigured" });
});
