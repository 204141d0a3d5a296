import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plus } from "../../src/domain/instant.ts";
import {
  addAsset,
  addInstallation,
  addRelease,
  addRepository,
  addTag,
  addToken,
  githubWorld,
  mergePullRequest,
  pushCommit,
  renameRepository,
} from "./github/builders.ts";
import { type Repository, resolveCommit } from "./github/world.ts";
import { startGithub } from "./github.ts";

const run = promisify(execFile);
const JWT = "aaa.bbb.ccc";
const files = {
  Dockerfile: "FROM debian:12\n",
  "scripts/run.sh": { mode: "100755" as const, text: "#!/bin/sh\n" },
  "scripts/latest": { mode: "120000" as const, text: "run.sh" },
  vendored: { commit: "1".repeat(40) },
};

let now: string;
let world: ReturnType<typeof githubWorld>;
let app: Repository;
let github: Awaited<ReturnType<typeof startGithub>>;

beforeEach(async () => {
  now = "2026-11-20T12:00:00.000Z";
  world = githubWorld({ clock: () => now });
  app = addRepository(world, "acme/app", { files });
  github = await startGithub(world);
});

afterEach(() => github.close());

type Body = Record<string, unknown> & { sha: string };

async function ask(method: string, path: string, given: { token?: string; body?: object; headers?: object } = {}) {
  const response = await fetch(github.url + path, {
    method,
    redirect: "manual",
    headers: { ...(given.token && { authorization: `Bearer ${given.token}` }), ...given.headers },
    ...(given.body && { body: JSON.stringify(given.body) }),
  });
  const text = await response.text();
  const body = (text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : { text }) as Body;
  return { status: response.status, headers: response.headers, body };
}

async function appToken(given: object = {}): Promise<string> {
  const installation = addInstallation(world, given);
  const { body } = await ask("POST", `/app/installations/${installation.id}/access_tokens`, { token: JWT, body: {} });
  return String(body.token);
}

describe("a tree", () => {
  it("has the id that git computes, and so have commit and tag", async () => {
    const folder = await mkdtemp(join(tmpdir(), "stand-in-"));
    const who = { NAME: "maintainer", EMAIL: "maintainer@users.noreply.github.com", DATE: "2024-01-01T00:00:00Z" };
    const env = Object.fromEntries(
      Object.entries(who).flatMap(([key, value]) => [
        [`GIT_AUTHOR_${key}`, value],
        [`GIT_COMMITTER_${key}`, value],
      ]),
    );
    const shell = async (script: string) =>
      (await run("sh", ["-ec", script], { cwd: folder, env: { ...process.env, ...env } })).stdout.trim().split("\n");
    const ids = await shell(`git init -q . && printf 'text\\n' > a.txt && mkdir a && printf x > a/b && printf y > a-b
      chmod +x a/b && git add . && git write-tree && git commit -q -m 'First commit' && git rev-parse HEAD
      git -c tag.gpgSign=false tag -a v1 -m 'Version 1' && git rev-parse v1`);
    await rm(folder, { recursive: true });
    const same = addRepository(world, "acme/same", {
      createdAt: "2024-01-01T00:00:00.000Z",
      files: { "a.txt": "text\n", "a/b": { mode: "100755", text: "x" }, "a-b": "y" },
    });
    const oid = resolveCommit(same, "main") ?? "";
    addTag(same, "v1", { commit: oid, message: "Version 1" });
    const { body } = await ask("GET", `/repos/acme/same/git/commits/${oid}`);
    expect([(body.tree as Body).sha, oid, same.refs.get("refs/tags/v1")]).toEqual(ids);
  });

  it("is cut when it is long, and says so", async () => {
    world.treeLimit = 2;
    const { body } = await ask("GET", "/repos/acme/app/git/trees/main?recursive=1");
    expect(body).toMatchObject({ truncated: true, tree: [{ path: "Dockerfile" }, { path: "scripts" }] });
  });

  it("is listed with modes, ids and sizes", async () => {
    const { body } = await ask("GET", "/repos/acme/app/git/trees/main?recursive=1");
    expect(body.truncated).toBe(false);
    expect(body.tree).toEqual([
      { path: "Dockerfile", mode: "100644", type: "blob", sha: expect.any(String), size: 15 },
      { path: "scripts", mode: "040000", type: "tree", sha: expect.any(String) },
      { path: "scripts/latest", mode: "120000", type: "blob", sha: expect.any(String), size: 6 },
      { path: "scripts/run.sh", mode: "100755", type: "blob", sha: expect.any(String), size: 10 },
      { path: "vendored", mode: "160000", type: "commit", sha: "1".repeat(40) },
    ]);
    const [file] = body.tree as { sha: string }[];
    const blob = await ask("GET", `/repos/acme/app/git/blobs/${file?.sha}`);
    expect(atob(String(blob.body.content))).toBe("FROM debian:12\n");
  });
});

