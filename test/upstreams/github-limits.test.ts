import { parse } from "graphql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plus } from "../../src/domain/instant.ts";
import { primaryLimit, secondaryLimit, staleData } from "./github/answers.ts";
import { askGraphql } from "./github/ask.ts";
import { addRepository, addToken, githubWorld } from "./github/builders.ts";
import { githubSchema } from "./github/graphql-schema.ts";
import { costOf } from "./github/query-cost.ts";
import { startGithub } from "./github.ts";

const aliases = (count: number, selection: string) =>
  Array.from({ length: count }, (_, index) => `r${index}: repository(owner: "o", name: "n${index}") { ${selection} }`);

describe("the cost of a query", () => {
  const releases = "releases(first: 10) { nodes { tagName } }";
  const refs = 'refs(refPrefix: "refs/tags/", first: 10) { nodes { name } }';
  const assets = "releases(first: 5) { nodes { releaseAssets(first: 20) { nodes { name } } } }";

  it.each([
    ["no connection", 1, "name", 1, 0],
    ["two connections of 50 repositories", 50, releases + refs, 1, 1000],
    ["two connections of 100 repositories", 100, releases + refs, 2, 2000],
    ["connections inside connections", 50, assets, 3, 5250],
    ["a count alone", 1, "watchers { totalCount }", 1, 0],
  ])("of %s follows GitHub's formula", async (_, count, selection, points, nodes) => {
    const document = parse(`{ ${aliases(count, selection).join(" ")} }`);
    expect(costOf(await githubSchema("current"), document, {})).toEqual({
      points,
      nodes,
      aliases: count,
      mistakes: [],
    });
  });

  it("follows fragments and variables", async () => {
    const document = parse(`query($first: Int!) { ...Two }
      fragment Two on Query { a: repository(owner: "o", name: "a") { ...Tags } b: repository(owner: "o", name: "b") { ...Tags } }
      fragment Tags on Repository { refs(refPrefix: "refs/tags/", first: $first) { nodes { name } } }`);
    expect(costOf(await githubSchema("current"), document, { first: 30 })).toMatchObject({ nodes: 60 });
  });

  it("is refused when pages are too large, or too many nodes would come", async () => {
    const schema = await githubSchema("current");
    const mistakes = (query: string) => costOf(schema, parse(query), {}).mistakes.map(({ type }) => type);
    expect(mistakes(`{ ${aliases(1, "releases(first: 101) { nodes { name } }")} }`)).toEqual(["EXCESSIVE_PAGINATION"]);
    const many = "releases(first: 100) { nodes { releaseAssets(first: 100) { nodes { name } } } }";
    expect(mistakes(`{ ${aliases(50, many).join(" ")} }`)).toEqual(["MAX_NODE_LIMIT_EXCEEDED"]);
  });
});

describe("a stand-in that limits", () => {
  const NOW = "2026-11-20T12:00:00.000Z";
  let now: string;
  let maxAliases: number;
  let world: ReturnType<typeof githubWorld>;
  let github: Awaited<ReturnType<typeof startGithub>>;
  let token: string;
  const ask = (query: string) => askGraphql(github.url, query, { token });

  beforeEach(async () => {
    now = NOW;
    maxAliases = 3;
    world = githubWorld({ clock: () => now, limits: { core: 5000, graphql: 2, anonymous: 60 } });
    token = addToken(world);
    addRepository(world, "o/n0");
    github = await startGithub(world, { maxAliases: () => maxAliases });
  });

  afterEach(() => github.close());

  it("answers 200 without data when the hour is used up, until the next one", async () => {
    const first = await ask("{ rateLimit { limit used remaining resetAt } }");
    expect(first.data).toEqual({
      rateLimit: { limit: 2, used: 1, remaining: 1, resetAt: "2026-11-20T13:00:00Z" },
    });
    await ask("{ viewer { login } }");
    const third = await ask("{ viewer { login } }");
    expect(third).toMatchObject({ status: 200, errors: [{ type: "RATE_LIMITED" }] });
    expect(third).not.toHaveProperty("data");
    expect(third.headers.get("x-ratelimit-remaining")).toBe("0");
    expect(third.headers.get("x-ratelimit-reset")).toBe(String(Date.parse("2026-11-20T13:00:00Z") / 1000));
    now = plus(NOW, 3_600_000);
    expect((await ask("{ viewer { login } }")).data).toEqual({ viewer: { login: "headgate-user" } });
  });

  it("gives up on batches that are too large", async () => {
    expect(await ask(`{ ${aliases(4, "name").join(" ")} }`)).toMatchObject({ status: 502 });
    maxAliases = 4;
    expect(await ask(`{ ${aliases(4, "name").join(" ")} }`)).toMatchObject({ status: 200 });
  });

  it.each([
    ["the hourly limit", primaryLimit("2026-11-20T13:00:00Z"), 200, "RATE_LIMITED", null],
    ["the secondary limit", secondaryLimit(), 403, "secondary rate limit", null],
    [
      "the secondary limit with a date",
      secondaryLimit("Fri, 20 Nov 2026 12:01:00 GMT"),
      403,
      "secondary",
      "Fri, 20 Nov 2026 12:01:00 GMT",
    ],
    ["a branch that moved", staleData("0".repeat(40)), 200, "STALE_DATA", null],
  ])("can be told to answer %s once", async (_, answer, status, text, retryAfter) => {
    github.fail(({ path }) => path === "/graphql", answer, 1);
    const reply = await ask("{ viewer { login } }");
    expect(reply.status).toBe(status);
    expect(JSON.stringify(reply)).toContain(text);
    expect(reply.headers.get("retry-after")).toBe(retryAfter);
    expect(await ask("{ viewer { login } }")).toMatchObject({ data: { viewer: { login: "headgate-user" } } });
  });
});
