import { afterEach, describe, expect, it } from "vitest";
import { isFailure } from "../../../../src/lib/failure.ts";
import { createGitHubReader } from "../../../../src/lib/github/upstream/reader.ts";
import { type StartedGitHub, startClientOf } from "../../../support/start-github.ts";
import { addRepository, addTag, githubWorld, pushCommit } from "../../../upstreams/github/builders.ts";

const NOW = "2026-11-20T12:00:00.000Z";
let started: StartedGitHub | undefined;
afterEach(async () => {
  await started?.close();
  started = undefined;
});

async function start(files: Readonly<Record<string, string>>, tags: readonly string[]) {
  const world = githubWorld({ clock: () => NOW });
  const repository = addRepository(world, "example/tool", { files });
  for (const tag of tags) addTag(repository, tag, { at: NOW });
  pushCommit(world, repository, { files: { "CHANGELOG.md": "## 9.9.9\nlater" }, message: "Later" });
  started = await startClientOf(world);
  return createGitHubReader(started.github, () => NOW);
}

describe("changelogs and news files", () => {
  it("are read as they were at the tag, in one query for all of a repository's names", async () => {
    const reader = await start({ "CHANGELOG.md": "## 1.0.0\nx", "NEWS.rst": "news", "README.md": "y" }, ["v1.0.0"]);
    const files = await reader.news({ owner: "example", name: "tool", tags: ["v1.0.0"] });
    expect(files).toEqual([
      { kind: "changelog", tag: "v1.0.0", path: "CHANGELOG.md", text: "## 1.0.0\nx" },
      { kind: "news", tag: "v1.0.0", path: "NEWS.rst", text: "news" },
    ]);
    expect(started?.standIn.requests.filter(({ body }) => body.includes("query News("))).toHaveLength(1);
  });

  it.each([
    ["tool@1.2.3", "packages/tool/CHANGELOG.md"],
    ["tool-v1.2.3", "tool/CHANGELOG.md"],
    ["packages/tool/v1.2.3", "packages/tool/CHANGELOG.md"],
    ["@scope/tool@1.2.3", "packages/tool/CHANGELOG.md"],
  ])("of the package that %s names come first", async (tag, path) => {
    const reader = await start({ [path]: "of the package", "CHANGELOG.md": "of all" }, [tag]);
    const files = await reader.news({ owner: "example", name: "tool", tags: [tag] });
    if (isFailure(files)) throw files;
    expect(files.map((file) => file.path)).toEqual([path, "CHANGELOG.md"]);
  });

  it("are none where there are none, or no such tag", async () => {
    const reader = await start({ "README.md": "x" }, ["v1.0.0"]);
    expect(await reader.news({ owner: "example", name: "tool", tags: ["v1.0.0"] })).toEqual([]);
    expect(await reader.news({ owner: "example", name: "tool", tags: ["v7"] })).toEqual([]);
  });
});
