import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import { createGitRemote, type GitRemote } from "../../../src/lib/git/remote.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { commitOf, type GitWorld, startGit } from "../../upstreams/git.ts";
import type { Misbehaviour, StandIn } from "../../upstreams/stand-in.ts";

let world: GitWorld;
let host: StandIn;
let fetcher: Fetcher;
let git: GitRemote;

beforeEach(async () => {
  world = {
    repositories: {
      "example/tool": {
        branches: { main: commitOf("main") },
        tags: {
          "v1.0": { commit: commitOf("1.0") },
          "v1.1": { commit: commitOf("1.1"), tagObject: commitOf("tag 1.1") },
        },
      },
    },
  };
  host = await startGit(world);
  fetcher = aFetcher([host], { retries: 0 });
  git = createGitRemote(fetcher);
});

afterEach(async () => {
  await fetcher.close();
  await host.close();
});

const tags = (repository = "example/tool") => git.listRefs(`${host.url}/${repository}.git`, "refs/tags/");

describe("the refs of a repository", () => {
  it.each([0, 2] as const)("have annotated tags peeled, in protocol v%s", async (protocol) => {
    world.protocol = protocol;
    expect(await tags()).toEqual([
      { name: "refs/tags/v1.0", commit: commitOf("1.0") },
      { name: "refs/tags/v1.1", commit: commitOf("1.1"), tagObject: commitOf("tag 1.1") },
    ]);
  });

  it("are read with one request more where the server speaks v2", async () => {
    await tags();
    expect(host.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /example/tool.git/info/refs",
      "POST /example/tool.git/git-upload-pack",
    ]);
  });

  it("are only those below the prefix, whatever the server sends", async () => {
    const line = `${commitOf("main")} refs/heads/main\n`;
    const body = `${(line.length + 4).toString(16).padStart(4, "0")}${line}0000`;
    host.fail((request) => request.method === "POST", { body });
    expect(await tags()).toEqual([]);
  });

  it("are none in a repository without tags, in both protocols", async () => {
    world.repositories["example/empty"] = { tags: {} };
    expect(await tags("example/empty")).toEqual([]);
    world.protocol = 0;
    expect(await tags("example/empty")).toEqual([]);
  });

  it.each([401, 404] as const)(
    "of a missing repository are a not-found failure when the host says %s",
    async (status) => {
      world.missing = status;
      expect(await tags("example/none")).toMatchObject({ code: "not-found" });
    },
  );

  it.each<[string, Misbehaviour, string]>([
    ["a page", { body: "<!DOCTYPE html><p>Please log in</p>" }, "unreadable"],
    ["half a message", { body: "00ff0123" }, "unreadable"],
    ["a list that ends between two refs", { body: `003d${commitOf("1.0")} refs/tags/v1.0\n` }, "unreadable"],
    ["an error of the protocol", { body: "0011ERR no access" }, "unavailable"],
    ["too many requests", { status: 429, headers: { "retry-after": "60" } }, "rate-limited"],
    ["a broken server", { status: 500 }, "unavailable"],
    ["a cut connection", "reset", "unavailable"],
  ])("are a failure when the host answers %s", async (_name, how, code) => {
    host.fail(() => true, how);
    const outcome = await tags();
    expect(isFailure(outcome)).toBe(true);
    expect(outcome).toMatchObject({ code });
  });
});
