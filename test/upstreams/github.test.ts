import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { askGraphql } from "./github/ask.ts";
import { addLabel, addRelease, addRepository, addTag, addToken, githubWorld, moveTag } from "./github/builders.ts";
import { entryAt } from "./github/git-trees.ts";
import { type GithubWorld, resolveCommit } from "./github/world.ts";
import { type GithubOptions, startGithub } from "./github.ts";

const NOW = "2026-11-20T12:00:00.000Z";
const run = promisify(execFile);
let github: Awaited<ReturnType<typeof startGithub>> | undefined;

afterEach(async () => {
  await github?.close();
  github = undefined;
});

/** Starts a stand-in and returns how to ask its GraphQL, with a personal token unless another is given. */
async function start(world: GithubWorld, options: GithubOptions = {}) {
  const started = await startGithub(world, options);
  github = started;
  const token = addToken(world);
  return (query: string, variables: object = {}, secret: string | null = token) =>
    askGraphql(started.url, query, { variables, token: secret ?? undefined });
}

describe("a batch", () => {
  it("is answered in part, and says which alias is missing", async () => {
    const world = githubWorld({ clock: () => NOW });
    const tool = addRepository(world, "acme/tool", { stars: 321 });
    addRelease(world, tool, { tag: "v1.1.0", notes: "Better.", assets: ["tool.tar.gz"] });
    const ask = await start(world);
    const { status, data, errors } = await ask(`{
      c0: repository(owner: "acme", name: "tool") { nameWithOwner stargazerCount releases(first: 5) { nodes {
        tagName immutable publishedAt releaseAssets(first: 5) { nodes { name digest } } } } }
      c1: repository(owner: "acme", name: "gone") { nameWithOwner }
      rateLimit { cost remaining }
    }`);
    expect(status).toBe(200);
    const digest = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
    expect(data).toEqual({
      c0: {
        nameWithOwner: "acme/tool",
        stargazerCount: 321,
        releases: {
          nodes: [
            {
              tagName: "v1.1.0",
              immutable: false,
              publishedAt: "2026-11-20T12:00:00Z",
              releaseAssets: { nodes: [{ name: "tool.tar.gz", digest }] },
            },
          ],
        },
      },
      c1: null,
      rateLimit: { cost: 1, remaining: 4999 },
    });
    const message = "Could not resolve to a Repository with the name 'acme/gone'.";
    expect(errors).toEqual([expect.objectContaining({ type: "NOT_FOUND", path: ["c1"], message })]);
  });

  it("is refused as a whole when it does not fit the published schema", async () => {
    const ask = await start(githubWorld());
    expect(await ask(`{ repository(owner: "a", name: "b") { starz } }`)).toMatchObject({
      status: 200,
      errors: [
        {
          message: "Field 'starz' doesn't exist on type 'Repository'",
          extensions: { code: "undefinedField", typeName: "Repository", fieldName: "starz" },
        },
      ],
    });
    const { data, errors } = await ask("{ repository(");
    expect(data).toBeUndefined();
    expect(errors?.[0]?.message).toContain("Syntax Error");
  });

  it("must say how many nodes of a connection it wants", async () => {
    const ask = await start(githubWorld());
    const { errors } = await ask(`{ repository(owner: "a", name: "b") { releases { nodes { tagName } } } }`);
    expect(errors).toEqual([expect.objectContaining({ type: "MISSING_PAGINATION_BOUNDARIES" })]);
  });

  it("needs a token that holds", async () => {
    const ask = await start(githubWorld());
    expect(await ask("{ viewer { login } }", {}, null)).toMatchObject({ status: 401 });
    expect(await ask("{ viewer { login } }", {}, "wrong")).toMatchObject({ status: 401, message: "Bad credentials" });
  });
});

