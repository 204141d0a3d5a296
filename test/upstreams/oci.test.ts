import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "./oci/manifests.ts";
import { type OciWorld, pushImage } from "./oci/world.ts";
import { startOci } from "./oci.ts";
import type { StandIn } from "./stand-in.ts";

let world: OciWorld;
let registry: StandIn;

beforeEach(async () => {
  world = { repositories: {} };
  for (const [index, tag] of ["1.0", "1.1", "1.2"].entries())
    pushImage(world, "library/tool", tag, { content: tag, pushedAt: `2026-11-0${index + 1}T00:00:00Z` });
  registry = await startOci(world);
});

afterEach(() => registry.close());

async function token(authorization?: string): Promise<string> {
  const query = `scope=${encodeURIComponent("repository:library/tool:pull")}`;
  const answer = await fetch(`${registry.url}/token?${query}`, authorization ? { headers: { authorization } } : {});
  return ((await answer.json()) as { token: string }).token;
}

async function ask(path: string, method = "GET"): Promise<Response> {
  return fetch(`${registry.url}${path}`, { method, headers: { authorization: `Bearer ${await token()}` } });
}

describe("the registry stand-in", () => {
  it("asks for a token, with a comma inside the quotes of its challenge", async () => {
    const answer = await fetch(`${registry.url}/v2/library/tool/tags/list`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toMatch(
      /^Bearer realm="http.+\/token",service="[^"]+, [^"]+",scope=/,
    );
  });

  it("lists tags page by page", async () => {
    const first = await ask("/v2/library/tool/tags/list?n=2");
    expect(await first.json()).toEqual({ name: "library/tool", tags: ["1.0", "1.1"] });
    expect(first.headers.get("link")).toBe('</v2/library/tool/tags/list?n=2&last=1.1>; rel="next"');
    const second = await ask("/v2/library/tool/tags/list?n=2&last=1.1");
    expect(await second.json()).toMatchObject({ tags: ["1.2"] });
    expect(second.headers.get("link")).toBeNull();
  });

  it("answers null for a repository without tags", async () => {
    world.repositories["library/tool"] = { tags: {} };
    expect(await (await ask("/v2/library/tool/tags/list")).json()).toMatchObject({ tags: null });
  });

  it("names the digest of a tag to HEAD, unless it is of the old kind", async () => {
    const expected = digestOf({ content: "1.0" });
    expect((await ask("/v2/library/tool/manifests/1.0", "HEAD")).headers.get("docker-content-digest")).toBe(expected);
    world.digestlessHead = true;
    expect((await ask("/v2/library/tool/manifests/1.0", "HEAD")).headers.get("docker-content-digest")).toBeNull();
  });

  it("moves the digest when other content is pushed under the tag", () => {
    expect(digestOf({ content: "rebuilt" })).not.toBe(digestOf({ content: "1.0" }));
    expect(digestOf({ content: "1.0", multiPlatform: false })).not.toBe(digestOf({ content: "1.0" }));
  });

  it("denies a private repository to an anonymous token and shows it to a login", async () => {
    world.users = { reader: "password" };
    world.repositories["library/tool"] = { tags: {}, private: true };
    expect((await ask("/v2/library/tool/tags/list")).status).toBe(403);
    const login = await token(`Basic ${btoa("reader:password")}`);
    const headers = { authorization: `Bearer ${login}` };
    expect((await fetch(`${registry.url}/v2/library/tool/tags/list`, { headers })).status).toBe(200);
  });

  it("has Docker Hub's pages of tags, newest first", async () => {
    world.pageSize = 2;
    const path = "/v2/repositories/library/tool/tags?page_size=100&ordering=last_updated";
    const page = (await (await fetch(`${registry.url}${path}`)).json()) as {
      next: string;
      results: { name: string }[];
    };
    expect(page.results.map((tag) => tag.name)).toEqual(["1.2", "1.1"]);
    expect(await (await fetch(page.next)).json()).toMatchObject({ count: 3, next: null, results: [{ name: "1.0" }] });
  });
});
