import { generateKeyPairSync } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { type Instant, MINUTE, plus } from "../../../src/domain/instant.ts";
import { type StartedGitHub, startClientOf } from "../../support/start-github.ts";
import { primaryLimit, secondaryLimit, tooSlow } from "../../upstreams/github/answers.ts";
import { addInstallation, addRepository, githubWorld } from "../../upstreams/github/builders.ts";

const NOW = "2026-11-20T12:00:00.000Z";
const NAME = "query Name($owner:String!,$name:String!){repository(owner:$owner,name:$name){nameWithOwner}}";
const TOOL = { owner: "acme", name: "tool" };

let started: StartedGitHub | undefined;
afterEach(async () => {
  await started?.close();
  started = undefined;
});

async function start(given: Parameters<typeof startClientOf>[1] = {}, now: () => Instant = () => NOW) {
  const world = githubWorld({ clock: now });
  addRepository(world, "acme/tool");
  started = await startClientOf(world, given);
  return { ...started, world };
}

const toGraphql = (request: { path: string }) => request.path === "/graphql";

describe("a GraphQL query", () => {
  it("gives the data, and for partial data the errors beside it", async () => {
    const { github } = await start();
    const document = `{ c0: repository(owner:"acme",name:"tool") { nameWithOwner } c1: repository(owner:"acme",name:"gone") { nameWithOwner } }`;
    expect(await github.graphql(document, {})).toMatchObject({
      data: { c0: { nameWithOwner: "acme/tool" }, c1: null },
      errors: [{ type: "NOT_FOUND", path: ["c1"] }],
    });
  });

  it("is asked again when its connection was lost; a mutation is not, since it may have been carried out", async () => {
    const { github, standIn } = await start({ retries: 2 });
    standIn.fail(toGraphql, "reset", 1);
    expect(await github.graphql(NAME, TOOL)).toMatchObject({ data: { repository: { nameWithOwner: "acme/tool" } } });
    standIn.fail(toGraphql, "reset", 1);
    const mutation = "mutation Close($id:ID!){closePullRequest(input:{pullRequestId:$id}){clientMutationId}}";
    expect(await github.graphql(mutation, { id: "PR_1" })).toMatchObject({ code: "unavailable" });
  });

  it.each([
    ["the hour's points are used up", primaryLimit("2026-11-20T12:30:00.000Z"), "2026-11-20T12:30:01.000Z"],
    ["a secondary limit says how long", secondaryLimit("90"), "2026-11-20T12:01:30.000Z"],
    ["a secondary limit names a date", secondaryLimit("Fri, 20 Nov 2026 12:05:00 GMT"), "2026-11-20T12:05:00.000Z"],
    ["a secondary limit says nothing", secondaryLimit(), "2026-11-20T12:01:00.000Z"],
  ])("waits until GitHub allows it when %s", async (_when, answer, retryAt) => {
    const { github, standIn } = await start();
    standIn.fail(toGraphql, answer);
    expect(await github.graphql(NAME, TOOL)).toMatchObject({ code: "rate-limited", retryAt });
    standIn.heal();
    const asked = standIn.requests.length;
    expect(await github.graphql(NAME, TOOL)).toMatchObject({ code: "rate-limited" });
    expect(standIn.requests).toHaveLength(asked);
  });

  it("waits twice as long each time GitHub limits again without saying how long", async () => {
    let now: Instant = NOW;
    const { github, standIn } = await start({}, () => now);
    standIn.fail(toGraphql, secondaryLimit());
    const waits = [];
    for (let turn = 0; turn < 3; turn++) {
      const { retryAt = "" } = (await github.graphql(NAME, TOOL)) as { retryAt?: Instant };
      waits.push(Date.parse(retryAt) - Date.parse(now));
      now = retryAt;
    }
    expect(waits).toEqual([1 * MINUTE, 2 * MINUTE, 4 * MINUTE]);
  });

  it.each([
    ["502", tooSlow(502), "timeout"],
    ["504", tooSlow(504), "timeout"],
    ["500", { status: 500, body: "<html>" }, "unavailable"],
    ["a page instead of JSON", { body: "<html>hello</html>" }, "unreadable"],
    ["errors without data", { body: { errors: [{ message: "Parse error" }] } }, "unreadable"],
    ["half of the data and a resource limit", { body: HALF() }, "timeout"],
    ["a lost connection", "reset", "unavailable"],
  ] as const)("is a failure for %s", async (_what, answer, code) => {
    const { github, standIn } = await start();
    standIn.fail(toGraphql, answer);
    expect(await github.graphql(NAME, TOOL)).toMatchObject({ code });
  });

  it("says that the credential must be renewed, without quoting it", async () => {
    const secret = "github_pat_11SECRET";
    const { github } = await start({ credential: { kind: "token", token: secret } });
    const failure = await github.graphql(NAME, TOOL);
    expect(failure).toMatchObject({ code: "unauthorized" });
    expect(JSON.stringify([String(failure), failure, (failure as Error).cause])).not.toContain(secret);
  });

  it("is sent alone: one at a time", async () => {
    const { github, standIn } = await start({ delay: () => 5 });
    let running = 0;
    let most = 0;
    standIn.fail(() => {
      running++;
      most = Math.max(most, running - standIn.requests.length);
      return false;
    }, {});
    await Promise.all(Array.from({ length: 4 }, () => github.graphql(NAME, TOOL)));
    expect(standIn.requests).toHaveLength(4);
    expect(most).toBe(1);
  });

  it("goes out under our own name", async () => {
    const { github, standIn } = await start();
    await github.graphql(NAME, TOOL);
    expect(standIn.requests[0]?.headers["user-agent"]).toBe("Headgate/test");
  });
});

