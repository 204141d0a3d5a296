import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { discoverProject } from "../../../src/flow/discover/discover-project.ts";
import { buildDigest } from "../../../src/flow/letters/build-digest.ts";
import { readDigestMaterial } from "../../../src/flow/letters/digest-material.ts";
import { WATCHED } from "../../demo/world.ts";
import { type Suite, startSuite } from "../../support/suite.ts";
import { pushCommit } from "../../upstreams/github/builders.ts";
import { findRepository } from "../../upstreams/github/world.ts";

let suite: Suite;
beforeEach(async () => {
  suite = await startSuite();
});
afterEach(() => suite.close());

/** Reads the project as it is now; gives back which files the next digest says that nothing builds from. */
async function unusedNow() {
  const [project] = suite.flow.projects;
  if (project === undefined) throw new Error("nothing is watched");
  await discoverProject(suite.flow, project);
  const now = suite.flow.clock();
  return buildDigest(await readDigestMaterial(suite.flow, now, now)).unused.map(({ path }) => path);
}

describe("a project that is read", () => {
  it("has its digest say which files nothing else names, for as long as that is so", async () => {
    const [owner = "", name = ""] = WATCHED.split("/");
    const repository = findRepository(suite.world.github, owner, name);
    if (repository === undefined) throw new Error("the watched repository is gone");
    const before = await unusedNow();
    const path = "attic/leftover/Dockerfile";
    pushCommit(suite.world.github, repository, { files: { [path]: "FROM python:3.11.1\n" } });
    expect(await unusedNow()).toEqual([...before, path].sort());
    pushCommit(suite.world.github, repository, { files: { Makefile: "image:\n\tdocker build attic/leftover\n" } });
    expect(await unusedNow()).toEqual(before);
  });
});
