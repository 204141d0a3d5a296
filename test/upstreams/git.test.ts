import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commitOf, type GitWorld, startGit } from "./git.ts";
import type { StandIn } from "./stand-in.ts";

const run = promisify(execFile);
let world: GitWorld;
let git: StandIn;

beforeEach(async () => {
  world = {
    repositories: {
      "example/tool": {
        branches: { main: commitOf("main") },
        tags: { "v1.0": { commit: commitOf("1.0") }, "v1.1": { commit: commitOf("1.1"), tagObject: commitOf("t1.1") } },
      },
    },
  };
  git = await startGit(world);
});

afterEach(() => git.close());

/** What git itself makes of the stand-in. */
async function lsRemote(version: 0 | 2): Promise<string[]> {
  const options = ["-c", `protocol.version=${version}`, "-c", "credential.helper="];
  const { stdout } = await run("git", [...options, "ls-remote", "--tags", `${git.url}/example/tool.git`], {
    env: { PATH: "/usr/bin:/bin", GIT_TERMINAL_PROMPT: "0", HOME: "/nonexistent" },
  });
  return stdout.trim().split("\n");
}

describe("the git stand-in", () => {
  it.each([0, 2] as const)("is read by git itself in protocol v%s", async (version) => {
    expect(await lsRemote(version)).toEqual([
      `${commitOf("1.0")}\trefs/tags/v1.0`,
      `${commitOf("t1.1")}\trefs/tags/v1.1`,
      `${commitOf("1.1")}\trefs/tags/v1.1^{}`,
    ]);
  });

  it.each([401, 404] as const)("answers %s for a repository that is missing, as it is told", async (status) => {
    world.missing = status;
    expect((await fetch(`${git.url}/example/none/info/refs?service=git-upload-pack`)).status).toBe(status);
  });
});