describe("a comparison of commits", () => {
  it("says where the second stands, seen from the first", async () => {
    const first = resolveCommit(app, "main");
    const second = pushCommit(world, app, { branch: "main", files: { a: "1" } });
    const status = async (base: string, head: string) =>
      (await ask("GET", `/repos/acme/app/compare/${base}...${head}?per_page=1`)).body.status;
    expect(await status("main", String(first))).toBe("behind");
    expect(await status("main", String(second))).toBe("identical");
    expect(await status(String(first), "main")).toBe("ahead");
  });
});

describe("the git data API", () => {
  /** Bumps the base image in a commit made of blob, tree, commit and ref. */
  async function bump(token: string) {
    const base = resolveCommit(app, "main") ?? "";
    const at = { token };
    const { body: before } = await ask("GET", `/repos/acme/app/git/commits/${base}`, at);
    const content = btoa("FROM debian:13\n");
    const { body: blob } = await ask("POST", "/repos/acme/app/git/blobs", {
      ...at,
      body: { content, encoding: "base64" },
    });
    const base_tree = (before.tree as Body).sha;
    const changed = [
      { path: "Dockerfile", mode: "100644", type: "blob", sha: blob.sha },
      { path: "scripts/run.sh", mode: "100755", type: "blob", sha: blob.sha },
    ];
    const { body: tree } = await ask("POST", "/repos/acme/app/git/trees", {
      ...at,
      body: { base_tree, tree: changed },
    });
    const message = "Bump debian from 12 to 13";
    const { body: commit } = await ask("POST", "/repos/acme/app/git/commits", {
      ...at,
      body: { message, tree: tree.sha, parents: [base] },
    });
    return commit;
  }

  it("keeps the modes of files, and an App's commits are signed by GitHub", async () => {
    const token = await appToken();
    const commit = await bump(token);
    expect(commit.verification).toMatchObject({ verified: true, reason: "valid" });
    const ref = { ref: "refs/heads/headgate/debian", sha: commit.sha };
    expect(await ask("POST", "/repos/acme/app/git/refs", { token, body: ref })).toMatchObject({ status: 201 });
    expect(await ask("POST", "/repos/acme/app/git/refs", { token, body: ref })).toMatchObject({
      status: 422,
      body: { message: "Reference already exists" },
    });
    const { body } = await ask("GET", "/repos/acme/app/git/trees/headgate/debian?recursive=1");
    const modes = (body.tree as { path: string; mode: string }[]).map(({ path, mode }) => `${mode} ${path}`);
    expect(modes).toEqual([
      "100644 Dockerfile",
      "040000 scripts",
      "120000 scripts/latest",
      "100755 scripts/run.sh",
      "160000 vendored",
    ]);
  });

  it("does not sign what a personal token commits, nor what names its author", async () => {
    const commit = await bump(addToken(world));
    expect(commit.verification).toMatchObject({ verified: false, reason: "unsigned" });
    const token = await appToken();
    const author = { name: "Somebody", email: "somebody@example.org" };
    const { body } = await ask("POST", "/repos/acme/app/git/commits", {
      token,
      body: { message: "x", tree: (commit.tree as Body).sha, parents: [], author },
    });
    expect(body.verification).toMatchObject({ verified: false });
  });

  it("moves a branch backwards only by force", async () => {
    const token = addToken(world);
    const first = resolveCommit(app, "main") ?? "";
    pushCommit(world, app, { files: { more: "text" }, branch: "topic" });
    const back = (force: boolean) =>
      ask("PATCH", "/repos/acme/app/git/refs/heads/topic", { token, body: { sha: first, force } });
    expect(await back(false)).toMatchObject({ status: 422, body: { message: "Update is not a fast forward" } });
    expect(await back(true)).toMatchObject({ status: 200, body: { object: { type: "commit", sha: first } } });
  });
});

