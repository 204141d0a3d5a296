import { describe, expect, it } from "vitest";
import { readPins } from "../../../src/flow/discover/read-pins.ts";
import { Failure } from "../../../src/lib/failure.ts";
import type { Tree } from "../../../src/lib/tree.ts";

/** A tree whose files are all binary. */
function binaries(...paths: readonly string[]): Tree {
  return {
    entries: paths.map((path) => ({ path, mode: "100755" })),
    problems: [],
    read: async ({ path }) => new Failure("unreadable", `${path} is a binary file.`),
  };
}

describe("reading pins", () => {
  it("says which file it could not read, unless nothing said that it is one to read", async () => {
    const { problems } = await readPins(binaries("bin/tool", "Dockerfile"), []);
    expect(problems).toEqual([{ path: "Dockerfile", message: "Dockerfile is a binary file." }]);
  });

  it("takes the commit of a submodule from the listing", async () => {
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const modules = '[submodule "parser"]\n\tpath = vendor/parser\n\turl = https://github.com/example/parser\n';
    const tree: Tree = {
      entries: [
        { path: ".gitmodules", mode: "100644" },
        { path: "vendor/parser", mode: "160000", oid: commit },
      ],
      problems: [],
      read: async () => modules,
    };
    expect((await readPins(tree, [])).pins).toMatchObject([
      {
        path: ".gitmodules",
        line: 3,
        upstream: "pkg:github/example/parser",
        text: commit,
        precision: "exact",
        edits: [],
      },
    ]);
    expect((await readPins(tree, ["vendor/**"])).pins).toMatchObject([{ text: commit }]);
  });
});