describe("a bump", () => {
  it("goes from a branch over a commit to a pull request", async () => {
    const world = githubWorld({ clock: () => NOW });
    const app = addRepository(world, "acme/app", {
      files: { Dockerfile: "FROM debian:12\n", "run.sh": { mode: "100755", text: "#!/bin/sh\n" } },
    });
    addLabel(world, app, "dependencies");
    const ask = await start(world);
    const state = await ask(`{ repository(owner: "acme", name: "app") { id label(name: "dependencies") { id }
      defaultBranchRef { name target { oid } } object(expression: "main:Dockerfile") { ... on Blob { oid text } } } }`);
    const repository = state.data?.repository as {
      id: string;
      label: { id: string };
      defaultBranchRef: { target: { oid: string } };
      object: { text: string };
    };
    expect(repository.object.text).toBe("FROM debian:12\n");
    const base = repository.defaultBranchRef.target.oid;
    const bump = await ask(
      `mutation($r: CreateRefInput!, $c: CreateCommitOnBranchInput!, $p: CreatePullRequestInput!) {
        createRef(input: $r) { ref { id name } }
        createCommitOnBranch(input: $c) { commit { oid signature { isValid wasSignedByGitHub } } }
        createPullRequest(input: $p) { pullRequest { id number url mergeable } }
      }`,
      {
        r: { repositoryId: repository.id, name: "refs/heads/headgate/debian", oid: base },
        c: {
          branch: { repositoryNameWithOwner: "acme/app", branchName: "headgate/debian" },
          expectedHeadOid: base,
          message: { headline: "Bump debian from 12 to 13" },
          fileChanges: { additions: [{ path: "Dockerfile", contents: btoa("FROM debian:13\n") }] },
        },
        p: {
          repositoryId: repository.id,
          baseRefName: "main",
          headRefName: "headgate/debian",
          title: "Bump",
          body: "",
        },
      },
    );
    expect(bump.errors).toBeUndefined();
    expect(bump.data).toMatchObject({
      createRef: { ref: { name: "headgate/debian" } },
      createCommitOnBranch: { commit: { signature: { isValid: true, wasSignedByGitHub: true } } },
      createPullRequest: { pullRequest: { number: 1, url: `${github?.url}/acme/app/pull/1`, mergeable: "UNKNOWN" } },
    });
    const head = app.refs.get("refs/heads/headgate/debian");
    expect(app.pullRequests).toMatchObject([{ number: 1, state: "OPEN", headRefOid: head, author: "headgate-user" }]);
    const { pullRequest } = (bump.data as { createPullRequest: { pullRequest: { id: string } } }).createPullRequest;
    await ask(`mutation($i: AddLabelsToLabelableInput!) { addLabelsToLabelable(input: $i) { clientMutationId } }`, {
      i: { labelableId: pullRequest.id, labelIds: [repository.label.id] },
    });
    expect(app.pullRequests[0]?.labels).toEqual(["dependencies"]);
    const commit = app.objects.get(head ?? "");
    if (commit?.type !== "commit") throw new Error("no commit on the branch");
    expect(entryAt(app.objects, commit.tree, "run.sh")?.mode).toBe("100755");
  });

  it("is refused when the branch is not where it was expected", async () => {
    const world = githubWorld();
    const app = addRepository(world, "acme/app");
    const ask = await start(world);
    const expectedHeadOid = "0".repeat(40);
    const { data, errors } = await ask(
      `mutation($c: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $c) { commit { oid } } }`,
      {
        c: {
          branch: { repositoryNameWithOwner: "acme/app", branchName: "main" },
          expectedHeadOid,
          message: { headline: "Bump" },
        },
      },
    );
    const message = `Expected branch to point to "${expectedHeadOid}" but it did not.  Pull and try again.`;
    expect(data).toEqual({ createCommitOnBranch: null });
    expect(errors).toEqual([expect.objectContaining({ type: "STALE_DATA", path: ["createCommitOnBranch"], message })]);
    expect(app.refs.size).toBe(1);
  });
});

describe("git", () => {
  it("lists tags of a repository, annotated ones peeled, without a token", async () => {
    const world = githubWorld();
    const tool = addRepository(world, "acme/tool");
    const first = addTag(tool, "v1.0.0");
    const second = addTag(tool, "v1.1.0", { message: "Version 1.1.0" });
    await start(world);
    const { stdout } = await run("git", ["ls-remote", "--tags", `${github?.url}/acme/tool.git`]);
    expect(stdout.trimEnd().split("\n")).toEqual([
      `${first}\trefs/tags/v1.0.0`,
      `${tool.refs.get("refs/tags/v1.1.0")}\trefs/tags/v1.1.0`,
      `${second}\trefs/tags/v1.1.0^{}`,
    ]);
    moveTag(tool, "v1.0.0", second);
    const moved = await run("git", ["ls-remote", `${github?.url}/acme/tool`, "HEAD", "v1.0.0"]);
    expect(moved.stdout).toBe(`${resolveCommit(tool, "main")}\tHEAD\n${second}\trefs/tags/v1.0.0\n`);
  });
});