describe("a pull request", () => {
  const open = (token: string, more: object = {}) =>
    ask("POST", "/repos/acme/app/pulls", {
      token,
      body: { title: "Bump", body: "", head: "topic", base: "main", ...more },
    });
  let token: string;

  beforeEach(() => {
    token = addToken(world);
    pushCommit(world, app, { branch: "topic", files: { Dockerfile: "FROM debian:13\n" } });
  });

  it("is found by its head, and merged by its reviewers", async () => {
    expect(await open(token)).toMatchObject({
      status: 201,
      body: { number: 1, state: "open", user: { login: "headgate-user" } },
    });
    const found = await ask("GET", "/repos/acme/app/pulls?head=acme:topic&state=open");
    expect(found.body).toMatchObject([{ number: 1, head: { ref: "topic", repo: { full_name: "acme/app" } } }]);
    expect((await ask("GET", "/repos/acme/app/pulls?head=other:topic&state=all")).body).toEqual([]);
    mergePullRequest(world, app, 1);
    const { body } = await ask("GET", "/repos/acme/app/contents/Dockerfile", {
      headers: { accept: "application/vnd.github.raw+json" },
    });
    expect(body).toEqual({ text: "FROM debian:13\n" });
    expect((await ask("GET", "/repos/acme/app/pulls/1")).body).toMatchObject({ state: "closed", merged: true });
  });

  it.each([
    [{}, "A pull request already exists for acme:topic."],
    [{ head: "same" }, "No commits between main and same"],
    [{ head: "gone" }, "Head sha can't be blank"],
    [{ head: "other", body: "x".repeat(65_537) }, "Body is too long (maximum is 65536 characters)"],
  ])("is refused: %s", async (more, message) => {
    await open(token);
    app.refs.set("refs/heads/same", resolveCommit(app, "main") ?? "");
    app.refs.set("refs/heads/other", resolveCommit(app, "topic") ?? "");
    expect(await open(token, more)).toMatchObject({
      status: 422,
      body: { message: "Validation Failed", errors: [{ resource: "PullRequest", code: "custom", message }] },
    });
  });

  it("gets labels, which are made on the way, and comments", async () => {
    await open(token);
    await ask("POST", "/repos/acme/app/issues/1/labels", { token, body: { labels: ["dependencies"] } });
    await ask("POST", "/repos/acme/app/issues/1/comments", { token, body: { body: "Superseded." } });
    expect(app.labels).toMatchObject([{ name: "dependencies" }]);
    expect(app.pullRequests[0]).toMatchObject({ labels: ["dependencies"], comments: [{ body: "Superseded." }] });
  });

  it("is closed when its branch goes away, and cannot come back", async () => {
    await open(token);
    expect((await ask("DELETE", "/repos/acme/app/git/refs/heads/topic", { token })).status).toBe(204);
    expect(app.pullRequests[0]?.state).toBe("CLOSED");
    expect((await ask("PATCH", "/repos/acme/app/pulls/1", { token, body: { state: "open" } })).status).toBe(422);
  });
});

