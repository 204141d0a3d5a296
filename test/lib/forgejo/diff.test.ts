import { describe, expect, it } from "vitest";
import { removedLinesOf } from "../../../src/lib/forgejo/diff.ts";

const removed = (diff: string) => Object.fromEntries(removedLinesOf(diff));

describe("the removed lines of a diff", () => {
  it("are told by file, with what looks like the diff's own in them", () => {
    const diff = [
      "diff --git a/Dockerfile b/Dockerfile",
      "index 1..2 100644",
      "--- a/Dockerfile",
      "+++ b/Dockerfile",
      "@@ -1,3 +1,3 @@",
      " FROM alpine",
      "--- a/other",
      "+++ b/other",
      "-ENV A=1\r",
      "+ENV A=2",
      "\\ No newline at end of file",
      "diff --git a/b.txt b/b.txt",
      "--- a/b.txt",
      "+++ b/b.txt",
      "@@ -4 +4 @@ diff --git",
      "-two",
      "+three",
      "",
    ].join("\n");
    expect(removed(diff)).toEqual({ Dockerfile: ["-- a/other", "ENV A=1"], "b.txt": ["two"] });
  });

  it("are those of the path before, also where git quotes it; a new file has none", () => {
    const quoted = '--- "a/\\303\\244 \\"b\\".txt"\n+++ "b/\\303\\244 \\"b\\".txt"\n@@ -1 +1 @@\n-x\n+y\n';
    const added = "--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+x\n";
    expect(removed(`diff --git "a/\\303\\244" "b/x"\n${quoted}diff --git a/new b/new\n${added}`)).toEqual({
      'ä "b".txt': ["x"],
    });
    expect(removed("")).toEqual({});
  });
});