describe("a REST request", () => {
  it("names the version of the interface and gives status, headers and data", async () => {
    const { github, standIn } = await start();
    const answer = await github.rest("GET", "/repos/acme/tool");
    expect(answer).toMatchObject({ status: 200, data: { full_name: "acme/tool" } });
    expect(standIn.requests[0]?.headers["x-github-api-version"]).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  it.each([
    [404, {}, "not-found"],
    [403, { "x-accepted-github-permissions": "contents=write" }, "forbidden"],
    [409, {}, "conflict"],
    [422, {}, "conflict"],
    [451, {}, "gone"],
    [301, { location: "https://api.github.com/repositories/1" }, "gone"],
  ])("is a failure for status %i", async (status, headers, code) => {
    const { github, standIn } = await start();
    standIn.fail(() => true, { status, headers, body: { message: "No." } });
    expect(await github.rest("POST", "/repos/acme/tool/git/refs", {})).toMatchObject({ code });
  });

  it("names the permission that is missing", async () => {
    const { github, standIn } = await start();
    const headers = { "x-accepted-github-permissions": "contents=write" };
    standIn.fail(() => true, { status: 403, headers, body: { message: "Resource not accessible by integration" } });
    expect(await github.rest("POST", "/repos/acme/tool/git/refs", {})).toMatchObject({
      message: expect.stringContaining("contents=write"),
    });
  });
});

describe("a GitHub App", () => {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const app = { kind: "app", appId: "123", privateKey, repository: TOOL } as const;
  const tokens = (standIn: StartedGitHub["standIn"]) =>
    standIn.requests.filter((request) => request.path.endsWith("/access_tokens"));

  it("gets one token however many requests want it, and a new one before it ends", async () => {
    let now: Instant = NOW;
    const { github, standIn, world } = await start({ credential: app }, () => now);
    addInstallation(world);
    const answers = await Promise.all([github.graphql(NAME, TOOL), github.rest("GET", "/repos/acme/tool")]);
    expect(answers).toMatchObject([{ data: { repository: TOOL_NAME } }, { status: 200 }]);
    expect(tokens(standIn)).toHaveLength(1);
    now = plus(NOW, 54 * MINUTE);
    await github.graphql(NAME, TOOL);
    expect(tokens(standIn)).toHaveLength(1);
    now = plus(NOW, 56 * MINUTE);
    expect(await github.graphql(NAME, TOOL)).toMatchObject({ data: {} });
    expect(tokens(standIn)).toHaveLength(2);
  });

  it("gets a new token when GitHub no longer accepts the one it has", async () => {
    const { github, standIn, world } = await start({ credential: app });
    addInstallation(world);
    await github.graphql(NAME, TOOL);
    world.tokens.clear();
    expect(await github.graphql(NAME, TOOL)).toMatchObject({ data: { repository: TOOL_NAME } });
    expect(tokens(standIn)).toHaveLength(2);
  });

  it("reads public data anywhere, but writes only where it is installed", async () => {
    const { github, world } = await start({ credential: app });
    addRepository(world, "other/public");
    addInstallation(world, { repositories: ["acme/tool"] });
    const elsewhere = { owner: "other", name: "public" };
    expect(await github.graphql(NAME, elsewhere, elsewhere)).toMatchObject({
      data: { repository: { nameWithOwner: "other/public" } },
    });
    expect(await github.rest("POST", "/repos/other/public/git/refs", {})).toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("not installed on other/public"),
    });
  });

  it("reads with its first installation when none is named", async () => {
    const { repository: _none, ...anywhere } = app;
    const { github, world } = await start({ credential: anywhere });
    expect(await github.graphql(NAME, TOOL)).toMatchObject({ code: "misconfigured" });
    addInstallation(world);
    expect(await github.graphql(NAME, TOOL)).toMatchObject({ data: { repository: TOOL_NAME } });
  });

  it("says which setting is wrong when the key is none", async () => {
    const { github } = await start({ credential: { ...app, privateKey: "ghs_not-a-key" } });
    const failure = await github.graphql(NAME, TOOL);
    expect(failure).toMatchObject({
      code: "misconfigured",
      message: expect.stringContaining("GITHUB_APP_PRIVATE_KEY"),
    });
    expect(String(failure)).not.toContain("not-a-key");
  });
});

const TOOL_NAME = { nameWithOwner: "acme/tool" };

function HALF() {
  return {
    data: { repository: { nameWithOwner: "acme/tool" } },
    errors: [
      { type: "RESOURCE_LIMITS_EXCEEDED", path: ["repository"], message: "Resource limits for this query exceeded." },
    ],
  };
}