describe("a credential", () => {
  it("of an App is found by repository, lasts an hour, and may be long", async () => {
    const { id } = addInstallation(world, { repositories: ["acme/app"] });
    expect((await ask("GET", "/repos/acme/app/installation", { token: JWT })).body).toMatchObject({ id });
    expect((await ask("GET", "/repos/acme/app/installation")).status).toBe(401);
    expect((await ask("GET", "/app/installations", { token: JWT })).body).toMatchObject([{ id }]);
    const { status, body } = await ask("POST", `/app/installations/${id}/access_tokens`, { token: JWT, body: {} });
    expect({ status, body }).toMatchObject({ status: 201, body: { expires_at: plus(now, 3_600_000) } });
    const token = String(body.token);
    expect(token.length).toBeGreaterThan(255);
    expect((await ask("GET", "/repos/acme/app", { token })).status).toBe(200);
    now = plus(now, 3_600_001);
    expect(await ask("GET", "/repos/acme/app", { token })).toMatchObject({
      status: 401,
      body: { message: "Bad credentials" },
    });
  });

  it.each([
    ["without the permission", { permissions: { contents: "read" } }],
    ["for another repository", { repositories: ["acme/other"] }],
  ] as const)("%s may not write", async (_, given) => {
    const body = { ref: "refs/heads/x", sha: resolveCommit(app, "main") };
    const {
      status,
      body: answer,
      headers,
    } = await ask("POST", "/repos/acme/app/git/refs", {
      token: addToken(world, {
        ...given,
        repositories: [...("repositories" in given ? given.repositories : ["acme/app"])],
      }),
      body,
    });
    expect({ status, answer }).toMatchObject({
      status: 403,
      answer: { message: "Resource not accessible by personal access token", status: "403" },
    });
    expect(headers.get("x-accepted-github-permissions")).toBe("contents=write");
  });

  it("that is a classic token tells its scopes", async () => {
    const { headers } = await ask("GET", "/rate_limit", { token: addToken(world, { scopes: "repo, workflow" }) });
    expect(headers.get("x-oauth-scopes")).toBe("repo, workflow");
  });

  it("needs one more permission for workflows", async () => {
    const token = await appToken({ permissions: { contents: "write" } });
    const tree = [{ path: ".github/workflows/ci.yml", mode: "100644", type: "blob", content: "on: push\n" }];
    const { status, body } = await ask("POST", "/repos/acme/app/git/trees", { token, body: { tree } });
    expect(status).toBe(403);
    expect(body.message).toContain("without `workflows` permission");
  });

  it("sees private repositories that it names; others see nothing", async () => {
    app.visibility = "PRIVATE";
    const own = addToken(world, { repositories: ["acme/app"] });
    const other = addToken(world, { repositories: ["acme/other"] });
    const statuses = [own, other, undefined].map(
      async (token) => (await ask("GET", "/repos/acme/app", token === undefined ? {} : { token })).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 404, 404]);
  });
});

describe("the rate limit", () => {
  it("is told with every answer, and refuses when it is used up", async () => {
    world.limits.anonymous = 2;
    const first = await ask("GET", "/repos/acme/app");
    expect(first.headers.get("x-ratelimit-remaining")).toBe("1");
    await ask("GET", "/repos/acme/app");
    const third = await ask("GET", "/repos/acme/app");
    expect(third).toMatchObject({ status: 403, body: { message: "API rate limit exceeded for 127.0.0.1." } });
    expect(third.headers.get("x-ratelimit-remaining")).toBe("0");
    now = plus(now, 3_600_000);
    expect((await ask("GET", "/repos/acme/app")).status).toBe(200);
  });

  it("is not touched by an unchanged answer, but entity tags differ between credentials", async () => {
    const token = addToken(world);
    const { headers } = await ask("GET", "/repos/acme/app", { token });
    const conditional = { headers: { "if-none-match": headers.get("etag") ?? "" } };
    const same = await ask("GET", "/repos/acme/app", { token, ...conditional });
    expect([same.status, same.headers.get("x-ratelimit-used")]).toEqual([304, "1"]);
    expect((await ask("GET", "/repos/acme/app", { token: addToken(world), ...conditional })).status).toBe(200);
    app.stars++;
    expect((await ask("GET", "/repos/acme/app", { token, ...conditional })).status).toBe(200);
    expect((await ask("GET", "/rate_limit", { token })).body.resources).toMatchObject({
      core: { limit: 5000, used: 2 },
    });
  });
});

