import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plus } from "../../src/domain/instant.ts";
import { type Acme, JWT, startAcme } from "./github/acme.ts";
import type { RestReply } from "./github/ask.ts";
import {
  addAsset,
  addInstallation,
  addRelease,
  addRepository,
  addTag,
  addToken,
  mergePullRequest,
  pushCommit,
  renameRepository,
} from "./github/builders.ts";
import { resolveCommit } from "./github/world.ts";

const NOW = "2026-11-20T12:00:00.000Z";

let now: string;
let app: Acme["app"];
let appToken: Acme["appToken"];
let ask: Acme["ask"];
let github: Acme["github"];
let world: Acme["world"];

beforeEach(async () => {
  now = NOW;
  ({ app, appToken, ask, github, world } = await startAcme(() => now));
});

afterEach(() => github.close());

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
    const read = async () =>
      (await ask("GET", "/repos/acme/app/releases/tags/v1.0.0")).body.assets as RestReply["body"][];
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
