import { describe, expect, it } from "vitest";
import { readPins } from "../../src/flow/read-pins.ts";
import { Failure } from "../../src/lib/failure.ts";
import type { Tree } from "../../src/lib/tree.ts";

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
});