describe("releases", () => {
  it("are listed newest first, in pages that link to one another", async () => {
    for (const version of ["1.0.0", "1.1.0", "1.2.0"]) {
      now = plus(now, 1000);
      addRelease(world, app, { tag: `v${version}` });
    }
    const first = await ask("GET", "/repos/acme/app/releases?per_page=2");
    expect(first.body).toMatchObject([{ tag_name: "v1.2.0" }, { tag_name: "v1.1.0" }]);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
    const second = await ask("GET", next.replace(github.url, ""));
    expect(second.body).toMatchObject([{ tag_name: "v1.0.0" }]);
    expect((await ask("GET", "/repos/acme/app/releases/latest")).body).toMatchObject({ tag_name: "v1.2.0" });
  });

  it("have assets that can be downloaded, and replaced under the same name", async () => {
    const release = addRelease(world, app, { tag: "v1.0.0", assets: [{ name: "app.tar.gz", content: "good" }] });
    const path = "/acme/app/releases/download/v1.0.0/app.tar.gz";
    expect((await ask("GET", path)).body).toEqual({ text: "good" });
    const read = async () => (await ask("GET", "/repos/acme/app/releases/tags/v1.0.0")).body.assets as Body[];
    const [before] = await read();
    expect(before).toMatchObject({ browser_download_url: github.url + path, size: 4, download_count: 1 });
    addAsset(world, release, { name: "app.tar.gz", content: "evil" });
    const [after, ...others] = await read();
    expect(others).toEqual([]);
    expect(after?.digest).not.toBe(before?.digest);
    expect((await ask("GET", path)).body).toEqual({ text: "evil" });
  });

  it("hide drafts from those who cannot write", async () => {
    addRelease(world, app, { tag: "v2.0.0", draft: true });
    expect((await ask("GET", "/repos/acme/app/releases")).body).toEqual([]);
    expect((await ask("GET", "/repos/acme/app/releases", { token: addToken(world) })).body).toMatchObject([
      { draft: true },
    ]);
  });

  it("belong to tags, which matching-refs finds by prefix", async () => {
    addTag(app, "v1.0.0", { message: "Version 1" });
    addTag(app, "nightly");
    const { body } = await ask("GET", "/repos/acme/app/git/matching-refs/tags/v");
    expect(body).toMatchObject([{ ref: "refs/tags/v1.0.0", object: { type: "tag" } }]);
    const [tag] = body as unknown as [{ object: { sha: string } }];
    expect((await ask("GET", `/repos/acme/app/git/tags/${tag.object.sha}`)).body).toMatchObject({
      message: "Version 1\n",
      object: { sha: resolveCommit(app, "v1.0.0") },
      verification: { verified: false, reason: "unsigned" },
    });
  });
});

describe("a repository", () => {
  it("that was renamed is found by its number, until somebody takes the name", async () => {
    renameRepository(world, "acme/app", "acme-labs/app");
    const { status, headers } = await ask("GET", "/repos/acme/app/releases");
    expect(status).toBe(301);
    expect(headers.get("location")).toBe(`${github.url}/repositories/${app.databaseId}/releases`);
    const followed = await ask("GET", `/repositories/${app.databaseId}`);
    expect(followed.body).toMatchObject({ id: app.databaseId, full_name: "acme-labs/app" });
    const taken = addRepository(world, "acme/app");
    expect((await ask("GET", "/repos/acme/app")).body).toMatchObject({ id: taken.databaseId });
  });

  it.each([
    ["blocked by GitHub", { blocked: true }, "GET", 403, "Repository access blocked"],
    ["archived", { archivedAt: "2026-01-01T00:00:00.000Z" }, "POST", 403, "Repository was archived so is read-only."],
  ] as const)("that is %s says so", async (_, change, method, status, message) => {
    Object.assign(app, change);
    const path = method === "GET" ? "/repos/acme/app" : "/repos/acme/app/git/blobs";
    const body = method === "GET" ? {} : { body: { content: "" } };
    expect(await ask(method, path, { token: addToken(world), ...body })).toMatchObject({ status, body: { message } });
  });

  it("is not found with a slash too many, and neither is what does not exist", async () => {
    for (const path of ["/repos/acme/app/", "/repos/acme/gone", "/repos/acme/app/nothing"]) {
      expect(await ask("GET", path)).toMatchObject({ status: 404, body: { message: "Not Found", status: "404" } });
    }
  });
});
